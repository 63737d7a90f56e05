"""The bends of hidden units, each with the gradient that autograd would find. Imports torch when used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

_LEAK = 0.01


@dataclass(frozen=True, slots=True)
class Activation:
    """forward(z) and backward(gradient above, z, forward(z))."""

    forward: Callable[[Tensor], Tensor]
    backward: Callable[[Tensor, Tensor, Tensor], Tensor]


def _torch() -> Any:
    import torch

    return torch


def _aten() -> Any:
    return _torch().ops.aten


ACTIVATIONS = {
    "relu": Activation(lambda z: _torch().relu(z), lambda g, z, a: _aten().threshold_backward(g, z, 0)),
    "leaky_relu": Activation(
        lambda z: _torch().nn.functional.leaky_relu(z, _LEAK),
        lambda g, z, a: _aten().leaky_relu_backward(g, z, _LEAK, False),
    ),
    "gelu": Activation(lambda z: _torch().nn.functional.gelu(z), lambda g, z, a: _aten().gelu_backward(g, z)),
    "silu": Activation(lambda z: _torch().nn.functional.silu(z), lambda g, z, a: _aten().silu_backward(g, z)),
    "tanh": Activation(lambda z: _torch().tanh(z), lambda g, z, a: _aten().tanh_backward(g, a)),
    "sigmoid": Activation(lambda z: _torch().sigmoid(z), lambda g, z, a: _aten().sigmoid_backward(g, a)),
}
