"""Pictures changed at random: each change does what its setting says, networks differ, the same seed gives the same."""

import numpy as np
import pytest
import torch

from core import pipeline
from core.contracts import ArrayShape, InputKind, InputShapes
from core.errors import Paused
from core.models import MODELS
from core.training import loop
from core.training.augmentation import OfPictures, augmentation_of
from core.training.losses import LOSSES
from tests.test_inputs_beside_the_table import ready
from tests.training.test_loop import Kept

CPU = torch.device("cpu")
NOTHING = {"shift": 0, "rotation": 0, "zoom": 0.0, "flip": "off", "light": 0.0, "noise": 0.0}
ALL = {"shift": 2, "rotation": 10, "zoom": 0.1, "flip": "on", "light": 0.3, "noise": 0.2}


def changed(pictures, seeds=(1, 2), **settings):
    """(K, B, H, W) of pictures (B, H, W)."""
    given = torch.from_numpy(pictures.astype(np.float32))[None, ..., None].repeat(len(seeds), 1, 1, 1, 1)
    made = OfPictures(NOTHING | settings, ["film"], seeds, CPU)
    return made({"film": given, "numeric": torch.zeros(1)})["film"][..., 0].numpy()


def blob(down, across, height=21, width=15, rows=60):
    """A soft dot: where it is can be told to a fraction of a pixel."""
    at = np.exp(-((np.arange(height)[:, None] - down) ** 2 + (np.arange(width) - across) ** 2) / 4)
    return np.broadcast_to(at, (rows, height, width))


def centre(pictures):
    weight = pictures / pictures.sum((-2, -1), keepdims=True)
    down, across = (np.arange(size) for size in pictures.shape[-2:])
    return (weight.sum(-1) * down).sum(-1), (weight.sum(-2) * across).sum(-1)


def test_a_shift_moves_by_up_to_so_many_pixels_either_way():
    down, across = centre(changed(blob(10, 7), shift=3))
    for moved in (down - 10, across - 7):
        assert np.abs(moved).max() < 3.05
        assert moved.min() < -2
        assert moved.max() > 2


def test_a_rotation_turns_about_the_middle_and_keeps_lengths_in_a_picture_that_is_not_square():
    down, across = centre(changed(blob(10, 10), rotation=30))
    y, x = down - 10, across - 7
    np.testing.assert_allclose(np.hypot(y, x), 3, atol=0.1)
    angle = np.degrees(np.arctan2(y, x))
    assert np.abs(angle).max() < 30.5
    assert angle.min() < -20
    assert angle.max() > 20


def test_a_zoom_takes_everything_nearer_or_further():
    down, across = centre(changed(blob(14, 7), zoom=0.25))
    np.testing.assert_allclose(across, 7, atol=0.05)
    ratio = (down - 10) / 4
    assert 0.78 < ratio.min() < 0.9
    assert 1.1 < ratio.max() < 1.28


def test_half_of_the_pictures_are_mirrored_and_nothing_else():
    pictures = blob(10, 11, rows=200)
    found = changed(pictures, flip="on")
    mirrored = np.isclose(found, pictures[..., ::-1], atol=1e-4).all((-2, -1))
    assert (mirrored | np.isclose(found, pictures, atol=1e-4).all((-2, -1))).all()
    assert 0.35 < mirrored.mean() < 0.65


def test_light_changes_a_picture_alike_in_all_its_pixels_and_noise_each_by_itself():
    even = np.ones((400, 21, 15))
    lit = changed(even, light=0.3)
    np.testing.assert_allclose(lit.std((-2, -1)), 0, atol=1e-5)
    assert np.abs(lit - 1).max() < 0.61
    assert lit.mean((-2, -1)).std() > 0.1
    noisy = changed(even, noise=0.2) - 1
    assert noisy.std() == pytest.approx(0.2, rel=0.02)
    assert np.abs(noisy.mean((-2, -1))).max() < 0.06


def test_networks_and_steps_differ_and_a_network_is_the_same_whoever_is_beside_it():
    pictures = blob(9, 7)
    both = changed(pictures, seeds=(1, 2), **ALL)
    assert np.abs(both[0] - both[1]).max() > 0.1
    np.testing.assert_array_equal(changed(pictures, seeds=(2,), **ALL)[0], both[1])
    given = {"film": torch.from_numpy(pictures.copy()).float()[None, ..., None]}
    made = OfPictures(NOTHING | ALL, ["film"], [1], CPU)
    first = made(given)["film"]
    assert not torch.equal(made(given)["film"], first)


def test_without_a_picture_or_a_change_there_is_none():
    film = ArrayShape(name="film", kind=InputKind.IMAGE, shape=(8, 8, 1))
    wave = ArrayShape(name="film", kind=InputKind.WAVEFORM, shape=(8,))
    for array, settings, wanted in ((film, NOTHING, False), (film, NOTHING | {"flip": "on"}, True), (wave, ALL, False)):
        shapes = InputShapes(num_numeric=0, cardinalities=(), arrays=(array,))
        assert (augmentation_of(settings, shapes, [1], CPU) is not None) is wanted


def test_a_training_with_changed_pictures_goes_on_after_a_pause_with_the_same_bits():
    what, _, settings, prepared = ready("tiny_pictures", num_epochs=2, **ALL)

    def train(checkpoints=None):
        return loop.train(
            MODELS.get(what.model),
            LOSSES.get(what.task.loss),
            what.task,
            prepared.data,
            [settings] * len(prepared.data.networks),
            score=pipeline.headline_of(what, prepared),
            progress=lambda event: None,
            stop_requested=lambda: False,
            device=CPU,
            checkpoints=checkpoints,
        )

    whole, kept = train(), Kept(pause_at=4)
    with pytest.raises(Paused):
        train(kept)
    again = train(kept)
    for name, value in whole.params.items():
        assert torch.equal(again.params[name], value), name
    settings = dict(settings) | NOTHING
    assert not torch.equal(train().params["block.0.weight"], whole.params["block.0.weight"])


@pytest.mark.parametrize("shape", [(2, 50, 40), (2, 50, 40, 3)])
def test_a_share_of_the_words_is_hidden_whole_and_each_network_s_own(shape):
    tokens = ArrayShape(name="text", kind=InputKind.TOKENS, shape=shape[2:], num_codes=9)
    shapes = InputShapes(num_numeric=0, cardinalities=(), arrays=(tokens,))
    change = augmentation_of({"words_hidden": 0.25}, shapes, [1, 2], torch.device("cpu"))
    whole = torch.randint(1, 9, shape, dtype=torch.int32)
    found = change({"text": whole})["text"]
    hidden = found == 0
    each = hidden if found.ndim == 3 else hidden.all(3)
    assert found.dtype == whole.dtype
    assert (hidden if found.ndim == 3 else hidden.any(3)).equal(each), "a word with all its pieces"
    assert found[~hidden].equal(whole[~hidden])
    assert each.float().mean() == pytest.approx(0.25, abs=0.03)
    assert not each[0].equal(each[1])
    assert augmentation_of({"words_hidden": 0.0}, shapes, [1, 2], torch.device("cpu")) is None
