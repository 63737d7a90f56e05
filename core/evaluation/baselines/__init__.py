"""The baselines, found in this folder; each is tried untuned, and tuned on the validation rows of the same plan."""

from __future__ import annotations

from core.protocols import Baseline
from core.registry import Registry

BASELINES: Registry[Baseline] = Registry(what="baseline", folder="evaluation/baselines", attribute="BASELINE")
