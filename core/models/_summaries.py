"""What is kept of all positions of a text: its largest, mean or last value of every unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor


def forward(kind: str, said_KBTH: Tensor, present_KBT: Tensor) -> tuple[Tensor, Any]:
    """(K, B, H) over the positions that are present (one at least), and what `backward` needs."""
    if kind == "mean":
        share = (present_KBT / present_KBT.sum(2, keepdim=True))[..., None].to(said_KBTH.dtype)
        return (said_KBTH * share).sum(2), share
    if kind == "max":
        largest, place = said_KBTH.masked_fill(~present_KBT[..., None], float("-inf")).max(2, keepdim=True)
        return largest.squeeze(2), place
    place = (present_KBT.sum(2) - 1)[:, :, None, None].expand(-1, -1, 1, said_KBTH.shape[3])
    return said_KBTH.gather(2, place).squeeze(2), place


def backward(kind: str, saved: Any, above_KBH: Tensor, length: int) -> Tensor:
    """The gradient of what was said, (K, B, T, H)."""
    above = above_KBH[:, :, None]
    if kind == "mean":
        return above * saved
    members, rows, width = above_KBH.shape
    return above_KBH.new_zeros(members, rows, length, width).scatter_(2, saved, above)
