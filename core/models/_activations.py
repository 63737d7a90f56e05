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
    """forward(z) is a new tensor; onto(z, out) the same written to `out`, which may be z itself unless the backward
    pass needs z. backward(above, kept) turns the gradient above into the one below, in place; `kept` is what `needs`
    says: the input z, the output, or of the output only its sign, which a dropout mask leaves as it is."""

    forward: Callable[[Tensor], Tensor]
    onto: Callable[[Tensor, Tensor], object]
    backward: Callable[[Tensor, Tensor], object]
    needs: str


def _torch() -> Any:
    import torch

    return torch


def _aten() -> Any:
    return _torch().ops.aten


def _nn() -> Any:
    return _torch()._C._nn


ACTIVATIONS = {
    "relu": Activation(
        lambda z: _torch().relu(z),
        lambda z, out: _torch().clamp_min(z, 0, out=out),
        lambda g, a: _aten().threshold_backward.grad_input(g, a, 0, grad_input=g),
        "sign",
    ),
    "leaky_relu": Activation(
        lambda z: _torch().nn.functional.leaky_relu(z, _LEAK),
        lambda z, out: _nn().leaky_relu(z, _LEAK, out=out),
        lambda g, a: _aten().leaky_relu_backward.grad_input(g, a, _LEAK, True, grad_input=g),
        "sign",
    ),
    "gelu": Activation(
        lambda z: _torch().nn.functional.gelu(z),
        lambda z, out: _nn().gelu(z, out=out),
        lambda g, z: _aten().gelu_backward.grad_input(g, z, grad_input=g),
        "input",
    ),
    "silu": Activation(
        lambda z: _torch().nn.functional.silu(z),
        lambda z, out: _aten().silu.out(z, out=out),
        lambda g, z: _aten().silu_backward.grad_input(g, z, grad_input=g),
        "input",
    ),
    "tanh": Activation(
        lambda z: _torch().tanh(z),
        lambda z, out: _torch().tanh(z, out=out),
        lambda g, a: _aten().tanh_backward.grad_input(g, a, grad_input=g),
        "output",
    ),
    "sigmoid": Activation(
        lambda z: _torch().sigmoid(z),
        lambda z, out: _torch().sigmoid(z, out=out),
        lambda g, a: _aten().sigmoid_backward.grad_input(g, a, grad_input=g),
        "output",
    ),
}

_WRITTEN = {
    "relu": "torch.relu({z})",
    "leaky_relu": "functional.leaky_relu({z}, 0.01)",
    "gelu": "functional.gelu({z})",
    "silu": "functional.silu({z})",
    "tanh": "torch.tanh({z})",
    "sigmoid": "torch.sigmoid({z})",
}


def written(name: str, z: str) -> str:
    """The bend of an expression, as a line of Python has it."""
    return _WRITTEN[name].format(z=z)
