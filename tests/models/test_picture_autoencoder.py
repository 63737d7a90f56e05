"""The autoencoder for pictures: members do not mix, a part is hidden in training alone, errors are what is drawn."""

import numpy as np
import pytest
import torch

from core.contracts import ArrayShape, InputKind, InputShapes
from core.errors import UserError
from core.models import MODELS
from core.settings import defaults
from core.training.losses import LOSSES
from core.training.members import declared

MODEL = MODELS.get("picture_autoencoder")
SETTINGS = defaults({s.name: s for s in MODEL.settings}) | {"patterns": 4, "bottleneck": "8"}


def shapes(height=12, width=8, channels=1, **more):
    picture = ArrayShape(name="photo", kind=InputKind.IMAGE, shape=(height, width, channels))
    return InputShapes(**{"num_numeric": 0, "cardinalities": (), "arrays": (picture,)} | more)


def fresh(count=2, outputs=2, inputs=None, **settings):
    generators = [torch.Generator().manual_seed(seed) for seed in range(count)]
    return MODEL.init(inputs or shapes(), outputs, SETTINGS | settings, generators)


def pictures(members=2, rows=8, height=12, width=8, channels=1):
    drawn = torch.rand(1, rows, height, width, channels, generator=torch.Generator().manual_seed(9))
    return {"photo": drawn.expand(members, -1, -1, -1, -1)}


@pytest.mark.parametrize("channels", [1, 3])
def test_each_of_several_members_says_what_it_says_alone(channels):
    params = fresh(inputs=shapes(channels=channels))
    declared(MODEL, params)
    read = pictures(channels=channels)
    together = MODEL.forward(params, read, SETTINGS)
    assert together.shape == (2, 8, 2)
    for k in range(2):
        own = {name: value[k : k + 1] for name, value in params.items()}
        alone = MODEL.forward(own, {"photo": read["photo"][k : k + 1]}, SETTINGS)
        torch.testing.assert_close(together[k : k + 1], alone)
    assert not torch.allclose(together[0], together[1])


@pytest.mark.parametrize("side", ["1", "3"])
def test_the_error_is_that_of_the_drawing_in_neighbourhoods_over_the_usual_one(side):
    params, read, settings = fresh(), pictures(), SETTINGS | {"neighbourhood": side}
    params["usual"] = torch.rand_like(params["usual"]) * 0.1
    raw = MODEL.forward(params, read, settings)
    drawn, error = MODEL.redraw(params, read, settings)
    assert drawn.shape == error.shape == read["photo"].shape
    torch.testing.assert_close(raw[..., 1], error.flatten(2).mean(-1))
    off = (read["photo"] - drawn)[1, 2, :, :, 0].numpy()
    half = int(side) // 2
    padded = np.pad(off, half)
    places = [padded[i : i + off.shape[0], j : j + off.shape[1]] for i in range(int(side)) for j in range(int(side))]
    usual = np.exp(16 * params["usual"][1].numpy().reshape(off.shape)) + 0.01
    np.testing.assert_allclose(error[1, 2, :, :, 0], np.mean(places, axis=0) ** 2 / usual, rtol=1e-4, atol=1e-7)


def test_in_training_squares_are_hidden_of_three_in_four_pictures():
    asked = []

    def dropout(hidden):
        asked.append(hidden.shape)
        return (torch.rand(hidden.shape, generator=torch.Generator().manual_seed(len(asked))) > 0.5) * 2.0

    params, read = fresh(), pictures()
    whole, part = MODEL.forward(params, read, SETTINGS), MODEL.forward(params, read, SETTINGS, dropout)
    assert asked == [(2, 8, 6 * 4)] * 2
    torch.testing.assert_close(whole[:, ::4], part[:, ::4])
    assert not torch.isclose(whole[:, 1::4], part[:, 1::4]).any()


def test_the_drawing_is_learned_by_its_squared_error_alone_and_the_usual_error_beside_it():
    params = {name: value.requires_grad_() for name, value in fresh().items()}
    raw = MODEL.forward(params, pictures(), SETTINGS)
    drawn, _ = MODEL.redraw(params, pictures(), SETTINGS)
    squared = (pictures()["photo"] - drawn).square().mean()
    (own,) = torch.autograd.grad(squared, params["output.weight"], retain_graph=True)
    (found, usual) = torch.autograd.grad(raw[..., 0].mean(), (params["output.weight"], params["usual"]))
    torch.testing.assert_close(found, own)
    assert (usual != 0).all()


def test_it_learns_to_draw_what_it_saw_and_not_a_stranger():
    rng = torch.Generator().manual_seed(1)
    bars = torch.zeros(40, 12, 8, 1)
    for row, at in enumerate(torch.randint(0, 8, (40,), generator=rng)):
        bars[row, :, at] = 1.0
    params = {name: value.requires_grad_() for name, value in fresh(1).items()}
    optimiser = torch.optim.Adam(params.values(), lr=0.01)
    loss = LOSSES.get("reconstruction")
    for _ in range(150):
        optimiser.zero_grad()
        MODEL.forward(params, {"photo": bars[None]}, SETTINGS)[..., 0].mean().backward()
        optimiser.step()
    lying = torch.zeros(1, 1, 12, 8, 1)
    lying[:, :, 4] = 1.0
    with torch.inference_mode():
        own, other = (loss.predict(MODEL.forward(params, {"photo": p}, SETTINGS)).max() for p in (bars[None], lying))
    assert float(own) + 0.1 < float(other)


@pytest.mark.parametrize(
    ("inputs", "outputs", "said"),
    [
        (shapes(height=10), 2, "four divides"),
        (shapes(), 1, "the loss `reconstruction`"),
        (shapes(num_numeric=2), 2, "no column"),
        (shapes(arrays=()), 2, "one picture"),
    ],
)
def test_what_it_cannot_read_is_refused(inputs, outputs, said):
    with pytest.raises(UserError, match=said):
        fresh(inputs=inputs, outputs=outputs)
