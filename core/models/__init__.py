"""The architectures, found in this folder: one file each, K members stacked, torch imported only when used."""

from __future__ import annotations

from core.protocols import Model
from core.registry import Registry

MODELS: Registry[Model] = Registry(what="model", folder="models", attribute="MODEL")
