"""How fast the training step is beside what a user would pick instead: the same table, network, batch and epochs.

    .venv-bench/bin/python benchmarks/training.py --json results.json

    .venv-bench/bin/python benchmarks/training.py --device cuda

Needs requirements-bench.txt (`make bench` sets it up). One thread, or one GPU. Every contestant trains the same
multi-layer perceptron with Adam on the same rows in one process, in turns; the best of the rounds counts, in processor
seconds, which other work on the machine disturbs less than the clock. The ceiling is the time of the matrix products
alone. The default networks of two use cases have their tables' rows and inputs and the members of a run; a framework
trains its members one after another, which is what its user would do. On a GPU the config batch has 64 networks
instead of 8, seconds are the clock's, and the frameworks are given the GPU too.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import sys
import warnings
from dataclasses import dataclass
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("KERAS_BACKEND", "torch")
sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import torch
from torch import nn

from benchmarks import _clock
from benchmarks import _training_cnn as cnn
from benchmarks._frameworks import FRAMEWORKS, RATE, Network
from core import pipeline
from core.contracts import InputShapes, Kind, Task
from core.models import MODELS
from core.models.table_network import embedding_width
from core.pipeline.prepare import prepare
from core.settings import defaults as settings_defaults
from core.settings import restrict
from core.settings.training import SETTINGS
from core.settings.use_case import settings_of
from core.training import loop
from core.training.batches import NetworkRows, TrainingData
from core.training.losses import LOSSES
from core.use_cases import use_case as use_case_named

_TASK = Task(
    kind=Kind.BINARY, target="y", target_columns=("y",), outputs=("p",), loss="b", metrics=("m",), headline="m"
)


@dataclass(frozen=True, kw_only=True)
class Work:
    """One piece of work: a table and the networks trained on it."""

    name: str
    rows: int
    inputs: int
    width: int
    depth: int = 2
    networks: int = 1
    batch: int = 256
    epochs: int = 2
    dropout: float = 0.0

    @property
    def samples(self) -> int:
        return self.rows * self.epochs * self.networks

    def table(self) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng(0)
        x = rng.normal(size=(self.rows, self.inputs)).astype(np.float32)
        return x, (x[:, :1] + x[:, 1:2] * x[:, 2:3] > 0).astype(np.float32)


WORKS = (
    *(Work(name=f"width {width}", rows=30_000, inputs=20, width=width) for width in (32, 64, 256)),
    Work(name="config batch of 8, width 32", rows=30_000, inputs=20, width=32, networks=8),
)
ON_GPU = (
    Work(name="width 32", rows=30_000, inputs=20, width=32, epochs=10),
    Work(name="width 256", rows=30_000, inputs=20, width=256, epochs=10),
    Work(name="config batch of 64, width 32", rows=30_000, inputs=20, width=32, networks=64, epochs=10),
)
DEFAULTS = {"retail/coupon_response": 4, "supply_chain/shipment_delay": 1}  # use case -> epochs


def default_work(name: str, epochs: int) -> Work:
    """The default network of a use case: its first fold's training rows, its inputs, all of a run's networks."""
    use_case = use_case_named(name)
    settings = settings_defaults(settings_of(use_case))
    examples = pipeline.load_examples(use_case)
    plan = use_case.plan(examples)
    prepared = prepare(use_case, examples, plan, settings)
    inputs = prepared.data.shapes[0]
    return Work(
        name=name,
        rows=len(plan.folds[0].train),
        inputs=inputs.num_numeric + sum(embedding_width(c) for c in inputs.cardinalities),
        width=settings["width"],
        depth=settings["depth"],
        networks=len(prepared.data.networks),
        batch=settings["batch_size"],
        epochs=epochs,
        dropout=settings["dropout"],
    )


def ours(work: Work, x: np.ndarray, y: np.ndarray) -> float:
    """Processor seconds of the product's loop; thirty rows validate, since a loop that can stop early must look."""
    model = MODELS.get("table_network")
    settings = settings_defaults(restrict([*SETTINGS, *model.settings], {})) | {
        "width": work.width,
        "depth": work.depth,
        "dropout": work.dropout,
        "linear_skip": "off",
        "optimiser": "adam",
        "schedule": "constant",
        "weight_decay": 0.0,
        "learning_rate": RATE,
        "batch_size": work.batch,
        "num_epochs": work.epochs,
        "patience": 1000,
    }
    rows = np.arange(work.rows)
    networks = [NetworkRows(fold=0, train=rows, validation=rows[:30], place=k) for k in range(work.networks)]
    data = TrainingData(
        shapes=[InputShapes(num_numeric=work.inputs, cardinalities=())],
        tensors={
            "numeric": torch.from_numpy(x)[None],
            "category": torch.zeros(1, work.rows, 0, dtype=torch.int64),
        },
        target=torch.from_numpy(y)[None],
        networks=networks,
        weight=torch.ones(1, work.rows),
    )
    began = _clock.now()
    trained = loop.train(
        model,
        LOSSES.get("binary_cross_entropy"),
        _TASK,
        data,
        [settings] * work.networks,
        score=lambda fold, rows, prediction: 0.0,
        progress=lambda event: None,
        stop_requested=lambda: False,
        device=_clock.device,
    )
    took_s = _clock.now() - began
    assert trained.samples == work.samples
    return took_s


def network(work: Work) -> Network:
    """What the frameworks train."""

    def module() -> nn.Module:
        layers: list[nn.Module] = []
        size = work.inputs
        for _ in range(work.depth):
            layers += [nn.Linear(size, work.width), nn.ReLU()]
            layers += [nn.Dropout(work.dropout)] if work.dropout else []
            size = work.width
        return nn.Sequential(*layers, nn.Linear(size, 1))

    def layers(k: Any) -> list[Any]:
        found: list[Any] = [k.Input((work.inputs,))]
        for _ in range(work.depth):
            found += [k.layers.Dense(work.width, activation="relu")]
            found += [k.layers.Dropout(work.dropout)] if work.dropout else []
        return [*found, k.layers.Dense(1)]

    return Network(
        module=module,
        loss=nn.BCEWithLogitsLoss,
        layers=layers,
        keras_loss="BinaryCrossentropy",
        batch=work.batch,
        epochs=work.epochs,
    )


def scikit_learn(work: Work, x: np.ndarray, y: np.ndarray) -> float:
    """It knows no dropout: its time is that of the same network without."""
    from sklearn.neural_network import MLPClassifier

    net = MLPClassifier(
        [work.width] * work.depth,
        alpha=0.0,
        batch_size=work.batch,
        learning_rate_init=RATE,
        max_iter=work.epochs,
        n_iter_no_change=work.epochs + 1,
        tol=0.0,
    )
    began = _clock.now()
    net.fit(x, y[:, 0])
    return _clock.now() - began


def ceiling(work: Work, x: np.ndarray, y: np.ndarray) -> float:
    """The matrix products of all steps alone: forward, and two each backward; none towards the inputs."""
    sizes = [work.inputs, *[work.width] * work.depth, 1]
    inputs = [torch.randn(work.networks, work.batch, size, device=_clock.device) for size in sizes]
    weights = [torch.randn(work.networks, a, b, device=_clock.device) for a, b in pairwise(sizes)]
    outputs = [torch.empty(work.networks, work.batch, size, device=_clock.device) for size in sizes]
    of_weights = [torch.empty_like(w) for w in weights]
    began = _clock.now()
    for _ in range(work.epochs * math.ceil(work.rows / work.batch)):
        for place, weight in enumerate(weights):
            torch.bmm(inputs[place], weight, out=outputs[place + 1])
            torch.bmm(inputs[place].transpose(1, 2), outputs[place + 1], out=of_weights[place])
            if place:
                torch.bmm(outputs[place + 1], weight.transpose(1, 2), out=outputs[place])
    return _clock.now() - began


_OTHERS = (*FRAMEWORKS, "scikit-learn")


def measure(work: Work, contestants: list[str], rounds: int) -> dict[str, Any]:
    """Samples per processor second of each, the best of the rounds; frameworks train one network, as they repeat it."""
    x, y = work.table()
    speeds: dict[str, float] = {}

    def note(name: str, samples: int, took_s: float) -> None:
        speeds[name] = max(speeds.get(name, 0.0), samples / took_s)

    for _ in range(rounds):
        note("ours", work.samples, ours(work, x, y))
        note("ceiling", work.samples, ceiling(work, x, y))
        for name in contestants:
            took_s = scikit_learn(work, x, y) if name == "scikit-learn" else FRAMEWORKS[name](network(work), x, y)
            note(name, work.samples // work.networks, took_s)
    fastest = max((speeds[n] for n in contestants if n != "scikit-learn"), default=math.nan)
    return {
        "work": work.name,
        "networks": work.networks,
        "samples_per_s": {name: round(speed) for name, speed in speeds.items()},
        "times_fastest_framework": round(speeds["ours"] / fastest, 2),
        "share_of_ceiling": round(speeds["ours"] / speeds["ceiling"], 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--work", nargs="*", help="all by default")
    parser.add_argument("--without", nargs="*", default=[], help="frameworks to leave out", choices=_OTHERS)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    warnings.filterwarnings("ignore")  # of other packages: few workers, no convergence after two epochs
    _clock.device = torch.device(options.device)
    on_gpu = options.device != "cpu"
    contestants = [n for n in _OTHERS if n not in options.without and not (on_gpu and n == "scikit-learn")]

    def wanted(name: str) -> bool:
        return not options.work or name in options.work

    results: list[dict[str, Any]] = []
    tables = [w for w in (ON_GPU if on_gpu else WORKS) if wanted(w.name)]
    for name, epochs in DEFAULTS.items():
        tables += [default_work(name, epochs)] if wanted(name) else []
    for work in tables:
        results.append(measure(work, contestants, options.rounds))
        print(json.dumps(results[-1]), flush=True)
    for images in (w for w in cnn.CNN_WORKS if wanted(w.name)):
        results.append(cnn.measure(images, options.without, options.rounds))
        print(json.dumps(results[-1]), flush=True)
    packages = ("torch", "numpy", *contestants)
    device = torch.cuda.get_device_name() if on_gpu else platform.processor() or platform.machine()
    record = {"device": device, "versions": {p: version(p) for p in packages}}
    if options.json:
        options.json.write_text(json.dumps({**record, "rounds": options.rounds, "results": results}, indent=1) + "\n")


if __name__ == "__main__":
    main()
