"""Segments of points: k-means, how well they stand apart, how alike two divisions are. Plain numpy, seeded."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

_STARTS, _MOST_STEPS = 4, 60


def k_means(points_ND: np.ndarray, count: int, *, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """The segment (N,) of each point and the centres (count, D), largest segment first: the best of a few starts
    (Lloyd, 1982; Arthur and Vassilvitskii, 2007). Fewer centres than asked for where fewer points differ."""
    import numpy as np

    points, rng = np.asarray(points_ND, dtype=np.float64), np.random.default_rng(seed)
    count = max(1, min(count, len(np.unique(points, axis=0))))
    found = [_lloyd(points, _spread_out(points, count, rng)) for _ in range(_STARTS)]
    _, label, centre = min(found, key=lambda one: one[0])
    order = np.argsort(-np.bincount(label, minlength=count), kind="stable")
    return np.argsort(order)[label], centre[order]


def nearest(points_ND: np.ndarray, centre_CD: np.ndarray) -> np.ndarray:
    """The place (N,) of the centre that lies nearest."""
    found: np.ndarray = _squared(points_ND, centre_CD).argmin(1)
    return found


def _squared(a_ND: np.ndarray, b_CD: np.ndarray) -> np.ndarray:
    """Squared distances (N, C)."""
    import numpy as np

    return np.maximum((a_ND**2).sum(1)[:, None] - 2 * a_ND @ b_CD.T + (b_CD**2).sum(1), 0.0)


def _spread_out(points: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Points to begin from, each drawn the rather, the further it lies from those before (k-means++)."""
    import numpy as np

    chosen = [int(rng.integers(len(points)))]
    far = _squared(points, points[chosen])[:, 0]
    while len(chosen) < count:
        far[chosen] = 0.0
        chosen.append(int(rng.choice(len(points), p=far / far.sum())))
        far = np.minimum(far, _squared(points, points[chosen[-1:]])[:, 0])
    return points[chosen]


def _lloyd(points: np.ndarray, centre: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """The sum of squared distances, the segments, and their centres, once no point changes its segment."""
    import numpy as np

    label = nearest(points, centre)
    for _ in range(_MOST_STEPS):
        size = np.bincount(label, minlength=len(centre))
        total = np.stack([np.bincount(label, column, len(centre)) for column in points.T], axis=1)
        centre = np.where(size[:, None] > 0, total / np.maximum(size, 1)[:, None], centre)
        again = nearest(points, centre)
        if (again == label).all():
            break
        label = again
    return float(_squared(points, centre)[np.arange(len(points)), label].sum()), label, centre


def silhouette(points_ND: np.ndarray, label_N: np.ndarray) -> np.ndarray:
    """Of each point, (N,), how much nearer it lies to its own segment than to the next, -1 to 1 (Rousseeuw, 1987); 0
    where it is alone. NaN where there is one segment."""
    import numpy as np

    known, label, size = np.unique(label_N, return_inverse=True, return_counts=True)
    if len(known) < 2:
        return np.full(len(points_ND), np.nan)
    apart = np.sqrt(_squared(points_ND, points_ND))
    np.fill_diagonal(apart, 0.0)
    total = np.stack([apart[:, label == c].sum(1) for c in range(len(known))], axis=1)
    at = np.arange(len(label)), label
    own = total[at] / np.maximum(size[label] - 1, 1)
    mean = total / size
    mean[at] = np.inf
    other = mean.min(1)
    alone = size[label] == 1
    return np.where(alone, 0.0, (other - own) / np.maximum(np.maximum(own, other), 1e-12))


def adjusted_rand(a_N: np.ndarray, b_N: np.ndarray) -> float:
    """How alike two divisions of the same points are: 1 where they are the same, 0 by chance (Hubert and Arabie,
    1985)."""
    import numpy as np

    a, b = (np.unique(x, return_inverse=True)[1] for x in (a_N, b_N))
    table = np.zeros((a.max() + 1, b.max() + 1))
    np.add.at(table, (a, b), 1)

    def pairs(counts: np.ndarray) -> float:
        return float((counts * (counts - 1) / 2).sum())

    both, of_a, of_b = pairs(table), pairs(table.sum(1)), pairs(table.sum(0))
    by_chance = of_a * of_b / max(len(a) * (len(a) - 1) / 2, 1)
    most = (of_a + of_b) / 2
    return 1.0 if most == by_chance else (both - by_chance) / (most - by_chance)


def stability(points_ND: np.ndarray, count: int, draws: int = 20) -> float:
    """How alike the segments of all points are to those found in other samples of them: the mean adjusted Rand index
    over bootstrap draws, each of which divides all points by the centres that it finds."""
    import numpy as np

    whole, _ = k_means(points_ND, count)
    rng, alike = np.random.default_rng(0), []
    for draw in range(draws):
        some = points_ND[rng.integers(0, len(points_ND), len(points_ND))]
        alike.append(adjusted_rand(whole, nearest(points_ND, k_means(some, count, seed=draw + 1)[1])))
    return float(np.mean(alike))


def plane(points_ND: np.ndarray) -> np.ndarray:
    """Where points lie in the two directions in which they differ most, (N, 2)."""
    import numpy as np

    centred = points_ND - points_ND.mean(0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    axes = axes[:2] * np.sign(axes[:2][np.arange(len(axes[:2])), np.abs(axes[:2]).argmax(1)])[:, None]
    found = centred @ axes.T
    return np.pad(found, ((0, 0), (0, 2 - found.shape[1])))
