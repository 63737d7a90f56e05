"""Reading a run's trained ensemble back from its folder: JSON and safetensors, never pickle."""

from __future__ import annotations

import json

from core.contracts import ColumnKind, UseCase
from core.errors import RunError
from core.kinds import loss_of
from core.models import MODELS
from core.store.formats import PREPROCESSING
from core.store.runs import Run
from core.store.shapes import parse_json
from core.training.ensemble import Ensemble
from core.training.losses import LOSSES
from core.training.preprocessing import Preprocessing


def load_ensemble(run: Run, use_case: UseCase) -> Ensemble:
    """The ensemble of a finished run; raises RunError when a file is missing or damaged."""
    from safetensors import SafetensorError
    from safetensors.numpy import load as load_arrays
    from safetensors.torch import load as load_tensors

    use_case = use_case.with_variant(run.config["settings"])
    try:
        described = parse_json(run.content("preprocessing.json"), PREPROCESSING)
        arrays = load_arrays(run.content("preprocessing.safetensors"))
        params = load_tensors(run.content("model.safetensors"))
        fitted = [
            Preprocessing.load(
                json.dumps(fold),
                {n.split(".", 1)[1]: v for n, v in arrays.items() if n.split(".", 1)[0] == str(f)},
            )
            for f, fold in enumerate(described["folds"])
        ]
        ensemble = Ensemble(
            model=MODELS.get(use_case.model),
            loss=LOSSES.get(loss_of(use_case.task)),
            settings=run.config["settings"],
            params=params,
            preprocessing=fitted,
            fold_of=described["fold_of"],
        )
        _try(ensemble, use_case)
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        why = str(error) if type(error) is ValueError else "its files do not belong together"
        raise RunError(
            "The model of run {run} could not be read ({why}). Train again to ask it.", run=run.id, why=why
        ) from error
    return ensemble


def _try(ensemble: Ensemble, use_case: UseCase) -> None:
    """Ask about a record that is missing everywhere: whatever does not fit together, of weights, preprocessing,
    settings and columns, shows at once. Raises ValueError."""
    import numpy as np
    import pandas as pd

    blank = pd.DataFrame(
        {c.name: [None if c.kind is ColumnKind.CATEGORY else np.nan] for c in use_case.columns}, index=[0]
    )
    if ensemble.preprocessing[0].relative_to in blank:
        blank[ensemble.preprocessing[0].relative_to] = 1.0
    if not all(_is_fitted(p) for p in ensemble.preprocessing):
        raise ValueError("its preprocessing is damaged")
    try:
        with np.errstate(all="ignore"):
            blanks = {a.name: np.zeros((1, *a.given)) for a in ensemble.preprocessing[0].beside}
            answer = ensemble.predict(blank, arrays=blanks)
    except (RuntimeError, ValueError, TypeError, KeyError, IndexError) as error:
        raise ValueError("weights and preprocessing do not fit what the use case asks now") from error
    if answer.shape != (len(ensemble.voices()), 1, len(use_case.task.outputs)) or not np.isfinite(answer).all():
        raise ValueError("weights and preprocessing do not fit what the use case asks now")


def _is_fitted(p: Preprocessing) -> bool:
    """Whether every column has what its method needs (quantiles; or median, mean, deviation), and each code a rate."""
    import numpy as np

    numbers = all(
        values.ndim == 1
        and np.isfinite(values).all()
        and (len(values) > 1 if p.method == "quantile" else len(values) == 3 and values[2] > 0)
        for values in p.fitted.values()
    )
    rates = all(len(p.rates[n]) == len(p.categories[n]) + 1 and np.isfinite(p.rates[n]).all() for n in p.rates)
    scales = all(v.ndim == 2 and len(v) == 2 and np.isfinite(v).all() and (v[1] > 0).all() for v in p.scales.values())
    return numbers and rates and scales and set(p.numeric) <= set(p.fitted) and p.target_scale != 0
