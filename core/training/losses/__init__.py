"""The losses, found in this folder: raw scores of K stacked members -> (K,), and raw scores -> predictions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from core.contracts import Task
from core.registry import Registry

if TYPE_CHECKING:
    from torch import Tensor


class Loss(Protocol):
    """`loss` averages over the rows whose weight is not 0; members never mix. scale_target: whether the network learns
    the target in standard deviations; has_classes: whether rows of rare classes can be made to count more."""

    name: str
    scale_target: bool
    has_classes: bool

    def num_outputs(self, task: Task) -> int: ...

    def start(self, target_NT: Tensor, task: Task) -> Tensor:
        """Raw scores (num_outputs,) of the best constant prediction: where training begins."""
        ...

    def loss(self, raw_KBO: Tensor, target_KBT: Tensor, weight_KB: Tensor, task: Task) -> Tensor: ...

    def predict(self, raw_KBO: Tensor) -> Tensor: ...

    def gradient(self, raw_KBO: Tensor, target_KBT: Tensor, share_KB1: Tensor, task: Task) -> Tensor:
        """Of the members' summed losses with respect to raw (K, B, O), for weights that add up to 1 in each member."""
        ...


@runtime_checkable
class MovesTarget(Protocol):
    """A loss whose targets are places in a picture: where pictures are moved in training, they go along."""

    def moved(self, target_KBT: Tensor, moves_KB23: Tensor) -> Tensor:
        """The targets of pictures moved so, as torch's affine_grid has it."""
        ...


@runtime_checkable
class SpeaksAsOne(Protocol):
    """A loss whose predictions have no mean (boxes are none between two boxes): the networks of a fold say one thing
    together, made of the mean of their raw scores."""

    def joined(self, raw_KBO: Tensor) -> Tensor:
        """Raw scores (1, B, ...) of several networks together."""
        ...


@runtime_checkable
class WrittenPlainly(Protocol):
    """A loss whose predictions can be taken home as plain PyTorch: lines of Python that make `each` (K, B, O) of `raw`,
    as `predict` does; of one that shows pictures, as `pictures` does. Scores that are only learned from may be missing
    before the others."""

    def written(self) -> list[str]: ...


@runtime_checkable
class KeepsByScore(Protocol):
    """A loss that says nothing of how good a network is, and may be highest when it is best: the weights that are kept,
    and the end of the training, go by the headline on validation, where less is better."""

    keeps_by_score: bool


@runtime_checkable
class ShowsPictures(Protocol):
    """A loss whose raw scores hold pictures that were made."""

    def pictures(self, raw_KBO: Tensor) -> Tensor:
        """They, (K, B, height, width), from 0 to 1."""
        ...


LOSSES: Registry[Loss] = Registry(what="loss", folder="training/losses", attribute="LOSS")


def gradient_by_autograd(loss: Loss, raw_KBO: Tensor, target_KBT: Tensor, share_KB1: Tensor, task: Task) -> Tensor:
    """`Loss.gradient` for a loss without a formula of its own."""
    import torch

    with torch.enable_grad():
        raw = raw_KBO.detach().requires_grad_()
        (found,) = torch.autograd.grad(loss.loss(raw, target_KBT, share_KB1[..., 0], task).sum(), raw)
    return found


def weighted_mean(values_KB: Tensor, weight_KB: Tensor) -> Tensor:
    """Mean over B with weights, (K,); 0 where all weights are 0."""
    return (values_KB * weight_KB).sum(1) / weight_KB.sum(1).clamp_min(1e-12)
