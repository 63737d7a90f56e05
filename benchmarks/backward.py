"""How much faster a model's own backward pass is than autograd through the same stacked networks: gradients alone.

    .venv/bin/python benchmarks/backward.py --rounds 5

One thread, a model's default settings, 8 networks, processor seconds of the gradients of one step (forward, loss and
backward), both ways in turns; the least of the rounds counts. A model keeps a backward pass of its own where it is at
least 1.3 times as fast (decision 0026).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import torch

from core.contracts import ArrayShape, InputKind, InputShapes, Kind, Task
from core.models import MODELS
from core.protocols import HasBackward
from core.settings import defaults, restrict
from core.settings.training import SETTINGS
from core.training.batches import NetworkRows, TrainingData
from core.training.losses import LOSSES
from core.training.members import Members

NETWORKS, ROWS = 8, 512
_TASK = Task(
    kind=Kind.BINARY, target="y", target_columns=("y",), outputs=("p",), loss="b", metrics=("m",), headline="m"
)
TOKENS = ArrayShape(name="tokens", kind=InputKind.TOKENS, shape=(40,), num_codes=2000)
IMAGE = ArrayShape(name="image", kind=InputKind.IMAGE, shape=(28, 28, 1))
WORKS: tuple[tuple[str, str, InputShapes, dict[str, Any]], ...] = (
    ("table, 20 numbers and 4 categories", "table_network", InputShapes(num_numeric=20, cardinalities=(9,) * 4), {}),
    ("image, 28 x 28", "image_network", InputShapes(num_numeric=0, cardinalities=(), arrays=(IMAGE,)), {}),
    (
        "tokens, 40 places, convolution",
        "sequence_network",
        InputShapes(num_numeric=0, cardinalities=(), arrays=(TOKENS,)),
        {},
    ),
    (
        "tokens, 40 places, GRU",
        "sequence_network",
        InputShapes(num_numeric=0, cardinalities=(), arrays=(TOKENS,)),
        {"reader": "gru", "summary": "last"},
    ),
)


def members(model: str, shapes: InputShapes, changes: Mapping[str, Any]) -> Members:
    """Networks on random rows."""
    rng = np.random.default_rng(0)
    settings = defaults(restrict([*SETTINGS, *MODELS.get(model).settings], {})) | dict(changes)
    codes = (
        np.stack([rng.integers(0, c, ROWS) for c in shapes.cardinalities] or [np.zeros(0)] * 0, axis=-1)
        if (shapes.cardinalities)
        else np.zeros((ROWS, 0), np.int64)
    )
    tensors = {"numeric": rng.standard_normal((ROWS, shapes.num_numeric)).astype(np.float32), "category": codes}
    for array in shapes.arrays:
        size = (ROWS, *array.shape)
        whole = array.kind is InputKind.TOKENS
        tensors[array.name] = rng.integers(1, array.num_codes, size) if whole else rng.normal(size=size).astype("f4")
    rows = np.arange(ROWS)
    data = TrainingData(
        shapes=[shapes],
        tensors={name: torch.from_numpy(values)[None] for name, values in tensors.items()},
        target=torch.from_numpy(rng.integers(0, 2, (1, ROWS, 1)).astype(np.float32)),
        networks=[NetworkRows(fold=0, train=rows, validation=rows[:30], place=k) for k in range(NETWORKS)],
        weight=torch.ones(1, ROWS),
    )
    loss = LOSSES.get("binary_cross_entropy")
    return Members(MODELS.get(model), loss, _TASK, data, [settings] * NETWORKS, torch.device("cpu"))


def least_s(work: Callable[[], object], times: int) -> float:
    found = []
    for _ in range(times):
        began = time.process_time()
        work()
        found.append(time.process_time() - began)
    return min(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    torch.set_num_threads(1)
    for name, model, shapes, changes in WORKS:
        own = members(model, shapes, changes)
        batch = next(own.batches())
        if not isinstance(own.model, HasBackward):
            continue
        by_hand, by_autograd = [], []
        with torch.no_grad():
            own._backward(batch)
            for _ in range(options.rounds):
                by_hand.append(least_s(lambda own=own, batch=batch: own._backward(batch), 3))
                by_autograd.append(
                    least_s(lambda own=own, batch=batch: own._backward_by_autograd(batch.inputs, batch), 3)
                )
        hand_ms, autograd_ms = (1000 * min(found) for found in (by_hand, by_autograd))
        print(
            json.dumps(
                {
                    "work": name,
                    "by_hand_ms": round(hand_ms, 1),
                    "by_autograd_ms": round(autograd_ms, 1),
                    "times": round(autograd_ms / hand_ms, 2),
                }
            ),
            flush=True,
        )


if __name__ == "__main__":
    main()
