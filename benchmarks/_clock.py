"""The clock of the training benchmarks: processor seconds on a processor, seconds of a GPU that has done its work."""

from __future__ import annotations

import time

import torch

device = torch.device("cpu")  # set once, before anything is measured


def now() -> float:
    """Seconds that two calls can be the difference of."""
    if device.type == "cpu":
        return time.process_time()
    torch.cuda.synchronize(device)
    return time.perf_counter()
