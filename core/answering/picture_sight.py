"""Where networks look in a picture: Grad-CAM of the last block, and integrated gradients of every pixel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from core.answering.senses import Sense, sensed
from core.contracts import UseCase
from core.contracts.answers import Sight
from core.errors import UserError
from core.kinds import kind_of
from core.protocols import ShowsWhereItLooks

if TYPE_CHECKING:
    import pandas as pd

    from core.training.ensemble import Ensemble

_STEPS = 32  # of an integral: the sum over pixels then misses the answer by less than a hundredth


def sight(
    use_case: UseCase,
    ensemble: Ensemble,
    features: pd.DataFrame,
    arrays: Mapping[str, np.ndarray],
    networks: Sequence[int] | None = None,
    output: int | None = None,
) -> Sight:
    """What speaks for an output of one example, the shown one where none is said, and what against it, pixel by pixel:
    means over the networks, of all or of the numbered ones. Raises UserError for networks that read no picture."""
    array = sensed(use_case)
    if array is None or not isinstance(ensemble.model, ShowsWhereItLooks):
        raise UserError("Only a network for images tells where it looked. Ask about another use case.")
    read = ensemble.inputs(features, networks, arrays)
    folds = [ensemble.fold_of[k] for k in read.networks]
    place = [read.folds.index(fold) for fold in folds]
    params = {name: value[read.networks] for name, value in ensemble.params.items()}
    inputs = {name: tensor[place] for name, tensor in read.tensors.items()}
    if output is None:
        output = kind_of(use_case.task).shown(use_case.task, ensemble.predict_inputs(read).mean(0)[0].tolist())
    asked = ensemble.model, params, inputs, array.name, ensemble.settings, output
    grey = Sense(array).under_maps(arrays[array.name][0])
    size = grey.shape if array.mel else None
    return {
        "output": output,
        "picture": grey.round(3).tolist(),
        "gradients": _told(integrated_gradients(*asked), size),
        "activations": _told(grad_cam(*asked), size),
    }


def integrated_gradients(
    model: ShowsWhereItLooks,
    params: Mapping[str, Tensor],
    inputs: Mapping[str, Tensor],
    name: str,
    settings: Mapping[str, Any],
    output: int,
) -> Tensor:
    """How much each pixel adds to the raw score, against an even grey picture: (K, H, W), whose sum is the difference
    of the two scores (Sundararajan et al., 2017), by the midpoint rule."""
    film = inputs[name]  # (K, 1, H, W, C), 0 is the mean of all pixels
    at = (torch.arange(_STEPS) + 0.5) / _STEPS
    with torch.enable_grad():
        on_the_way = (film * at.view(1, -1, 1, 1, 1)).requires_grad_()
        others = {n: t.expand(-1, _STEPS, *t.shape[2:]) for n, t in inputs.items() if n != name}
        raw = model.forward(params, {**others, name: on_the_way}, settings)[..., output]
        (slope,) = torch.autograd.grad(raw.sum(), on_the_way)
    return (slope.mean(1) * film[:, 0]).sum(-1)


def grad_cam(
    model: ShowsWhereItLooks,
    params: Mapping[str, Tensor],
    inputs: Mapping[str, Tensor],
    name: str,
    settings: Mapping[str, Any],
    output: int,
) -> Tensor:
    """Where the last block found what speaks for the output, what speaks against it kept below 0; (K, H, W), drawn out
    to the picture's size. Grad-CAM (Selvaraju et al., 2017) with the slope of each place (HiResCAM, Draelos and Carin,
    2020): a mean slope over places says nothing, or the opposite, where a head weighs each place by itself."""
    height, width = inputs[name].shape[2:4]
    with torch.enable_grad():
        found = model.found(params, inputs, settings).detach().requires_grad_()  # (K, 1, h, w, patterns)
        raw = model.answer(params, found, inputs, settings)[..., output]
        (slope,) = torch.autograd.grad(raw.sum(), found)
    seen = (found.detach() * slope).sum(-1)
    return functional.interpolate(seen, size=(height, width), mode="bilinear", align_corners=False)[:, 0]


def _told(each_KHW: Tensor, upright_as: tuple[int, ...] | None) -> list[list[float]]:
    """upright_as: of spectrograms, the size of the finer picture that is drawn, on which pitch goes up."""
    if upright_as:
        turned = each_KHW.mean(0).T.flip(0)[None, None]
        each_KHW = functional.interpolate(turned, size=upright_as, mode="bilinear", align_corners=False)[0]
    mean = each_KHW.mean(0).numpy()
    largest = float(np.abs(mean).max())
    scaled: list[list[float]] = (mean / (largest or 1.0)).round(3).tolist()
    return scaled
