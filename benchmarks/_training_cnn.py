"""The CNN of benchmarks/training.py: images of 28 x 28, two blocks of convolution and pooling, ten classes.

The same rules as for tables: the same images, network, batch, epochs and optimiser, in turns, the best of the rounds
counts. The ceiling is the time of the convolutions and matrix products alone, in torch's quickest layout.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import nn

from benchmarks import _clock
from benchmarks._frameworks import FRAMEWORKS, RATE, Network
from core.contracts import ArrayShape, InputKind, InputShapes, Kind, Task
from core.models import MODELS
from core.settings import defaults, restrict
from core.settings.training import SETTINGS
from core.training import loop
from core.training.batches import NetworkRows, TrainingData
from core.training.losses import LOSSES

_SIDE, _CLASSES = 28, 10
_TASK = Task(
    kind=Kind.MULTICLASS,
    target="y",
    target_columns=("y",),
    outputs=tuple("0123456789"),
    loss="cross_entropy",
    metrics=("m",),
    headline="m",
)


@dataclass(frozen=True, kw_only=True)
class CnnWork:
    """Images and the networks trained on them; each block has twice the patterns of the one before."""

    name: str
    rows: int = 10_000
    patterns: int = 16
    networks: int = 1
    batch: int = 128
    epochs: int = 1

    @property
    def samples(self) -> int:
        return self.rows * self.epochs * self.networks

    def images(self) -> tuple[np.ndarray, np.ndarray]:
        """(rows, 28, 28) with a bright bar where the class says, under noise; (rows,) classes."""
        rng = np.random.default_rng(0)
        y = rng.integers(0, _CLASSES, self.rows)
        x = rng.normal(size=(self.rows, _SIDE, _SIDE)).astype(np.float32)
        for bar in range(2):
            x[np.arange(self.rows), 2 * y + bar + 4] += 1
        return x, y


CNN_WORKS = (
    CnnWork(name="CNN 28x28"),
    CnnWork(name="CNN 28x28, batch 256", batch=256),
    CnnWork(name="CNN 28x28, config batch of 8", networks=8, rows=5_000),
)


def ours(work: CnnWork, x: np.ndarray, y: np.ndarray) -> float:
    """Seconds for the product's own loop, with its looks at thirty validation rows and 1,024 training rows."""
    model = MODELS.get("image_network")
    settings = defaults(restrict([*SETTINGS, *model.settings], {})) | {
        "blocks": 2,
        "patterns": work.patterns,
        "dense_layers": 0,
        "dropout": 0.0,
        "optimiser": "adam",
        "schedule": "constant",
        "weight_decay": 0.0,
        "learning_rate": RATE,
        "batch_size": work.batch,
        "num_epochs": work.epochs,
        "patience": 1000,
    }
    image, rows = ArrayShape(name="image", kind=InputKind.IMAGE, shape=(_SIDE, _SIDE, 1)), np.arange(work.rows)
    data = TrainingData(
        shapes=[InputShapes(num_numeric=0, cardinalities=(), arrays=(image,))],
        tensors={
            "numeric": torch.zeros(1, work.rows, 0),
            "category": torch.zeros(1, work.rows, 0, dtype=torch.int64),
            "image": torch.from_numpy(x.reshape(1, work.rows, _SIDE, _SIDE, 1)),
        },
        target=torch.from_numpy(y.astype(np.float32))[None, :, None],
        networks=[NetworkRows(fold=0, train=rows, validation=rows[:30], place=k) for k in range(work.networks)],
        weight=torch.ones(1, work.rows),
    )
    began = _clock.now()
    trained = loop.train(
        model,
        LOSSES.get("cross_entropy"),
        _TASK,
        data,
        [settings] * work.networks,
        score=lambda fold, rows, prediction: 0.0,
        progress=lambda event: None,
        stop_requested=lambda: False,
        device=_clock.device,
    )
    assert trained.samples == work.samples
    return _clock.now() - began


def network(work: CnnWork) -> Network:
    """What the frameworks train: their images have the channel where they like it best."""
    return Network(
        module=lambda: nn.Sequential(
            nn.Conv2d(1, work.patterns, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(work.patterns, 2 * work.patterns, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(2 * work.patterns * (_SIDE // 4) ** 2, _CLASSES),
        ),
        loss=nn.CrossEntropyLoss,
        layers=lambda k: [
            k.Input((_SIDE, _SIDE, 1)),
            k.layers.Conv2D(work.patterns, 3, padding="same", activation="relu"),
            k.layers.MaxPooling2D(2),
            k.layers.Conv2D(2 * work.patterns, 3, padding="same", activation="relu"),
            k.layers.MaxPooling2D(2),
            k.layers.Flatten(),
            k.layers.Dense(_CLASSES),
        ],
        keras_loss="SparseCategoricalCrossentropy",
        batch=work.batch,
        epochs=work.epochs,
    )


def ceiling(work: CnnWork, x: np.ndarray, y: np.ndarray) -> float:
    """The convolutions and matrix products of all steps alone: forward, and two each backward; none towards images."""
    back, layout = torch.ops.aten.convolution_backward, torch.channels_last

    def random(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, device=_clock.device)

    sides, sizes = (_SIDE, _SIDE // 2), (1, work.patterns, 2 * work.patterns)
    images = [random(work.batch, c, s, s).to(memory_format=layout) for c, s in zip(sizes, sides, strict=False)]
    kernels = [random(o, c, 3, 3).to(memory_format=layout) for c, o in pairwise(sizes)]
    found = sizes[2] * (_SIDE // 4) ** 2
    flat, last = random(work.batch, found), random(found, 10)
    began = _clock.now()
    with torch.no_grad():
        for _ in range(work.networks * work.epochs * math.ceil(work.rows / work.batch)):
            for place, (image, kernel) in enumerate(zip(images, kernels, strict=True)):
                z = nn.functional.conv2d(image, kernel, padding=1)
                wanted = [place > 0, True, False]
                back(z, image, kernel, None, [1, 1], [1, 1], [1, 1], False, [0, 0], 1, wanted)
            scores = flat @ last
            _ = flat.T @ scores, scores @ last.T
    return _clock.now() - began


def measure(work: CnnWork, without: list[str], rounds: int) -> dict[str, Any]:
    """Samples per second of each, the best of the rounds; frameworks train one network, which is what they repeat."""
    x, y = work.images()
    alone = {name: FRAMEWORKS[name] for name in FRAMEWORKS if name not in without}
    speeds: dict[str, float] = {}

    def note(name: str, samples: int, took_s: float) -> None:
        speeds[name] = max(speeds.get(name, 0.0), samples / took_s)

    for _ in range(rounds):
        note("ours", work.samples, ours(work, x, y))
        note("ceiling", work.samples, ceiling(work, x, y))
        for name, run in alone.items():
            images = x[..., None] if name == "keras" else x[:, None]
            note(name, work.samples // work.networks, run(network(work), images, y))
    fastest = max((speed for name, speed in speeds.items() if name in FRAMEWORKS), default=math.nan)
    return {
        "work": work.name,
        "networks": work.networks,
        "samples_per_s": {name: round(speed) for name, speed in speeds.items()},
        "times_fastest_framework": round(speeds["ours"] / fastest, 2),
        "share_of_ceiling": round(speeds["ours"] / speeds["ceiling"], 3),
    }
