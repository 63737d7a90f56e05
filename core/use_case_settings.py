"""The settings of a use case: training's and its model's, with its own bounds and defaults. Imports no torch."""

from __future__ import annotations

from core.contracts import UseCase
from core.models import MODELS
from core.settings import Setting, restrict
from core.training.settings import SETTINGS


def settings_of(use_case: UseCase) -> dict[str, Setting]:
    """Every setting of a use case, by name."""
    return restrict([*SETTINGS, *MODELS.get(use_case.model).settings], use_case.settings)
