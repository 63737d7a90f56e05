"""What is kept of all positions of a text: the largest, mean or last value of every unit, or largest and mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

SIZES = {"max": 1, "mean": 1, "last": 1, "both": 2}  # numbers that are kept of each unit


def summary(kind: str, said_KBTH: Tensor, present_KBT: Tensor) -> Tensor:
    """(K, B, H), or (K, B, 2 H) of both, over the positions that are present (one at least)."""
    if kind == "both":
        import torch

        return torch.cat([summary(one, said_KBTH, present_KBT) for one in ("max", "mean")], dim=2)
    if kind == "mean":
        share = (present_KBT / present_KBT.sum(2, keepdim=True))[..., None].to(said_KBTH.dtype)
        return (said_KBTH * share).sum(2)
    if kind == "max":
        return said_KBTH.masked_fill(~present_KBT[..., None], float("-inf")).max(2).values
    place = (present_KBT.sum(2) - 1)[:, :, None, None].expand(-1, -1, 1, said_KBTH.shape[3])
    return said_KBTH.gather(2, place).squeeze(2)


def written(kind: str) -> list[str]:
    """Lines of Python that make `found` of `said` and `present`, for `WrittenPlainly`."""
    if kind == "both":
        return [*written("max"), "largest = found", *written("mean"), "found = torch.cat([largest, found], dim=2)"]
    if kind == "mean":
        return ["found = (said * (present / present.sum(2, keepdim=True))[..., None]).sum(2)"]
    if kind == "max":
        return ["found = said.masked_fill(~present[..., None], float('-inf')).amax(2)"]
    return [
        "last = (present.sum(2) - 1)[:, :, None, None].expand(-1, -1, 1, said.shape[3])",
        "found = said.gather(2, last).squeeze(2)",
    ]
