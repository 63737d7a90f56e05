"""The CNN of benchmarks/training.py: images of 28 x 28, two blocks of convolution and pooling, ten classes.

The same rules as for tables: one thread, the same images, network, batch, epochs and optimiser, in turns, the best of
the rounds counts. Processor time is measured, which on one thread is the time of an idle machine, and little more on a
busy one. The ceiling is the time of the convolutions and matrix products alone, in torch's quickest layout.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import nn

from core.contracts import Image, Kind, TableInputs, Task
from core.models import MODELS
from core.settings import defaults, restrict
from core.training import loop
from core.training.batches import NetworkRows, TrainingData
from core.training.losses import LOSSES
from core.training.settings import SETTINGS

_SIDE, _CLASSES, _RATE = 28, 10, 1e-3
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
    CnnWork(name="CNN 28x28, sheet of 8", networks=8, rows=5_000),
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
        "learning_rate": _RATE,
        "batch_size": work.batch,
        "num_epochs": work.epochs,
        "patience": 1000,
    }
    image, rows = Image(side=_SIDE), np.arange(work.rows)
    data = TrainingData(
        inputs=[TableInputs(num_numeric=image.size, cardinalities=(), image=image)],
        numeric=torch.from_numpy(x.reshape(1, work.rows, -1)),
        category=torch.zeros(1, work.rows, 0, dtype=torch.int64),
        target=torch.from_numpy(y.astype(np.float32))[None, :, None],
        networks=[NetworkRows(fold=0, train=rows, validation=rows[:30], place=k) for k in range(work.networks)],
        weight=torch.ones(1, work.rows),
    )
    began = time.process_time()
    trained = loop.train(
        model,
        LOSSES.get("cross_entropy"),
        _TASK,
        data,
        [settings] * work.networks,
        score=lambda fold, rows, prediction: 0.0,
        progress=lambda event: None,
        stop_requested=lambda: False,
        device=torch.device("cpu"),
    )
    assert trained.samples == work.samples
    return time.process_time() - began


def _module(work: CnnWork) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(1, work.patterns, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(work.patterns, 2 * work.patterns, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(2 * work.patterns * (_SIDE // 4) ** 2, _CLASSES),
    )


def lightning(work: CnnWork, x: np.ndarray, y: np.ndarray) -> float:
    import lightning as pl
    from torch.utils.data import DataLoader, TensorDataset

    class Net(pl.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.net = _module(work)

        def training_step(self, batch: Any, index: int) -> torch.Tensor:
            return nn.functional.cross_entropy(self.net(batch[0]), batch[1])

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.Adam(self.parameters(), lr=_RATE)

    rows = TensorDataset(torch.from_numpy(x)[:, None], torch.from_numpy(y))
    trainer = pl.Trainer(
        max_epochs=work.epochs,
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    began = time.process_time()
    trainer.fit(Net(), DataLoader(rows, batch_size=work.batch, shuffle=True))
    return time.process_time() - began


def skorch(work: CnnWork, x: np.ndarray, y: np.ndarray) -> float:
    from skorch import NeuralNet

    net = NeuralNet(
        _module(work),
        criterion=nn.CrossEntropyLoss,
        optimizer=torch.optim.Adam,
        lr=_RATE,
        batch_size=work.batch,
        max_epochs=work.epochs,
        iterator_train__shuffle=True,
        train_split=None,
        verbose=0,
    )
    began = time.process_time()
    net.fit(x[:, None], y)
    return time.process_time() - began


def keras(work: CnnWork, x: np.ndarray, y: np.ndarray) -> float:
    import keras as k

    model = k.Sequential(
        [
            k.Input((_SIDE, _SIDE, 1)),
            k.layers.Conv2D(work.patterns, 3, padding="same", activation="relu"),
            k.layers.MaxPooling2D(2),
            k.layers.Conv2D(2 * work.patterns, 3, padding="same", activation="relu"),
            k.layers.MaxPooling2D(2),
            k.layers.Flatten(),
            k.layers.Dense(_CLASSES),
        ]
    )
    model.compile(optimizer=k.optimizers.Adam(_RATE), loss=k.losses.SparseCategoricalCrossentropy(from_logits=True))
    began = time.process_time()
    model.fit(x[..., None], y, batch_size=work.batch, epochs=work.epochs, verbose=0)
    return time.process_time() - began


def ceiling(work: CnnWork, x: np.ndarray, y: np.ndarray) -> float:
    """The convolutions and matrix products of all steps alone: forward, and two each backward; none towards images."""
    back, layout = torch.ops.aten.convolution_backward, torch.channels_last
    sides, sizes = (_SIDE, _SIDE // 2), (1, work.patterns, 2 * work.patterns)
    images = [torch.randn(work.batch, c, s, s).to(memory_format=layout) for c, s in zip(sizes, sides, strict=False)]
    kernels = [torch.randn(o, c, 3, 3).to(memory_format=layout) for c, o in pairwise(sizes)]
    flat, last = torch.randn(work.batch, sizes[2] * (_SIDE // 4) ** 2), torch.randn(sizes[2] * (_SIDE // 4) ** 2, 10)
    began = time.process_time()
    with torch.no_grad():
        for _ in range(work.networks * work.epochs * math.ceil(work.rows / work.batch)):
            for place, (image, kernel) in enumerate(zip(images, kernels, strict=True)):
                z = nn.functional.conv2d(image, kernel, padding=1)
                wanted = [place > 0, True, False]
                back(z, image, kernel, None, [1, 1], [1, 1], [1, 1], False, [0, 0], 1, wanted)
            scores = flat @ last
            _ = flat.T @ scores, scores @ last.T
    return time.process_time() - began


FRAMEWORKS: dict[str, Callable[[CnnWork, np.ndarray, np.ndarray], float]] = {
    "lightning": lightning,
    "skorch": skorch,
    "keras": keras,
}


def measure(work: CnnWork, without: list[str], rounds: int) -> dict[str, Any]:
    """Samples per second of each, the best of the rounds; frameworks train one network, which is what they repeat."""
    x, y = work.images()
    contestants = {"ours": ours, "ceiling": ceiling, **{n: run for n, run in FRAMEWORKS.items() if n not in without}}
    speeds: dict[str, float] = {}
    for _ in range(rounds):
        for name, run in contestants.items():
            samples = work.samples / (work.networks if name in FRAMEWORKS else 1)
            speeds[name] = max(speeds.get(name, 0.0), samples / run(work, x, y))
    fastest = max((speed for name, speed in speeds.items() if name in FRAMEWORKS), default=math.nan)
    return {
        "work": work.name,
        "networks": work.networks,
        "samples_per_s": {name: round(speed) for name, speed in speeds.items()},
        "times_fastest_framework": round(speeds["ours"] / fastest, 2),
        "share_of_ceiling": round(speeds["ours"] / speeds["ceiling"], 3),
    }
