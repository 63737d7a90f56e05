"""The fixed classifier in whose features generated pictures are compared with real ones: trained once, shipped, never
changed by a run. `data/train_judge.py` makes its file; how good it is stands in `data/picture_judge/CARD.md`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import DataError
from core.formatting.messages import message

if TYPE_CHECKING:
    from torch import Tensor

SIDE, FEATURES = 28, 32
KINDS = (
    message("T-shirt"),
    message("trousers"),
    message("pullover"),
    message("dress"),
    message("coat"),
    message("sandal"),
    message("shirt"),
    message("sneaker"),
    message("bag"),
    message("ankle boot"),
)
FILE = Path(__file__).parents[2] / "data" / "picture_judge" / "judge.safetensors"
SHA256 = "d3c87770eceae1540108b914e44f7da27f148ef792ea3d45b4fbd92234c0d113"
_STEPS = 16  # of a standard deviation: finer ones tell nothing of a crowd, and take room in what is kept of a run
_AT_ONCE = 256  # pictures: what the first convolution makes of them stays near the processor


def features_of(params: Mapping[str, Tensor], x_NHW: Tensor) -> Tensor:
    """The 32 features (N, 32), each from -1 to 1, of pictures with pixels from 0, black, to 1."""
    from torch.nn import functional

    found = x_NHW[:, None]
    for block in ("first", "second"):
        found = functional.conv2d(found, params[f"{block}.weight"], params[f"{block}.bias"], padding=1)
        found = functional.max_pool2d(found, 2).relu()
    return functional.linear(found.flatten(1), params["features.weight"], params["features.bias"]).tanh()


def scores_of(params: Mapping[str, Tensor], features_NF: Tensor) -> Tensor:
    """How much speaks for each kind, (N, 10), before the softmax."""
    from torch.nn import functional

    return functional.linear(features_NF, params["kinds.weight"], params["kinds.bias"])


def judged(pictures: Tensor) -> Tensor:
    """Of pictures (..., 28, 28) the 32 features, each in standard deviations of real training pictures to a sixteenth,
    and the kind that they are taken for, (..., 33). Raises DataError where the file is missing or altered."""
    import torch

    params = weights()
    flat = pictures.reshape(-1, SIDE, SIDE).float().cpu()
    with torch.no_grad():
        found = [features_of(params, flat[at : at + _AT_ONCE]) for at in range(0, len(flat), _AT_ONCE)]
        features = torch.cat([flat.new_zeros(0, FEATURES), *found])
        kinds = scores_of(params, features).argmax(1, keepdim=True)
        steps = (features / params["features.spread"] * _STEPS).round() / _STEPS
        told = torch.cat([steps, kinds.to(features.dtype)], dim=1)
    return told.reshape(*pictures.shape[:-2], FEATURES + 1).to(pictures.device)


@cache
def weights() -> Mapping[str, Tensor]:
    """The classifier's parameters, read once in a process. Raises DataError."""
    import hashlib

    from safetensors.torch import load

    content = FILE.read_bytes() if FILE.is_file() else b""
    found = hashlib.sha256(content).hexdigest()
    if found != SHA256:
        raise DataError(
            "Generated pictures are judged by a classifier that ships, {file}; its sha256 is {found}, and {sha256} is "
            "expected. Restore it with: git checkout -- data/picture_judge",
            file=FILE.name,
            found=found if content else "missing",
            sha256=SHA256,
        )
    return load(content)
