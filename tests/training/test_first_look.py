"""What the first layer looks for, live: a few small pictures in sixteen shades, and nothing of other models."""

from __future__ import annotations

import json
import lzma

import numpy as np
import pytest
import torch

from core import pipeline
from core.contracts import ArrayShape, InputKind, InputShapes
from core.models import MODELS
from core.settings import defaults
from core.settings.use_case import settings_of
from core.training.first_look import first_look, is_told
from core.use_cases import use_case

SETTINGS = {
    "blocks": 1,
    "patterns": 8,
    "kernel": "3",
    "dense_layers": 0,
    "width": 8,
    "activation": "relu",
    "dropout": 0,
}


def looked(side=8, channels=1, **changed):
    model = MODELS.get("image_network")
    array = ArrayShape(name="film", kind=InputKind.IMAGE, shape=(side, side, channels))
    shapes = InputShapes(num_numeric=0, cardinalities=(), arrays=(array,))
    settings = SETTINGS | {"normalisation": "none"} | changed
    params = model.init(shapes, 1, settings, [torch.Generator().manual_seed(k) for k in range(2)])
    film = torch.randn(2, 3, side, side, channels, generator=torch.Generator().manual_seed(1))
    inputs = {"numeric": torch.zeros(2, 3, 0), "category": torch.zeros(2, 3, 0).long(), "film": film}
    return params, inputs, first_look(model, params, inputs, settings, with_picture=True)


def numbers(shades, place=0):
    return np.array([int(x, 16) for x in shades["of"][place]]).reshape(shades["high"], shades["wide"])


def test_patterns_are_those_of_the_first_network_around_the_middle_shade() -> None:
    params, _, told = looked()
    own = params["block.0.weight"][0, 2, :, :, 0].numpy()
    expected = np.round((own / np.abs(own).max() + 1) / 2 * 15)
    assert numbers(told["patterns"], 2).tolist() == expected.tolist()
    assert len(told["patterns"]["of"]) == len(told["found"]["of"]) == 6


def test_what_is_found_and_the_picture_are_the_first_example_s() -> None:
    params, inputs, told = looked()
    film = inputs["film"][0, 0].permute(2, 0, 1)[None]
    weight = params["block.0.weight"][0].permute(0, 3, 1, 2)
    found = torch.nn.functional.conv2d(film, weight, params["block.0.bias"][0], padding=1)
    found = torch.relu(torch.nn.functional.max_pool2d(found, 2))[0, :6]
    scaled = (found - found.min()) / (found.max() - found.min()) * 15
    assert np.abs(numbers(told["found"], 3) - scaled[3].numpy()).max() <= 0.5 + 1e-4
    picture = numbers(told["picture"])
    assert picture.shape == (8, 8)
    assert np.corrcoef(picture.ravel(), film.numpy().ravel())[0, 1] > 0.99


def test_large_pictures_in_colour_are_told_small() -> None:
    _, _, told = looked(side=64, channels=3)
    assert (told["found"]["high"], told["found"]["wide"]) == (16, 16)
    assert (told["picture"]["high"], told["picture"]["wide"]) == (28, 28)
    assert len(json.dumps(told)) < 3000


def test_of_a_long_training_ever_fewer_epochs_tell_it() -> None:
    told = [epoch for epoch in range(1, 1001) if is_told(epoch)]
    assert told[:15] == list(range(1, 16))
    assert len(told) < 100


@pytest.mark.parametrize("name", ["testing/tiny_pictures", "testing/tiny_quantile"])
def test_a_training_tells_it_of_pictures_and_its_bits_are_the_same(name, monkeypatch) -> None:
    declared, events = use_case(name), []
    settings = defaults(settings_of(declared)) | {"num_epochs": 3, "device": "cpu"}
    whole = pipeline.run(declared, settings, progress=lambda event: events.append(dict(event)))
    epochs = [e for e in events if e["event"] == "epoch"]
    looks = [e.get("first_look") for e in epochs]
    if name != "testing/tiny_pictures":
        assert looks == [None] * 3
        return
    assert ["picture" in look for look in looks] == [True, False, False]
    assert looks[0]["patterns"] != looks[2]["patterns"], "it learns"
    assert len(lzma.compress(json.dumps(looks).encode())) < 6000
    monkeypatch.setattr("core.training.members.Members._looked", lambda self, epoch: None)
    blind = pipeline.run(declared, settings, progress=lambda event: None)
    assert all(torch.equal(whole.ensemble.params[n], v) for n, v in blind.ensemble.params.items())
