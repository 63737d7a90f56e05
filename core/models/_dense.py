"""A linear layer of K stacked members, y = x W + b, with the backward pass written out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

    from core.contracts.workspace import Workspace


class Dense:
    """One linear layer of the stack in training, with every view and room that its steps use."""

    def __init__(self, params: Mapping[str, Tensor], name: str, x_KBF: Tensor) -> None:
        import torch

        self.weight, self.bias = params[f"{name}.weight"], params[f"{name}.bias"]
        self.x = x_KBF
        self.x_across = x_KBF.transpose(1, 2)
        self.out = x_KBF.new_empty(*x_KBF.shape[:2], self.weight.shape[2])
        self.ones = torch.ones_like(x_KBF[:, :1, :1]).expand(-1, 1, x_KBF.shape[1]).contiguous()
        self.below = x_KBF.new_empty(0)

    def forward(self, x_KBF: Tensor) -> Tensor:
        import torch

        if x_KBF is not self.x:  # a batch; a layer's output lies in the same room in every step
            self.x, self.x_across = x_KBF, x_KBF.transpose(1, 2)
        return torch.baddbmm(self.bias, x_KBF, self.weight, out=self.out)

    def learn(self, gradient: Mapping[str, Tensor], name: str, first: int | None) -> None:
        """Where gradients go. first: the first input whose gradient is asked for; None: nobody asks."""
        self.of_weight, self.of_bias, self.first = gradient[f"{name}.weight"], gradient[f"{name}.bias"], first
        if first is not None:
            self.across = self.weight[:, first:].transpose(1, 2)
            self.below = self.x.new_empty(*self.x.shape[:2], self.weight.shape[1] - first)

    def backward(self, above_KBH: Tensor) -> Tensor:
        """Gradients of weight and bias; gives that of the inputs. A product with ones is the quickest sum over rows."""
        import torch

        torch.bmm(self.x_across, above_KBH, out=self.of_weight)
        torch.bmm(self.ones, above_KBH, out=self.of_bias)
        return self.below if self.first is None else torch.bmm(above_KBH, self.across, out=self.below)


def linear(params: Mapping[str, Tensor], name: str, x_KBF: Tensor, workspace: Workspace | None) -> Tensor:
    import torch

    if workspace is None:
        return torch.baddbmm(params[f"{name}.bias"], x_KBF, params[f"{name}.weight"])
    return workspace.cached(name, lambda: Dense(params, name, x_KBF)).forward(x_KBF)


def linear_backward(
    gradient: Mapping[str, Tensor], name: str, above_KBH: Tensor, workspace: Workspace, first: int | None = 0
) -> Tensor:
    layer: Dense = workspace.cached(name, _must_be_there)
    if not hasattr(layer, "of_weight"):
        layer.learn(gradient, name, first)
    return layer.backward(above_KBH)


def _must_be_there() -> Dense:
    raise AssertionError("backward comes after forward with the same workspace")
