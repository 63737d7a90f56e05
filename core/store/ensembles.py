"""Reading a run's trained ensemble back from its folder: JSON and safetensors, never pickle."""

from __future__ import annotations

import json

from core.contracts import UseCase
from core.errors import RunError
from core.models import MODELS
from core.store.files import read_json
from core.store.runs import Run
from core.training.ensemble import Ensemble
from core.training.losses import LOSSES
from core.training.preprocessing import Preprocessing


def load_ensemble(run: Run, use_case: UseCase) -> Ensemble:
    """The ensemble of a finished run; raises RunError when a file is missing or damaged."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file as load_arrays
    from safetensors.torch import load_file as load_tensors

    try:
        described = read_json(run.folder / "preprocessing.json")
        arrays = load_arrays(run.folder / "preprocessing.safetensors")
        params = load_tensors(run.folder / "model.safetensors")
        fitted = [
            Preprocessing.load(
                json.dumps(fold),
                {n.split(".", 1)[1]: v for n, v in arrays.items() if n.split(".", 1)[0] == str(f)},
            )
            for f, fold in enumerate(described["folds"])
        ]
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise RunError(
            f"The model of run {run.id} could not be read ({type(error).__name__}). Train again to ask it."
        ) from error
    use_case = use_case.on(run.config["settings"])
    return Ensemble(
        model=MODELS.get(use_case.model),
        loss=LOSSES.get(use_case.task.loss),
        settings=run.config["settings"],
        params=params,
        preprocessing=fitted,
        fold_of=described["fold_of"],
    )
