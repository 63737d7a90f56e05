"""What simple methods for boxes share: blobs by scale, crops of them, regions of a threshold. Plain numpy and scipy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.contracts import Examples, Task
from core.contracts.boxes import Known, detection_of
from core.errors import UserError
from core.evaluation.baselines._pictures import pictures_of

_LEAST_AREA, _LEAST_DEPTH = 12, 2.0  # pixels
_LEAST_STEP = 0.5 / 255  # half a shade
_CROP = 24  # pixels of a side
_MARGIN = 1.2  # of a box, so that its edge is in the crop


def colour_pictures(examples: Examples) -> np.ndarray:
    """The pictures (N, H, W, 3) in numbers from 0 to 1. Raises UserError for grey ones."""
    pictures = pictures_of(examples)
    if pictures.shape[3] != 3:
        raise UserError("This simple method reads pictures in colour; these are grey. Leave it out of `baselines`.")
    return pictures.astype(np.float32) / 255


def known_boxes(task: Task, examples: Examples, rows: np.ndarray) -> Known:
    """The boxes of some rows, ends in pixels."""
    height, width = pictures_of(examples).shape[1:3]
    known = Known.of(examples.target.iloc[rows][list(task.target_columns)].to_numpy(dtype=np.float64))
    return Known(known.kind, known.ends * (width, height, width, height))


def sizes(task: Task, known: Known) -> list[np.ndarray]:
    """Width and height in pixels (n, 2) of the boxes of each class."""
    size = known.ends[..., 2:] - known.ends[..., :2]
    return [size[known.kind == one] for one in range(len(detection_of(task).classes))]


def shares(ends: np.ndarray, picture: np.ndarray) -> np.ndarray:
    """Ends (n, 4) in pixels as shares of their picture (H, W, C), within it."""
    height, width = picture.shape[:2]
    found: np.ndarray = np.clip(ends / (width, height, width, height), 0, 1)
    return found


def darkness(picture: np.ndarray) -> np.ndarray:
    """How much green light a stained picture has lost, (H, W): red cells and nuclei both take it."""
    lost: np.ndarray = np.percentile(picture[..., 1], 95) - picture[..., 1]
    return lost


def stain(picture: np.ndarray) -> np.ndarray:
    """How much bluer than red a place is than the rest of the picture, (H, W): nuclei and platelets are stained."""
    bluer = picture[..., 2] - picture[..., 0]
    stained: np.ndarray = bluer - np.median(bluer)
    return stained


def otsu(values: np.ndarray) -> float:
    """The threshold between dark and light that leaves least variance within both (Otsu, 1979); infinite where values
    do not spread."""
    if not values.size or np.ptp(values) < _LEAST_STEP:
        return np.inf
    counts, edges = np.histogram(values, bins=128)
    middles = (edges[1:] + edges[:-1]) / 2
    below, summed = np.cumsum(counts), np.cumsum(counts * middles)
    above, total = below[-1] - below, summed[-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        between = below * above * (summed / below - (total - summed) / above) ** 2
    return float(edges[1:][int(np.nanargmax(between[:-1]))])


def blobs(field: np.ndarray, sigmas: Sequence[float], least: float, most: int) -> np.ndarray:
    """Places and scales of bright blobs (n, 3): x, y, sigma; the largest answers of the scale-normalised Laplacian of
    Gaussians among their neighbours in place and scale (Lindeberg, 1998), the strongest first."""
    from scipy import ndimage

    stack = np.stack([-(sigma**2) * ndimage.gaussian_laplace(field, sigma, mode="nearest") for sigma in sigmas])
    peak = (stack == ndimage.maximum_filter(stack, size=(3, 5, 5))) & (stack > least)
    scale, y, x = np.nonzero(peak)
    order = np.argsort(-stack[scale, y, x], kind="stable")[:most]
    return np.c_[x[order] + 0.5, y[order] + 0.5, np.asarray(sigmas)[scale[order]]]


def crops(picture: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """What lies in boxes (n, 4) in pixels and a little around, each scaled to 24 x 24, (n, 24, 24, C)."""
    from scipy import ndimage

    middle, half = (ends[:, :2] + ends[:, 2:]) / 2, (ends[:, 2:] - ends[:, :2]) / 2 * _MARGIN
    steps = (np.arange(_CROP) + 0.5) / _CROP * 2 - 1
    x = middle[:, None, None, 0] + half[:, None, None, 0] * steps[None, None, :] + np.zeros((1, _CROP, 1))
    y = middle[:, None, None, 1] + half[:, None, None, 1] * steps[None, :, None] + np.zeros((1, 1, _CROP))
    where = np.stack([y - 0.5, x - 0.5])
    channels = [ndimage.map_coordinates(picture[..., c], where, order=1, mode="nearest") for c in range(3)]
    return np.stack(channels, axis=-1)


def regions(mask: np.ndarray) -> tuple[np.ndarray, list[tuple[slice, slice]]]:
    """Connected parts of a mask, numbered from 1, without specks and holes, and where each lies."""
    from scipy import ndimage

    labels, _count = ndimage.label(ndimage.binary_fill_holes(ndimage.binary_opening(mask)))
    small = np.bincount(labels.ravel()) < _LEAST_AREA
    labels[small[labels]] = 0
    labels, _count = ndimage.label(labels > 0)
    return labels, ndimage.find_objects(labels)


def parted(mask: np.ndarray, apart: float) -> list[tuple[slice, slice]]:
    """The same of things that touch: each place belongs to the nearest of the points that lie deepest within, which are
    `apart` pixels from one another."""
    from scipy import ndimage

    labels, _where = regions(mask)
    deep = ndimage.gaussian_filter(ndimage.distance_transform_edt(labels > 0), 1.0)
    side = 2 * round(apart / 2) + 1
    tops, count = ndimage.label((deep == ndimage.maximum_filter(deep, size=side)) & (deep > _LEAST_DEPTH))
    if not count:
        return []
    nearest = ndimage.distance_transform_edt(tops == 0, return_distances=False, return_indices=True)
    return [where for where in ndimage.find_objects(np.where(labels > 0, tops[tuple(nearest)], 0)) if where]


def ends_of(where: Sequence[tuple[slice, slice]]) -> np.ndarray:
    """The boxes (n, 4) in pixels around parts."""
    some = [(x.start, y.start, x.stop, y.stop) for y, x in where]
    return np.array(some, dtype=np.float64).reshape(-1, 4)
