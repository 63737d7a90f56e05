"""The playground in the browser: what it says, the lessons that it offers, and the use cases that its settings fit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from core.charts.look import PLAYED
from core.contracts import UseCase
from core.contracts.glossary import PLAYGROUND as PAGE
from core.formatting.text import SENTENCE, _, plain
from core.models.table_network import MODEL
from core.settings import Setting
from core.settings.training import SETTINGS
from core.settings.use_case import settings_of
from core.use_cases import all_use_cases
from pages.components.look import BOTH_LOOKS
from pages.components.playground_words import PRESETS, WORDS
from pages.components.scripts import PLAYGROUND, javascript

_FOLDER = Path(__file__).parent / "lab"
# A setting of the playground, and the product's that says what it is.
_SAID_BY = {
    "rate": "learning_rate",
    "decay": "weight_decay",
    "batch": "batch_size",
    **{name: name for name in ("activation", "optimiser", "l1", "dropout", "momentum", "seed")},
}
_CARRIED = (
    *("depth", "width", "activation", "optimiser", "learning_rate", "batch_size", "momentum", "l1", "weight_decay"),
    *("dropout", "seed"),
)

_mount = st.components.v2.component(
    "proving_ground_playground",
    html='<section class="lab" data-testid="playground"></section>',
    css=(_FOLDER / "playground.css").read_text(encoding="utf-8"),
    js=javascript(*PLAYGROUND),
)


def draw_playground(*, key: str) -> None:
    """Draw it. All that a visitor does stays in the browser and in the page's link; Python hears of nothing."""
    _mount(key=key, data={**payload(), "look": BOTH_LOOKS})


def payload() -> dict[str, Any]:
    """Words in the visitor's language, presets as links, and bounds of the settings of use cases."""
    known = {setting.name: setting for setting in (*SETTINGS, *MODEL.settings)}
    activations, optimisers = known["activation"], known["optimiser"]
    return {
        "page": PAGE,
        "words": {name: plain(_(text), SENTENCE) for name, text in WORDS.items()},
        "classes": PLAYED,
        "helps": {name: plain(_(known[said].help.sentence), SENTENCE) for name, said in _SAID_BY.items()},
        "activations": [*_choices(activations), ["linear", plain(_("None (a straight line)"))]],
        "optimisers": _choices(optimisers),
        "choices": dict([*_choices(activations), *_choices(optimisers)]),
        "presets": [
            {
                "name": one.name,
                "title": plain(_(WORDS[f"preset_{one.name}"])),
                "why": plain(_(WORDS[f"preset_{one.name}_why"]), SENTENCE),
                "query": one.query,
                "is_bad": one.is_bad,
            }
            for one in PRESETS
        ],
        "cases": [_case(one) for one in all_use_cases() if one.model == MODEL.name],
    }


def _choices(setting: Setting) -> list[list[str]]:
    return [[one, plain(_(setting.choice_labels.get(one, one)))] for one in setting.choices]


def _case(use_case: UseCase) -> dict[str, Any]:
    """A use case whose network is the playground's on a table: the bounds of what can be carried over."""
    settings = {name: one for name, one in settings_of(use_case).items() if name in _CARRIED}
    return {
        "slug": use_case.slug,
        "name": use_case.name,
        "title": plain(_(use_case.title)),
        "bounds": {name: list(one.choices) or list(one.bounds) for name, one in settings.items()},
        "labels": {name: plain(_(one.label)) for name, one in settings.items()},
    }
