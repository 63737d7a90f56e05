"""What is wrong with folders from outside, in sentences: folders, files, declarations, names that nobody declared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core.contracts import UseCase
from core.datasets import DATASETS
from core.errors import UnknownNameError
from core.evaluation.metrics import METRICS
from core.formatting.messages import message
from core.formatting.text import plain
from core.kinds import KINDS
from core.models import MODELS
from core.registry import Registry, extra_folders, folder_problems
from core.use_cases import INDUSTRIES, USE_CASES

_HEAVY = ("training/losses", "evaluation/baselines")


def light_problems() -> tuple[str, ...]:
    """All that can be told without torch and scikit-learn."""
    registries: tuple[Registry[Any], ...] = (INDUSTRIES, USE_CASES, DATASETS, MODELS, KINDS)
    found = [*folder_problems(), *(p for registry in registries for p in registry.problems()), *_unknown_names()]
    return tuple(dict.fromkeys(found))  # industries and use cases stand in the same files


def has_more() -> bool:
    """Whether there are losses or baselines from outside, which only a process with torch may look at."""
    return any((outside / folder).is_dir() for outside in extra_folders() for folder in _HEAVY)


def problems() -> tuple[str, ...]:
    """All there are; imports torch only where a folder from outside has losses or baselines."""
    found = light_problems()
    if has_more():
        from core.evaluation.baselines import BASELINES
        from core.training.losses import LOSSES

        found += (*LOSSES.problems(), *BASELINES.problems())
    return found


def _unknown_names() -> Iterator[str]:
    for declared in USE_CASES.all().values():
        try:
            each = [declared, *(declared.with_variant({"variant": v.name}) for v in declared.variants)]
        except TypeError as error:  # it changes a field that no use case has
            yield message(
                "A variant changes fields of its use case; one of {use_case} does not: {error}. Mend it.",
                use_case=declared.name,
                error=plain(error),
            )
            continue
        for fact in dict.fromkeys(fact for one in each for fact in _unknown_names_of(one)):
            yield message(
                "What a use case names must be declared; {use_case} names what is not. {fact}",
                use_case=declared.name,
                fact=fact,
            )


def _unknown_names_of(use_case: UseCase) -> Iterator[str]:
    known = (
        ("dataset", use_case.datasets, DATASETS.all()),
        ("model", (use_case.model,), MODELS.all()),
        ("metric", use_case.task.metrics, METRICS),
        ("kind of task", (use_case.task.kind,), KINDS.all()),
    )
    for what, names, declared in known:
        for name in names:
            if name not in declared:
                yield str(UnknownNameError(what, name, declared))
