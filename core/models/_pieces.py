"""Embedded words, K members stacked: a word is what its pieces are together, so that one never seen has a meaning too
(Bojanowski et al., 2017)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


def embedded(table_KVE: Tensor, codes_KBTP: Tensor) -> Tensor:
    """(K, B, T, E): the sum of the vectors of a word's pieces over the root of their number, 0 where there is none. On
    the processor padding is passed over."""
    import torch
    from torch.nn import functional

    members, rows, words, most = codes_KBTP.shape
    size = table_KVE.shape[1]
    there = codes_KBTP > 0
    first = torch.arange(members, device=table_KVE.device)[:, None, None, None] * size
    code = torch.where(there, codes_KBTP + first, 0).view(-1, most)
    table = table_KVE.flatten(0, 1)
    if table.device.type == "cpu":
        summed = functional.embedding_bag(code, table, mode="sum", padding_idx=0)
    else:
        summed = (table.index_select(0, code.flatten()).view(*code.shape, -1) * there.view(-1, most, 1)).sum(1)
    return summed.view(members, rows, words, -1) / _root(there)


def _root(there_KBTP: Tensor) -> Tensor:
    return there_KBTP.sum(3, keepdim=True).clamp_min(1).sqrt()


def written() -> list[str]:
    """Lines of Python that make `x` of `tokens` (K, B, T, P), for `WrittenPlainly`."""
    return [
        "there = tokens > 0  # a word's pieces, and nothing",
        "x = looked_up(self.embedding, tokens.flatten(1)).unflatten(1, tokens.shape[1:])",
        "x = (x * there[..., None]).sum(3) / there.sum(3, keepdim=True).clamp_min(1).sqrt()",
    ]
