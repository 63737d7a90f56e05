"""Categories as learned vectors, K members stacked: parameters `embedding.0`, `embedding.1`, ... (K, codes, width)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

    from core.contracts.workspace import Workspace


def embedding_width(cardinality: int) -> int:
    """Width of a category's embedding: grows with the number of codes, 8 at most."""
    return min(8, (cardinality + 1) // 2)


class _Codes:
    """Where the embeddings of a stack lie when all of them are one row of T numbers a member: E numbers for every row
    of the table. One gather of single numbers is several times as quick as one of short vectors per category."""

    def __init__(self, tables: Sequence[Tensor], members: int) -> None:
        import torch

        sizes, widths = zip(*(table.shape[1:] for table in tables), strict=True)
        first = [0, *accumulate(size * width for size, width in zip(sizes, widths, strict=True))]
        device = tables[0].device
        self.total, self.categories = first[-1], len(tables)
        self.column = torch.cat([torch.full((w,), c) for c, w in enumerate(widths)]).to(device)
        self.width = torch.cat([torch.full((w,), w) for w in widths]).to(device, torch.int32)
        inner = torch.cat([torch.arange(w) + at for at, w in zip(first, widths, strict=False)])
        self.start = (torch.arange(members)[:, None, None] * self.total + inner).to(device, torch.int32)

    def places(self, category_KBC: Tensor) -> Tensor:
        """(K * B * E) into K rows of T numbers."""
        shape = (*category_KBC.shape[:2], len(self.column))
        codes = category_KBC.to(self.width.dtype).gather(2, self.column.expand(shape))
        return codes.mul_(self.width).add_(self.start).flatten()


def _tables(named: Mapping[str, Tensor], categories: int) -> list[Tensor]:
    return [named[f"embedding.{c}"] for c in range(categories)]


def embed(params: Mapping[str, Tensor], category_KBC: Tensor, workspace: Workspace | None) -> tuple[Tensor | None, Any]:
    """Every category's vector, side by side, (K, B, E), and what `backward` needs; None without categories."""
    import torch

    members, rows, categories = category_KBC.shape
    if not categories:
        return None, None
    tables = _tables(params, categories)
    codes = _Codes(tables, members) if workspace is None else workspace.cached("codes", lambda: _Codes(tables, members))
    places = codes.places(category_KBC)
    numbers = torch.cat([table.flatten(1) for table in tables], dim=1).flatten()
    return numbers.index_select(0, places).view(members, rows, -1), (codes, places)


def written(params: Mapping[str, Tensor]) -> list[str]:
    """Lines of Python that make `embedded`, the vectors of all categories side by side; none without categories."""
    count = sum(name.startswith("embedding.") for name in params)
    if not count:
        return []
    each = [f"    looked_up(self.embedding_{place}, category[..., {place}])," for place in range(count)]
    return ["embedded = torch.cat([", *each, "], dim=2)"]


def backward(saved: tuple[_Codes, Tensor], above_KBE: Tensor, gradient: Mapping[str, Tensor]) -> None:
    """Add up each code's rows."""
    codes, places = saved
    members = above_KBE.shape[0]
    summed = above_KBE.new_zeros(members * codes.total)
    summed.index_add_(0, places, above_KBE.flatten())
    tables = _tables(gradient, codes.categories)
    first = 0
    for table in tables:
        last = first + table[0].numel()
        table.copy_(summed.view(members, -1)[:, first:last].view_as(table))
        first = last
