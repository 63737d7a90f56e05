"""The network that begins with what another has learned: what is frozen, what is tuned, and from scratch beside it."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.contracts import FROZEN, ArrayShape, InputKind, InputShapes
from core.errors import DataError, UserError
from core.models import MODELS, _efficientnet
from core.settings import defaults
from core.training.members import declared

MODEL = MODELS.get("transfer_network")
PHOTO = InputShapes(
    num_numeric=0, cardinalities=(), arrays=(ArrayShape(name="photo", kind=InputKind.IMAGE, shape=(48, 32, 3)),)
)


def settings(**changes):
    return defaults({s.name: s for s in MODEL.settings}) | changes


def params_of(members=2, **changes):
    generators = [torch.Generator().manual_seed(k) for k in range(members)]
    return MODEL.init(PHOTO, 4, settings(**changes), generators)


def photos(members=2, rows=3):
    even = torch.rand(members, rows, 48, 32, 3, generator=torch.Generator().manual_seed(5))
    return {"numeric": torch.zeros(members, rows, 0), "category": torch.zeros(members, rows, 0), "photo": even * 2 - 1}


@pytest.mark.parametrize("tuned", [0, 2])
def test_what_is_frozen_is_read_where_it_is_given_and_made_where_not(tuned):
    params, inputs = params_of(tuned=tuned), photos(members=1)
    one = {name: value.expand(2, *value.shape[1:]) for name, value in inputs.items()}
    made = MODEL.frozen({"photo": inputs["photo"][0]}, settings(tuned=tuned))
    (name,) = made
    assert name.startswith(FROZEN)
    assert made[name].dtype is torch.float16
    given = {**one, "photo": torch.zeros(1), name: made[name].expand(2, *made[name].shape)}
    whole = MODEL.forward(params, one, settings(tuned=tuned))
    assert whole.shape == (2, 3, 4)
    torch.testing.assert_close(MODEL.forward(params, given, settings(tuned=tuned)), whole)


def test_tuning_begins_with_the_pretrained_network_and_changes_each_network_by_itself():
    inputs = photos()
    params = params_of(tuned=3)
    flat = MODEL.found(params, inputs, settings(tuned=3))
    torch.testing.assert_close(flat, MODEL.found(params_of(tuned=0), inputs, settings(tuned=0)), atol=0.05, rtol=0.05)
    changed = {name: value.clone() for name, value in params.items()}
    changed["change.block.10.project.bias"][1] += 1.0
    after = MODEL.found(changed, inputs, settings(tuned=3))
    torch.testing.assert_close(after[0], flat[0])
    torch.testing.assert_close(after[1], flat[1] + 0.5, msg="half of a change reaches the weight")


def test_a_run_keeps_what_is_learned_and_nothing_of_what_is_frozen():
    params = params_of(tuned=3)
    layers = declared(MODEL, params)
    assert [layer.name for layer in layers] == ["tuned.8", "tuned.9", "tuned.10", "output"]
    assert all(layer.words and "." not in layer.words for layer in layers)
    assert sum(value[0].numel() for value in params.values()) * 4 < 2_000_000
    assert set(params_of(tuned=0)) == {"output.weight", "output.bias"}


def test_from_scratch_it_is_the_network_for_images():
    scratch = MODELS.get("image_network")
    own = settings(start="scratch", dense_layers=1)
    generators = [torch.Generator().manual_seed(0)]
    params = MODEL.init(PHOTO, 4, own, generators)
    same = scratch.init(PHOTO, 4, own, [torch.Generator().manual_seed(0)])
    assert all(torch.equal(params[name], same[name]) for name in same)
    inputs = photos(members=1)
    assert torch.equal(MODEL.forward(params, inputs, own), scratch.forward(same, inputs, own))
    assert MODEL.frozen({"photo": inputs["photo"][0]}, own) == {}
    assert MODEL.frozen_key(own) == ""


def test_it_finds_what_the_package_s_own_network_finds():
    """The package, in single precision, of this picture: means of channels 0 to 3 after block 11, found once."""
    ramp = torch.linspace(-1, 1, 64 * 64 * 3).reshape(1, 64, 64, 3)
    found = _efficientnet.found(ramp, _efficientnet.BLOCKS)
    assert found.shape == (1, 4, 4, 112)
    np.testing.assert_allclose(found.mean((1, 2))[0, :4], EXPECTED, atol=0.03)


EXPECTED = [2.110, 1.778, -2.495, -0.113]


def test_the_weights_are_those_of_the_card_or_none(monkeypatch, tmp_path):
    monkeypatch.setattr(_efficientnet, "FILE", tmp_path / "weights.safetensors")
    _efficientnet._weights.cache_clear()
    with pytest.raises(DataError, match="are missing"):
        _efficientnet.weights(torch.zeros(1))
    (tmp_path / "weights.safetensors").write_bytes(b"another")
    with pytest.raises(DataError, match="not those of their card"):
        _efficientnet.weights(torch.zeros(1))
    monkeypatch.undo()
    assert "stem.weight" in _efficientnet.weights(torch.zeros(1))


def test_small_and_grey_pictures_are_refused_with_the_way_out():
    small = ArrayShape(name="photo", kind=InputKind.IMAGE, shape=(28, 28, 1))
    grey = InputShapes(num_numeric=0, cardinalities=(), arrays=(small,))
    with pytest.raises(UserError, match="three colours, at least 32 x 32"):
        MODEL.init(grey, 4, settings(), [torch.Generator()])
