"""What the linear baselines share: standardised numbers, missing flags and one-hot categories (scikit-learn)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import Column, ColumnKind

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline


def pipeline(columns: Sequence[Column], numbers: str, last_step: Any) -> Pipeline:
    """The columns made ready for a linear model, and the model; numbers is "standard" or "log"."""
    from sklearn.compose import make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

    numeric = [c.name for c in columns if c.kind is not ColumnKind.CATEGORY]
    category = [c.name for c in columns if c.kind is ColumnKind.CATEGORY]
    squash = FunctionTransformer(_log if numbers == "log" else None)
    fill = SimpleImputer(strategy="median", add_indicator=True)
    return make_pipeline(
        make_column_transformer(
            (make_pipeline(squash, fill, StandardScaler()), numeric),
            (OneHotEncoder(handle_unknown="ignore"), category),
        ),
        last_step,
    )


def _log(values: np.ndarray) -> np.ndarray:
    """log(1 + |x|) with the sign of x: the same choice that the network has."""
    return np.sign(values) * np.log1p(np.abs(values))
