"""Weighing the rows of two classes in the order of a score, under many draws at once: of one score that is the same in
all draws, and of a score a draw. Plain numpy, imported when computed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.contracts.ranks import Ranks

if TYPE_CHECKING:
    import numpy as np

_FEW_WEIGHTS = 20_000  # below, making a sparse matrix takes longer than it saves


@dataclass(frozen=True, slots=True)
class Order:
    """Rows in the order of a score: the positives, and where each distinct score of theirs begins; the negatives, and
    where they are cut; at which of the cuts those above a positive end, and those above and with it."""

    positives: np.ndarray
    firsts: np.ndarray
    negatives: np.ndarray
    cuts: np.ndarray
    above: np.ndarray
    with_them: np.ndarray


def ordered(positive: np.ndarray, score: np.ndarray) -> Order:
    """positive (N,), score (N,): the highest is best, no number is last."""
    import numpy as np

    descending = -np.where(np.isnan(score), -np.inf, score)
    order = np.argsort(descending)
    is_positive = positive[order]
    positives, negatives = order[is_positive], order[~is_positive]
    of_positives, of_negatives = descending[positives], descending[negatives]
    is_first = np.ones(len(positives), dtype=bool)
    np.not_equal(of_positives[1:], of_positives[:-1], out=is_first[1:])
    firsts = np.flatnonzero(is_first)
    above, with_them = (np.searchsorted(of_negatives, of_positives[firsts], side) for side in ("left", "right"))
    cuts = np.unique(np.concatenate([[0], above, with_them]))
    return Order(
        positives=positives,
        firsts=np.append(firsts, len(positives)),
        negatives=negatives,
        cuts=np.append(cuts, len(negatives)),
        above=np.searchsorted(cuts, above),
        with_them=np.searchsorted(cuts, with_them),
    )


def of_order(order: Order, unit: np.ndarray, weight: np.ndarray) -> Ranks:
    """unit (N,) of each row; weight (U, R) of units. D: the distinct scores of positives."""
    import numpy as np

    own = _added_up(weight, unit[order.positives], order.firsts)
    between = _added_up(weight, unit[order.negatives], order.cuts)
    cumulated = np.zeros((len(order.cuts), weight.shape[1]), between.dtype)
    np.cumsum(between, axis=0, out=cumulated[1:])
    with_them = cumulated[order.with_them]
    is_tied = bool((order.above != order.with_them).any())
    return Ranks(
        own=own,
        positives_with=np.cumsum(own, axis=0),
        negatives_above=cumulated[order.above] if is_tied else with_them,
        negatives_with=with_them,
        negatives=cumulated[-1].astype(np.float64),
    )


def of_scores(
    positive: np.ndarray, score_GN: np.ndarray, which: np.ndarray, unit: np.ndarray, weight: np.ndarray
) -> Ranks:
    """The same of G scores (G, N); which (R,): the one of each draw. D: all positives. Scores that differ in their
    last bits alone, as sums of the same numbers do, are the same."""
    import numpy as np

    num_units, num_draws = weight.shape
    bits = (2 * num_units - 1).bit_length()
    lowest = np.int64((1 << bits) - 1)
    keys = np.int64(1 << (bits - 1)) - _as_ordered(score_GN)
    keys &= ~lowest
    keys |= 2 * unit + positive
    keys.sort(axis=1)
    differs = (keys[:, 1:] ^ keys[:, :-1]).view(np.uint64) > np.uint64(lowest)  # in a bit above the lowest
    tied = not differs.all()
    if len(which) != len(keys) or (which != np.arange(len(keys))).any():
        keys, differs = keys[which], differs[which] if tied else differs
    of_negatives = np.zeros((num_draws, num_units, 2), weight.dtype)
    of_negatives[:, :, 0] = weight.T
    code = keys & lowest
    num_positive = int(positive.sum())
    place = np.flatnonzero((code & 1).astype(bool))  # of each draw as many
    code += np.arange(num_draws)[:, None] * (2 * num_units)
    own = np.take(of_negatives, code.ravel()[place] - 1).reshape(num_draws, num_positive)
    drawn = np.take(of_negatives, code)
    cumulated = np.cumsum(drawn, axis=1, dtype=weight.dtype)
    positives_with = np.cumsum(own, axis=1)
    with_them = above = np.take(cumulated, place).reshape(own.shape)
    if tied:
        first_place, last_place = _ends(differs, place)
        above = np.take(cumulated, first_place).reshape(own.shape) - np.take(drawn, first_place).reshape(own.shape)
        with_them = np.take(cumulated, last_place).reshape(own.shape)
        so_many = np.searchsorted(place, last_place, side="right") - 1
        positives_with = np.take(positives_with, so_many).reshape(own.shape)
    return Ranks(
        own=own.T,
        positives_with=positives_with.T,
        negatives_above=above.T,
        negatives_with=with_them.T,
        negatives=cumulated[:, -1].astype(np.float64),
    )


def _as_ordered(score: np.ndarray) -> np.ndarray:
    """Whole numbers in the order of the scores, no number first: the bits of a positive number are."""
    import numpy as np

    score = np.ascontiguousarray(score, dtype=np.float64)
    least = score.min(initial=0.0)  # no number, if there is one
    if not least < 0 and not np.isnan(least) and not np.signbit(score).any():
        return score.view(np.int64)
    bits = (np.where(np.isnan(score), -np.inf, score) + 0.0).view(np.int64)
    return bits ^ ((bits >> 63) & np.int64(0x7FFF_FFFF_FFFF_FFFF))


def _ends(differs: np.ndarray, place: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of some places (n,) in R rows of N laid end to end, the first and the last place of the run of equals that each
    belongs to. differs (R, N - 1): whether a place begins another run than the one before. Most are alone."""
    import numpy as np

    row, column = np.nonzero(~differs)  # followed by an equal
    followed = row * (differs.shape[1] + 1) + column
    begins = np.r_[True, np.diff(followed) > 1]
    firsts, lasts = followed[begins], followed[np.r_[begins[1:], True]] + 1
    run = np.maximum(np.searchsorted(firsts, place, side="right") - 1, 0)
    within = (firsts[run] <= place) & (place <= lasts[run])
    return np.where(within, firsts[run], place), np.where(within, lasts[run], place)


def _added_up(weight: np.ndarray, units: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """The weight of the rows units[ends[0]:ends[1]], units[ends[1]:ends[2]], ..., (len(ends) - 1, R). For many draws by
    a product with a sparse matrix, a fraction of what cumulating all rows takes."""
    import numpy as np

    if len(ends) == len(units) + 1 and (np.diff(ends) == 1).all():
        alone: np.ndarray = weight[units]
        return alone
    if weight.shape[1] * len(units) < _FEW_WEIGHTS:
        cumulated = np.zeros((len(units) + 1, weight.shape[1]))
        np.cumsum(weight[units], axis=0, out=cumulated[1:])
        within: np.ndarray = cumulated[ends[1:]] - cumulated[ends[:-1]]
        return within
    from scipy.sparse import csr_array

    each = csr_array((np.ones(len(units), weight.dtype), units, ends), shape=(len(ends) - 1, len(weight)))
    found: np.ndarray = each @ weight
    return found
