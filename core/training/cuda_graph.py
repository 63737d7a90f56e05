"""A step recorded once and played again: on a GPU a small network's step is mostly launches."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

import torch

from core.training.batches import Batch

log = logging.getLogger("proving_ground.training")

Step = Callable[[Batch, torch.Tensor], None]
Recorder = Callable[[Callable[[], None]], Callable[[], None]]  # work -> what does the same work again

_PLAIN_STEPS = 3  # before recording: libraries set themselves up, and what is kept from step to step is made


def _cuda_graph(work: Callable[[], None]) -> Callable[[], None]:
    """Records without executing; see torch.cuda.graph. Its stream is left also where recording fails."""
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.stream(torch.cuda.current_stream()), torch.cuda.graph(graph):
        work()
    return graph.replay


_cannot: set[Recorder] = set()  # those that failed in this process
RECORDERS: Mapping[str, Recorder] = {"cuda": _cuda_graph}


class CudaGraphStep:
    """Steps of one stack of networks, with batches of one shape. A step's work must be the same each time: it reads
    its batch and the learning rate's factor from tensors, and asks the device for nothing."""

    def __init__(self, step: Step, recorder: Recorder, device: torch.device) -> None:
        self.step, self.recorder = step, recorder
        self.factor = torch.ones((), device=device)
        self.left_plain, self.play = _PLAIN_STEPS, self._plain
        self.batch: Batch | None = None

    def __call__(self, batch: Batch, factor: float) -> None:
        self.factor.fill_(factor)
        if self.left_plain:
            self.left_plain -= 1
            self.step(batch, self.factor)
            return
        if self.batch is None:
            self.batch = batch.copy()
            self._record()
        else:
            self.batch.overwrite(batch)
        self.play()

    def _plain(self) -> None:
        assert self.batch is not None
        self.step(self.batch, self.factor)

    def _record(self) -> None:
        if self.recorder in _cannot:
            return
        try:
            self.play = self.recorder(self._plain)
        except torch.OutOfMemoryError:
            raise
        except RuntimeError as error:  # nothing was executed: slower, and right all the same
            _cannot.add(self.recorder)
            log.warning("steps cannot be recorded on this device and are taken one by one: %s", error)
