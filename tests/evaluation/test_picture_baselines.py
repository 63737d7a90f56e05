"""Simple methods that read pictures: what they measure is what a slow way measures, and they learn from it."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from core.contracts import Examples, Kind, Task
from core.errors import UserError
from core.evaluation.baselines import BASELINES
from core.evaluation.baselines._pictures import oriented_gradients, zones

TASK = Task(kind=Kind.BINARY, target="t", target_columns=("t",), outputs=("p",), loss="x", metrics=("m",), headline="m")
NAMES = ("pixel_logistic", "hog_logistic", "pixel_boosting", "hog_boosting", "nearest_pictures", "single_brightness")
CLASSES = dataclasses.replace(TASK, kind=Kind.MULTICLASS, outputs=("a", "b", "c"))


def examples_of(pictures, target):
    return Examples(
        features=pd.DataFrame(index=range(len(target))),
        target=pd.DataFrame({"t": target}),
        unit=np.arange(len(target)),
        info=pd.DataFrame(index=range(len(target))),
        arrays={"film": pictures},
    )


@pytest.fixture(scope="module")
def striped():
    """Noise, and in half of the pictures a bright bar: higher or wider, to the left."""
    rng = np.random.default_rng(0)
    yes = rng.random(400) < 0.5
    pictures = rng.integers(0, 120, (400, 28, 28, 1))
    pictures[yes, 4:24, 4:8] += 100
    return examples_of(pictures.astype(np.uint8), yes.astype(float))


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_method_learns_what_pictures_show_and_nothing_of_those_it_predicts(name, striped):
    method, train, test = BASELINES.get(name), np.arange(300), np.arange(300, 400)
    absurd = striped.target.assign(t=np.where(np.arange(400) < 300, striped.target["t"], 1e9))
    for candidate in (method.candidates[0], method.candidates[-1]):
        first, again = method.fit_predict(
            TASK, (), dataclasses.replace(striped, target=absurd), train, [test, test[:5]], candidate, 0
        )
        assert first.shape == (100, 1)
        np.testing.assert_allclose(first[:5], again)
        right = (first[:, 0] > 0.5) == (striped.target["t"].to_numpy()[test] > 0)
        assert right.mean() > 0.9


@pytest.mark.parametrize("name", NAMES)
def test_without_pictures_it_says_so(name, striped):
    method = BASELINES.get(name)
    bare = dataclasses.replace(striped, arrays={})
    with pytest.raises(UserError, match="reads a picture"):
        method.fit_predict(TASK, (), bare, np.arange(300), [np.arange(5)], method.candidates[0], 0)


@pytest.mark.parametrize("distance", ["euclidean", "cosine", "manhattan"])
def test_the_nearest_pictures_vote_as_a_slow_way_has_it(distance):
    """Three classes; the third was never seen, and has no vote that others do not lend it."""
    rng = np.random.default_rng(2)
    pictures, target = rng.integers(0, 256, (60, 4, 4, 1)).astype(np.uint8), rng.integers(0, 2, 60).astype(float)
    train, test = np.arange(50), np.arange(50, 60)
    method = BASELINES.get("nearest_pictures")
    candidate = {"neighbours": 5, "distance": distance}
    (found,) = method.fit_predict(CLASSES, (), examples_of(pictures, target), train, [test], candidate, 0)
    flat = pictures.reshape(60, -1).astype(float)
    frequent = target[:50].mean()
    for place, row in enumerate(test):
        if distance == "manhattan":
            apart = [np.abs(flat[row] - flat[other]).sum() for other in train]
        elif distance == "euclidean":
            apart = [np.sqrt(((flat[row] - flat[other]) ** 2).sum()) for other in train]
        else:
            length = np.linalg.norm(flat, axis=1)
            apart = [1 - flat[row] @ flat[other] / (length[row] * length[other]) for other in train]
        votes = target[np.argsort(apart)[:5]].sum()
        expected = [(5 - votes + 1 - frequent) / 6, (votes + frequent) / 6, 0.0]
        np.testing.assert_allclose(found[place], expected, rtol=1e-6)


def test_more_neighbours_than_pictures_are_all_of_them(striped):
    method = BASELINES.get("nearest_pictures")
    candidate = {"neighbours": 9, "distance": "euclidean"}
    (found,) = method.fit_predict(TASK, (), striped, np.arange(4), [np.arange(5)], candidate, 0)
    share = striped.target["t"][:4].mean()
    np.testing.assert_allclose(found[:, 0], share)


def test_zones_are_means_of_their_pixels_and_cover_a_picture_that_divides_unevenly():
    pictures = np.random.default_rng(1).integers(0, 256, (3, 9, 11, 2), dtype=np.uint8)
    found = zones(pictures, 4).reshape(3, 4, 4)
    edges = [np.linspace(0, size, 5).astype(int) for size in (9, 11)]
    for i in range(4):
        for j in range(4):
            part = pictures[:, edges[0][i] : edges[0][i + 1], edges[1][j] : edges[1][j + 1]]
            np.testing.assert_allclose(found[:, i, j], part.mean((1, 2, 3)))
    np.testing.assert_allclose(zones(pictures, 1)[:, 0], pictures.mean((1, 2, 3)))


def slow_histogram(picture, cell):
    """One picture's cells (high, wide, 9), pixel by pixel."""
    high, wide = picture.shape[0] // cell, picture.shape[1] // cell
    found = np.zeros((high, wide, 9))
    for y in range(high * cell):
        for x in range(wide * cell):
            down = picture[y + 1, x] - picture[y - 1, x] if 0 < y < picture.shape[0] - 1 else 0.0
            across = picture[y, x + 1] - picture[y, x - 1] if 0 < x < picture.shape[1] - 1 else 0.0
            bin_ = int((np.degrees(np.arctan2(down, across)) % 180) / 20 + 1e-9) % 9
            found[y // cell, x // cell, bin_] += np.hypot(down, across)
    return found


def test_oriented_gradients_are_those_of_a_slow_way():
    pictures = np.random.default_rng(2).integers(0, 256, (2, 15, 12, 1), dtype=np.uint8)
    found = oriented_gradients(pictures, 4)
    assert found.shape == (2, 2 * 2 * 36)
    for picture, numbers in zip(pictures[..., 0].astype(float), found.reshape(2, 2, 2, 36), strict=True):
        cells = slow_histogram(picture, 4)
        for i in range(2):
            for j in range(2):
                block = np.concatenate([cells[i, j], cells[i, j + 1], cells[i + 1, j], cells[i + 1, j + 1]])
                block = np.minimum(block / np.sqrt((block**2).sum() + 1e-5), 0.2)
                block /= np.sqrt((block**2).sum() + 1e-5)
                np.testing.assert_allclose(numbers[i, j], block, atol=0.02)


def test_a_bar_and_the_same_bar_lying_have_the_same_brightness_and_other_edges():
    standing = np.zeros((1, 28, 28, 1), np.uint8)
    standing[:, 8:20, 12:16] = 200
    lying = standing.transpose(0, 2, 1, 3)
    assert zones(standing, 1) == zones(lying, 1)
    assert np.abs(oriented_gradients(standing, 7) - oriented_gradients(lying, 7)).max() > 0.1


@pytest.mark.parametrize("shape", [(1, 1), (3, 9), (6, 2)])
def test_a_grid_is_no_finer_than_the_pictures(shape):
    pictures = np.random.default_rng(3).integers(0, 256, (4, *shape, 1), dtype=np.uint8)
    found = zones(pictures, 7)
    assert found.shape == (4, min(shape[0], 7) * min(shape[1], 7))
    assert np.isfinite(found).all()
    np.testing.assert_allclose(zones(pictures, 100), pictures.reshape(4, -1))


def test_pictures_of_a_few_pixels_are_measured_by_their_brightness(striped):
    method = BASELINES.get("single_brightness")
    tiny = dataclasses.replace(striped, arrays={"film": striped.arrays["film"][:, 4:24:5, 4:10:2]})
    (found,) = method.fit_predict(TASK, (), tiny, np.arange(300), [np.arange(300, 400)], {}, 0)
    assert ((found[:, 0] > 0.5) == (striped.target["t"].to_numpy()[300:] > 0)).mean() > 0.9


@pytest.mark.parametrize("shape", [(13, 28), (28, 13), (6, 6)])
def test_edges_of_pictures_without_a_block_are_refused_with_the_least_size(shape):
    with pytest.raises(UserError, match=f"at least 14 x 14 pixels; these have {shape[0]} x {shape[1]}"):
        oriented_gradients(np.zeros((2, *shape, 1), np.uint8), 7)
    assert oriented_gradients(np.zeros((2, 14, 14, 1), np.uint8), 7).shape == (2, 36)
