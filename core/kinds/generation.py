"""Generation: pictures are made of noise, and compared as a crowd with held-out real ones.

A row is a real picture and some noise that stays the same. Its target is how the fixed classifier (`core.judge`) sees
the picture, its prediction how it sees what the noise has become: 32 features, and the kind that it is taken for. No
made picture belongs to a real one; the two crowds are compared. A row that is drawn twice stands twice in both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core import judge
from core.contracts import HeldOutRows, Metric, Task
from core.errors import UserError
from core.judge import FEATURES
from core.kinds import TaskKind
from core.kinds._weighted import ones
from core.kinds.pictures_form import MadePictures

if TYPE_CHECKING:
    import numpy as np

KINDS = len(judge.KINDS)
_FEW_SAID = 1e-12


def output_names() -> tuple[str, ...]:
    """The outputs of a task of made pictures, in order; its target columns too."""
    return (*(f"feature{place:02d}" for place in range(FEATURES)), "kind")


def frechet(rows: HeldOutRows, prediction: np.ndarray, task: Task) -> np.ndarray:
    """The Frechet distance of two normal distributions, squared as usual (Heusel et al., 2017), in every draw (R,)."""
    import numpy as np

    weight = ones(rows)
    (mean, spread), (of_made, made) = (_moments(x, weight) for x in (rows.target, prediction))
    root = _root(spread)
    shared = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ made @ root), 0.0)).sum(1)
    apart = ((mean - of_made) ** 2).sum(1)
    found: np.ndarray = apart + np.trace(spread + made, axis1=1, axis2=2) - 2 * shared
    return np.maximum(found, 0.0)


def _moments(values_NO: np.ndarray, weight_RN: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Means (R, F) and covariances (R, F, F) of the features in every draw."""
    import numpy as np

    features = values_NO[:, :FEATURES].astype(np.float64)
    centre = features.mean(0)
    features = features - centre
    share = weight_RN / weight_RN.sum(1, keepdims=True)
    mean = share @ features
    products = (features[:, :, None] * features[:, None, :]).reshape(len(features), -1)
    second = (share @ products).reshape(-1, features.shape[1], features.shape[1])
    return mean + centre, second - mean[:, :, None] * mean[:, None, :]


def _root(matrix_RFF: np.ndarray) -> np.ndarray:
    """The symmetric square root of each."""
    import numpy as np

    values, axes = np.linalg.eigh(matrix_RFF)
    found: np.ndarray = (axes * np.sqrt(np.maximum(values, 0.0))[:, None, :]) @ axes.swapaxes(1, 2)
    return found


def kind_shares(values_NO: np.ndarray, weight_RN: np.ndarray | None = None) -> np.ndarray:
    """The share of each kind that pictures are taken for, (R, 10)."""
    import numpy as np

    weight = np.ones((1, len(values_NO))) if weight_RN is None else weight_RN
    is_kind = values_NO[:, FEATURES].round()[:, None] == np.arange(KINDS)
    shares: np.ndarray = weight @ is_kind / weight.sum(1, keepdims=True)
    return shares


def kinds_made(rows: HeldOutRows, prediction: np.ndarray, task: Task) -> np.ndarray:
    """Over how many kinds the made pictures are spread: exp of the entropy of their shares, (R,)."""
    import numpy as np

    shares = np.maximum(kind_shares(prediction, ones(rows)), _FEW_SAID)
    found: np.ndarray = np.exp(-(shares * np.log(shares)).sum(1))
    return found


def variety(rows: HeldOutRows, prediction: np.ndarray, task: Task) -> np.ndarray:
    """How far made pictures lie from their middle, over how far real ones do: root mean squares, (R,)."""
    import numpy as np

    weight = ones(rows)
    real, made = (np.trace(_moments(x, weight)[1], axis1=1, axis2=2) for x in (rows.target, prediction))
    found: np.ndarray = np.sqrt(np.divide(made, real, out=np.full(len(made), np.nan), where=real > 0))
    return found


FRECHET = Metric(
    name="frechet",
    label="Distance (Fréchet)",
    short="distance",
    higher_is_better=False,
    perfect=0.0,
    compute=frechet,
    help="How far the crowd of made pictures lies from the crowd of held-out real ones, in 32 features of a small "
    "classifier that ships and never changes: 0 is no difference. A small stand-in for the FID of papers, whose "
    "classifier is a thousand times larger; the numbers cannot be compared with theirs.",
    digits=2,
    keeps=True,
)
KINDS_MADE = Metric(
    name="kinds_made",
    label="Kinds made",
    short="kinds",
    higher_is_better=True,
    perfect=float(KINDS),
    compute=kinds_made,
    help="Over how many of the ten kinds the made pictures are spread, as the classifier takes them: 10 is all alike, "
    "1 is a single kind, over and over (the exponential of the entropy of their shares).",
    digits=1,
)
VARIETY = Metric(
    name="variety",
    label="Variety",
    short="variety",
    higher_is_better=True,
    perfect=None,
    compute=variety,
    undefined="It divides by how much real pictures differ, and these do not.",
    help="How much made pictures differ from one another, against how much real ones do: 1 is as much, near 0 all are "
    "the same picture.",
    digits=2,
)


def _check_settings(task: Task, settings: Mapping[str, Any]) -> None:
    if int(settings.get("members", 1)) != 1:
        raise UserError(
            "Of two made pictures there is no mean: one network makes them, not {members}. Set members to 1.",
            members=int(settings["members"]),
        )


def _crowd(target_NT: np.ndarray, prediction_NO: np.ndarray) -> dict[str, float]:
    """What an epoch's event tells of the made pictures beside the real ones."""
    rows = HeldOutRows(target=target_NT)
    task: Any = None  # neither looks at it
    return {
        "variety": round(float(variety(rows, prediction_NO, task)[0]), 4),
        "kinds": round(float(kinds_made(rows, prediction_NO, task)[0]), 3),
    }


def _happened(task: Task, target: Mapping[str, float]) -> str:
    return ""


KIND = TaskKind(
    name="generation",
    title="Pictures made of noise",
    metrics=(FRECHET, KINDS_MADE, VARIETY),
    loss="as_told",
    check_settings=_check_settings,
    form=MadePictures(),
    happened=_happened,
    has_outcome=False,
    mean_tells=False,
    results="generation",
    picture="made",
    crowd=_crowd,
)
