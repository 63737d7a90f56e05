"""Train the classifier that judges generated pictures, and say what it reaches: python data/train_judge.py

It learns from the training photos of fashion_mnist alone. One thread, seeded: some 45 seconds. Another machine may come
to other last digits; the file that ships is the one of `core.judge.SHA256`.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import torch
from safetensors.torch import save
from torch import Tensor
from torch.nn import functional

from core import datasets, judge
from core.datasets import DATASETS

_EPOCHS, _BATCH, _RATE, _DECAY, _DROPPED = 10, 64, 2e-3, 1e-2, 0.2
_PATTERNS = (16, 32)


def photos(part: str) -> tuple[Tensor, Tensor]:
    """Pictures (N, 28, 28) from 0 to 1 and their kinds (N,)."""
    table = datasets.read(DATASETS.get("fashion_mnist"))["photos"]
    table = table[table["part"] == part]
    pixels = np.frombuffer(b"".join(table["pixels"]), dtype=np.uint8).reshape(-1, judge.SIDE, judge.SIDE)
    return torch.from_numpy(pixels / np.float32(255)), torch.from_numpy(table["kind"].to_numpy(dtype=np.int64))


def fresh() -> dict[str, Tensor]:
    """Parameters as torch's layers begin."""
    places = _PATTERNS[1] * (judge.SIDE // 4) ** 2
    layers = {
        "first": torch.nn.Conv2d(1, _PATTERNS[0], 3),
        "second": torch.nn.Conv2d(*_PATTERNS, 3),
        "features": torch.nn.Linear(places, judge.FEATURES),
        "kinds": torch.nn.Linear(judge.FEATURES, len(judge.KINDS)),
    }
    return {f"{name}.{part}": p for name, layer in layers.items() for part, p in layer.named_parameters()}


def trained() -> dict[str, Tensor]:
    """Cross-entropy, AdamW, a rate that sinks as a cosine; half of the pictures are mirrored."""
    pictures, kinds = photos("training")
    params, order = fresh(), np.random.default_rng(0)
    optimiser = torch.optim.AdamW(params.values(), _RATE, weight_decay=_DECAY)
    steps = _EPOCHS * (len(pictures) // _BATCH)
    sinking = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    for epoch in range(_EPOCHS):
        rows = torch.from_numpy(order.permutation(len(pictures)))
        for start in range(0, len(rows) - _BATCH + 1, _BATCH):
            own = rows[start : start + _BATCH]
            mirrored = (torch.rand(_BATCH) < 0.5)[:, None, None]
            x = torch.where(mirrored, pictures[own].flip(-1), pictures[own])
            features = functional.dropout(judge.features_of(params, x), _DROPPED)
            loss = functional.cross_entropy(judge.scores_of(params, features), kinds[own])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            sinking.step()
        print(f"epoch {epoch + 1}: accuracy on validation {accuracy(params, 'validation'):.4f}", flush=True)
    with torch.no_grad():
        found = {name: p.detach().clone() for name, p in params.items()}
        parts = [judge.features_of(found, pictures[at : at + 500]) for at in range(0, len(pictures), 500)]
        return found | {"features.spread": torch.cat(parts).std(0)}


def accuracy(params: dict[str, Tensor], part: str) -> float:
    """The share of photos that it puts into the right kind."""
    pictures, kinds = photos(part)
    with torch.no_grad():
        found = judge.scores_of(params, judge.features_of(params, pictures)).argmax(1)
    return float((found == kinds).float().mean())


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.manual_seed(0)
    made = trained()
    content = save(made)
    judge.FILE.parent.mkdir(exist_ok=True)
    judge.FILE.write_bytes(content)
    print(f"accuracy on test {accuracy(made, 'test'):.4f}, sha256 {hashlib.sha256(content).hexdigest()}")
