"""Answers about networks that make pictures: a plane of noise as pictures, and crowds of them beside real ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from core.answering.picture_answers import Asked
from core.contracts import InputKind
from core.contracts.answers import MadeSheet
from core.errors import UnknownNameError, UserError
from core.evaluation.baselines import BASELINES
from core.evaluation.baselines._drawn_pictures import DrawsPictures
from core.evaluation.fitting import SEED
from core.evaluation.plan_rows import test_groups
from core.formatting import png
from core.training.losses import ShowsPictures

if TYPE_CHECKING:
    from torch import Tensor

_SIDE = 13  # pictures of a plane, both ways
_COLUMNS, _ROWS = 8, 5  # pictures of a crowd
REAL, NETWORK = "real", "network"


def plane(asked: Asked, question: Mapping[str, Any]) -> MadeSheet:
    """What becomes of the noise that lies between that of four held-out rows (`corners`), evenly both ways. Where the
    network can draw real pictures together and `between` is "photos", of what it draws their pictures together to.
    Raises UserError."""
    rows = _corners(asked, question.get("corners"))
    numbers = _noise(asked, rows)
    if question.get("between") == "photos":
        numbers = _drawn_together(asked, rows, numbers)
    share = np.linspace(0, 1, _SIDE)
    top, bottom = (_between(numbers[a], numbers[b], share) for a, b in ((0, 1), (2, 3)))
    whole = np.stack([_between(top[i], bottom[i], share) for i in range(_SIDE)], axis=1)  # rows from top to bottom
    return _sheet(_made(asked, whole.reshape(_SIDE * _SIDE, -1)), _SIDE)


def crowd(asked: Asked, of: str, settings: object = None) -> MadeSheet:
    """Some pictures that nobody chose: real test pictures, what the network makes of those rows' noise, or what a
    simple method draws, with these settings where they are among its own, else with its first. Raises UserError."""
    fold = next(iter(test_groups(asked.plan).values()))[0]
    rows = np.random.default_rng(0).permutation(fold.test)[: _COLUMNS * _ROWS]
    if of == REAL:
        pictures = asked.examples.arrays[asked.array.name][rows, ..., 0] / np.float32(255)
    elif of == NETWORK:
        pictures = _made(asked, _noise(asked, rows))
    else:
        method = BASELINES.get(of) if of in asked.use_case.baselines else None
        if not isinstance(method, DrawsPictures):
            raise UnknownNameError("method", of, (REAL, NETWORK, *asked.use_case.baselines))
        known = np.concatenate([fold.train, fold.validation])
        candidate = next((c for c in method.candidates if dict(c) == settings), method.candidates[0])
        (pictures,) = method.pictures(asked.examples, known, [len(rows)], candidate, SEED)
    return _sheet(pictures, _COLUMNS)


def _corners(asked: Asked, told: object) -> np.ndarray:
    if not isinstance(told, Sequence) or len(told) != 4 or not all(isinstance(row, int) for row in told):
        raise UserError("A plane lies between four rows; {told!r} are none. Ask with four numbers.", told=str(told))
    rows = np.array(told)
    if rows.min() < 0 or rows.max() >= len(asked.examples):
        raise UserError("Rows are numbered 0 to {last}. Ask about four of them.", last=len(asked.examples) - 1)
    return rows


def _noise(asked: Asked, rows: np.ndarray) -> np.ndarray:
    """The noise of some rows, (n, numbers)."""
    name = next((a.name for a in asked.use_case.arrays if a.kind is InputKind.NOISE), None)
    if name is None:
        raise UserError("These networks make no pictures of noise. Ask about another use case.")
    found: np.ndarray = asked.examples.arrays[name][rows]
    return found


def _between(a_NZ: np.ndarray, b_NZ: np.ndarray, share_S: np.ndarray) -> np.ndarray:
    """What lies between two points (Z,), (S, Z), on an arc around the middle: noise of many numbers lies on a shell,
    and halfway along a straight line there is none (White, 2016)."""
    sizes = np.linalg.norm(a_NZ), np.linalg.norm(b_NZ)
    cosine = np.clip(a_NZ @ b_NZ / max(sizes[0] * sizes[1], 1e-12), -1, 1)
    angle = np.arccos(cosine)
    if np.sin(angle) < 1e-6:
        return np.outer(1 - share_S, a_NZ) + np.outer(share_S, b_NZ)
    found: np.ndarray = (
        np.outer(np.sin((1 - share_S) * angle), a_NZ) + np.outer(np.sin(share_S * angle), b_NZ)
    ) / np.sin(angle)
    return found


def _inputs(asked: Asked, photo_NHW: np.ndarray, noise_NZ: np.ndarray) -> dict[str, Tensor]:
    photo, noise = asked.array, next(a for a in asked.use_case.arrays if a.kind is InputKind.NOISE)
    arrays = {photo.name: photo_NHW, noise.name: noise_NZ}
    features = asked.examples.features.iloc[np.zeros(len(noise_NZ), dtype=int)]
    return dict(asked.ensemble.inputs(features, None, arrays).tensors)


def _made(asked: Asked, noise_NZ: np.ndarray) -> np.ndarray:
    """What the network makes of noise, (n, H, W) from 0 to 1."""
    loss = asked.ensemble.loss
    if not isinstance(loss, ShowsPictures):
        raise UserError("These networks make no pictures. Ask about another use case.")
    nothing = np.zeros((len(noise_NZ), *asked.array.shape), dtype=np.uint8)
    with torch.inference_mode():
        inputs = _inputs(asked, nothing, noise_NZ.astype(np.float32))
        raw = asked.ensemble.model.forward(asked.ensemble.params_of([0]), inputs, asked.ensemble.settings)
        found: np.ndarray = loss.pictures(raw)[0].float().numpy()
    return found


def _drawn_together(asked: Asked, rows: np.ndarray, noise_NZ: np.ndarray) -> np.ndarray:
    """What a variational autoencoder draws real pictures together to, in the place of noise. Raises UserError."""
    from core.models.generative_network import middle_of

    if asked.ensemble.settings.get("method") != "vae":
        raise UserError("Only a variational autoencoder draws real pictures together. Walk between noises.")
    with torch.inference_mode():
        inputs = _inputs(asked, asked.examples.arrays[asked.array.name][rows], noise_NZ)
        middle = middle_of(asked.ensemble.params_of([0]), inputs)[0].float().numpy()
    found: np.ndarray = np.concatenate([middle, noise_NZ[:, middle.shape[1] :]], axis=1)
    return found


def _sheet(pictures_NHW: np.ndarray, columns: int) -> MadeSheet:
    rows = -(-len(pictures_NHW) // columns)
    high, wide = pictures_NHW.shape[1:]
    whole = np.zeros((rows * columns, high, wide), dtype=np.uint8)
    whole[: len(pictures_NHW)] = (pictures_NHW * 255).round().clip(0, 255)
    sheet = whole.reshape(rows, columns, high, wide).swapaxes(1, 2).reshape(rows * high, columns * wide, 1)
    return {"picture": png.address(sheet), "columns": columns, "rows": rows}
