"""What a user would train the same network with instead: PyTorch Lightning, skorch, Keras on torch. One thread or one
GPU; each gives the seconds of `benchmarks/_clock.py`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from benchmarks import _clock

RATE = 1e-3


@dataclass(frozen=True, kw_only=True)
class Network:
    """The same network in torch and in Keras, with its loss in both: module() is fresh, layers(keras) too."""

    module: Callable[[], nn.Module]
    loss: Callable[[], nn.Module]
    layers: Callable[[Any], Sequence[Any]]
    keras_loss: str
    batch: int
    epochs: int


def lightning(network: Network, x: np.ndarray, y: np.ndarray) -> float:
    import lightning as pl
    from torch.utils.data import DataLoader, TensorDataset

    class Net(pl.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.net, self.loss = network.module(), network.loss()

        def training_step(self, batch: Any, index: int) -> torch.Tensor:
            loss: torch.Tensor = self.loss(self.net(batch[0]), batch[1])
            return loss

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.Adam(self.parameters(), lr=RATE)

    rows = TensorDataset(torch.from_numpy(x), torch.from_numpy(y))
    trainer = pl.Trainer(
        max_epochs=network.epochs,
        accelerator="cpu" if _clock.device.type == "cpu" else "gpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    began = _clock.now()
    trainer.fit(Net(), DataLoader(rows, batch_size=network.batch, shuffle=True))
    return _clock.now() - began


def skorch(network: Network, x: np.ndarray, y: np.ndarray) -> float:
    from skorch import NeuralNet

    net = NeuralNet(
        network.module(),
        criterion=network.loss(),
        optimizer=torch.optim.Adam,
        lr=RATE,
        batch_size=network.batch,
        max_epochs=network.epochs,
        iterator_train__shuffle=True,
        train_split=None,
        verbose=0,
        device=_clock.device.type,
    )
    began = _clock.now()
    net.fit(x, y)
    return _clock.now() - began


def keras(network: Network, x: np.ndarray, y: np.ndarray) -> float:
    import keras as k

    model = k.Sequential(network.layers(k))
    model.compile(optimizer=k.optimizers.Adam(RATE), loss=getattr(k.losses, network.keras_loss)(from_logits=True))
    began = _clock.now()
    model.fit(x, y, batch_size=network.batch, epochs=network.epochs, verbose=0)
    return _clock.now() - began


FRAMEWORKS: dict[str, Callable[[Network, np.ndarray, np.ndarray], float]] = {
    "lightning": lightning,
    "skorch": skorch,
    "keras": keras,
}
