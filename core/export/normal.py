"""The quantiles of the standard normal in plain arithmetic: ONNX knows no such function.

Algorithm AS 241 (Wichura, 1988), good to sixteen digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

# fmt: off
_MIDDLE = (
    (2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
     13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608),
    (5226.495278852854561, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
     5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1.0),
)
_TAIL = (
    (7.7454501427834140764e-4, .0227238449892691845833, .24178072517745061177, 1.27045825245236838258,
     3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734),
    (1.05075007164441684324e-9, 5.475938084995344946e-4, .0151986665636164571966, .14810397642748007459,
     .68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1.0),
)
# fmt: on


def ndtri(share: Tensor) -> Tensor:
    """Quantiles of the standard normal, for shares whose quantile lies within five deviations; beyond, some large
    number. 64 bits."""
    import torch

    from_half = share - 0.5
    near = 0.180625 - from_half.square()
    middle = from_half * _ratio(_MIDDLE, near)
    distance = (-torch.minimum(share, 1 - share).clamp_min(1e-12).log()).sqrt() - 1.6
    tail = from_half.sign() * _ratio(_TAIL, distance)
    return torch.where(from_half.abs() <= 0.425, middle, tail)


def _ratio(of: Sequence[Sequence[float]], x: Tensor) -> Tensor:
    over, under = (_polynomial(each, x) for each in of)
    return over / under


def _polynomial(factors: Sequence[float], x: Tensor) -> Tensor:
    """By Horner's rule, the highest power first."""
    import torch

    found = torch.full_like(x, factors[0])
    for factor in factors[1:]:
        found = found * x + factor
    return found
