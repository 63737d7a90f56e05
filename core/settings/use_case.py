"""The settings of a use case: training's, its model's and its variant, with its own bounds."""

from __future__ import annotations

from dataclasses import replace

from core.contracts import Preset, UseCase
from core.models import MODELS
from core.settings import Help, Scale, Setting, SettingType, restrict
from core.settings.earlier_names import renamed
from core.settings.training import SETTINGS


def settings_of(use_case: UseCase) -> dict[str, Setting]:
    """Every setting of a use case, by name."""
    return restrict(
        [*_variant(use_case), *_labels(use_case), *SETTINGS, *MODELS.get(use_case.model).settings], use_case.settings
    )


def presets_in(use_case: UseCase, variant: str) -> tuple[Preset, ...]:
    """The presets that fit a variant: those that name it, else those that name none. '' where there are no variants."""
    first = use_case.variants[0].name if use_case.variants else ""
    presets = tuple(replace(p, values=renamed(p.values)) for p in use_case.presets)
    own = tuple(p for p in presets if p.values.get("variant", first) == variant)
    return own or tuple(p for p in presets if "variant" not in p.values)


def _variant(use_case: UseCase) -> list[Setting]:
    """The choice among a use case's variants, where it has any."""
    if not use_case.variants:
        return []
    described = " ".join(f"{v.title}: {v.reason}" for v in use_case.variants)
    return [
        Setting(
            name="variant",
            label=use_case.variants_label,
            type=SettingType.CHOICE,
            choices=tuple(v.name for v in use_case.variants),
            choice_labels={v.name: v.title for v in use_case.variants},
            default=use_case.variants[0].name,
            group="run",
            help=Help(sentence="Which data or which plan the same question is asked of.", caption=described),
        )
    ]


def _labels(use_case: UseCase) -> list[Setting]:
    """How many labelled examples train, where a use case lets one choose."""
    labels = use_case.labels
    if labels is None:
        return []
    return [
        Setting(
            name="labels",
            label="Labelled examples",
            type=SettingType.INT,
            low=labels.low,
            high=labels.high,
            default=labels.default,
            scale=Scale.LOG,
            group="run",
            help=Help(
                sentence="How many of the labelled examples train, the same ones for all methods; as many validate and "
                "test however few these are.",
                caption="Each label is a person's minute: what do ten times as many bring?",
            ),
        )
    ]
