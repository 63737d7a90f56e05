"""The stacked network for images: shapes, agreement with torch.nn and autograd, members that never touch each other."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from core.contracts import ArrayShape, InputKind, InputShapes, Kind, Task
from core.errors import UserError
from core.models import MODELS, _convolution
from core.settings import defaults, restrict
from core.settings.training import OPTIMISERS
from core.settings.training import SETTINGS as TRAINING
from core.training import loop
from core.training.batches import NetworkRows, TrainingData
from core.training.losses import LOSSES
from tests.named import beside

MODEL = MODELS.get("image_network")
SETTINGS = defaults({s.name: s for s in MODEL.settings}) | {"patterns": 4, "width": 6, "dropout": 0.0}
BENDS = {
    "relu": nn.ReLU(),
    "leaky_relu": nn.LeakyReLU(0.01),
    "gelu": nn.GELU(),
    "silu": nn.SiLU(),
    "tanh": nn.Tanh(),
    "sigmoid": nn.Sigmoid(),
}


def inputs(side=8, channels=1):
    image = ArrayShape(name="image", kind=InputKind.IMAGE, shape=(side, side, channels))
    return InputShapes(num_numeric=0, cardinalities=(), arrays=(image,))


def generators(*seeds):
    return [torch.Generator().manual_seed(seed) for seed in seeds]


def batch(members, rows, side=8, channels=1, seed=0):
    return beside("image", torch.randn(members, rows, side, side, channels, generator=generators(seed)[0]))


def module(params, k, settings, channels):
    """The same network in torch.nn, from the parameters of member k; it wants channels first."""
    layers: list[nn.Module] = []
    for block in range(settings["blocks"]):
        weight = params[f"block.{block}.weight"][k].permute(0, 3, 1, 2)
        conv = nn.Conv2d(weight.shape[1], weight.shape[0], weight.shape[2], padding=weight.shape[2] // 2)
        conv.weight.data, conv.bias.data = weight.clone(), params[f"block.{block}.bias"][k].clone()
        layers += [conv, nn.MaxPool2d(2), BENDS[settings["activation"]]]
    layers.append(ChannelsLast())
    names = [*(f"hidden.{i}" for i in range(settings["dense_layers"])), "output"]
    for name in names:
        weight = params[f"{name}.weight"][k]
        linear = nn.Linear(*weight.shape)
        linear.weight.data, linear.bias.data = weight.T.clone(), params[f"{name}.bias"][k, 0].clone()
        layers += [linear, BENDS[settings["activation"]]]
    return nn.Sequential(*layers[:-1])


class ChannelsLast(nn.Module):
    def forward(self, x):
        return x.permute(0, 2, 3, 1).flatten(1)


@pytest.mark.parametrize("activation", list(BENDS))
@pytest.mark.parametrize(("side", "channels", "kernel"), [(8, 1, "3"), (9, 3, "5")])
def test_a_member_computes_what_torch_computes(side, channels, kernel, activation):
    settings = SETTINGS | {"activation": activation, "kernel": kernel}
    params = MODEL.init(inputs(side, channels), 3, settings, generators(1, 2))
    read = batch(2, 7, side, channels)
    raw = MODEL.forward(params, read, settings)
    assert raw.shape == (2, 7, 3)
    for k in range(2):
        images = read["image"][k].permute(0, 3, 1, 2)
        torch.testing.assert_close(raw[k], module(params, k, settings, channels)(images))


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "tanh", "sigmoid"])
def test_pooling_before_a_rising_bend_is_pooling_after_it(activation):
    z = torch.randn(2, 3, 6, 6, generator=generators(1)[0])
    bend, pool = BENDS[activation], nn.MaxPool2d(2)
    torch.testing.assert_close(bend(pool(z)), pool(bend(z)))


def gradients(settings, side=8, channels=1, rows=13):
    """Every gradient of a made-up loss, of three networks."""
    params = MODEL.init(inputs(side, channels), 2, settings, generators(1, 2, 3))
    wanted = torch.randn(3, rows, 2, generator=generators(9)[0])
    leaves = {name: value.clone().requires_grad_() for name, value in params.items()}
    (MODEL.forward(leaves, batch(3, rows, side, channels), settings) - wanted).square().sum().backward()
    return {name: value.grad for name, value in leaves.items()}


def same(ours, theirs):
    assert set(ours) == set(theirs)
    for name, value in theirs.items():
        assert value.abs().max() > 0, name
        torch.testing.assert_close(ours[name], value, rtol=1e-5, atol=1e-5, msg=lambda m, n=name: f"{n}: {m}")


def test_pieces_give_the_gradients_of_the_whole(monkeypatch):
    whole = gradients(SETTINGS)
    monkeypatch.setattr(_convolution, "_PIECE_NUMBERS", 1000)  # 13 images of 256 numbers: four pieces
    same(gradients(SETTINGS), whole)


def test_all_members_in_one_convolution_give_the_gradients_of_one_after_the_other(monkeypatch):
    """The way of a GPU."""
    apart = gradients(SETTINGS, 9, 3)
    monkeypatch.setattr(_convolution, "_pieces", lambda params, x: [(slice(0, 3), [slice(0, 13)])])
    same(gradients(SETTINGS, 9, 3), apart)


@pytest.mark.parametrize("activation", list(BENDS))
def test_gradients_are_those_of_torch_s_own_layers(activation):
    settings = SETTINGS | {"activation": activation}
    params = MODEL.init(inputs(9, 3), 2, settings, generators(1, 2))
    leaves = {name: value.clone().requires_grad_() for name, value in params.items()}
    read = batch(2, 7, 9, 3)
    MODEL.forward(leaves, read, settings).square().sum().backward()
    for k in range(2):
        net = module(params, k, settings, 3)
        net(read["image"][k].permute(0, 3, 1, 2)).square().sum().backward()
        convolution = net[0].weight.grad.permute(0, 2, 3, 1)
        torch.testing.assert_close(leaves["block.0.weight"].grad[k], convolution, rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(leaves["output.weight"].grad[k], net[-1].weight.grad.T, rtol=1e-4, atol=1e-5)


NORMALISED = SETTINGS | {"normalisation": "layer"}


def learned_norm(settings, side=8, channels=1):
    """Parameters of two networks whose scales and shifts are no longer 1 and 0."""
    params = MODEL.init(inputs(side, channels), 3, settings, generators(1, 2))
    source = generators(7)[0]
    return {n: v + torch.randn(v.shape, generator=source) if ".norm." in n else v for n, v in params.items()}


def naive(params, k, image_HWC):
    """One picture through one network, number by number where it is not a sum over a patch."""
    hidden = image_HWC
    for block in range(2):
        weight, bias = params[f"block.{block}.weight"][k], params[f"block.{block}.bias"][k]
        high, wide, _ = hidden.shape
        padded = torch.zeros(high + 2, wide + 2, hidden.shape[2])
        padded[1:-1, 1:-1] = hidden
        found = torch.stack(
            [
                torch.stack([(padded[i : i + 3, j : j + 3] * weight).sum((1, 2, 3)) + bias for j in range(wide)])
                for i in range(high)
            ]
        )
        pooled = torch.stack(
            [
                torch.stack([found[2 * i : 2 * i + 2, 2 * j : 2 * j + 2].amax((0, 1)) for j in range(wide // 2)])
                for i in range(high // 2)
            ]
        )
        standard = (pooled - pooled.mean()) / (pooled.var(unbiased=False) + 1e-5).sqrt()
        scale, shift = (params[f"block.{block}.norm.{name}.bias"][k] for name in ("scale", "shift"))
        hidden = (standard * scale + shift).relu()
    z = hidden.flatten() @ params["hidden.0.weight"][k] + params["hidden.0.bias"][k, 0]
    z = (z - z.mean()) / (z.var(unbiased=False) + 1e-5).sqrt()
    z = z * params["hidden.0.norm.scale.bias"][k, 0] + params["hidden.0.norm.shift.bias"][k, 0]
    return z.relu() @ params["output.weight"][k] + params["output.bias"][k, 0]


@pytest.mark.parametrize(("side", "channels"), [(8, 1), (9, 3)])
def test_layer_normalisation_brings_what_a_block_finds_in_a_picture_to_one_scale(side, channels):
    params, read = learned_norm(NORMALISED, side, channels), batch(2, 3, side, channels)
    raw = MODEL.forward(params, read, NORMALISED)
    for k in range(2):
        for row in range(3):
            torch.testing.assert_close(raw[k, row], naive(params, k, read["image"][k, row]), rtol=1e-4, atol=1e-5)


def test_normalised_members_in_one_convolution_give_what_one_after_the_other_gives(monkeypatch):
    """The way of a GPU, gradients of scales and shifts among them."""

    def found():
        leaves = {n: v.clone().requires_grad_() for n, v in learned_norm(NORMALISED).items()}
        MODEL.forward(leaves, batch(2, 5), NORMALISED).square().sum().backward()
        return {n: v.grad for n, v in leaves.items()}

    apart = found()
    monkeypatch.setattr(_convolution, "_pieces", lambda params, x: [(slice(0, 2), [slice(0, 5)])])
    same(found(), apart)


def test_without_normalisation_a_network_is_drawn_as_before_and_has_nothing_more():
    plain, normalised = (MODEL.init(inputs(), 3, s, generators(1)) for s in (SETTINGS, NORMALISED))
    assert {n for n in normalised if ".norm." not in n} == set(plain)
    for name, value in plain.items():
        assert torch.equal(value, normalised[name]), name


def test_a_member_is_drawn_from_its_own_generator_alone():
    together = MODEL.init(inputs(), 2, SETTINGS, generators(1, 2, 3))
    alone = MODEL.init(inputs(), 2, SETTINGS, generators(2))
    for name, value in alone.items():
        assert torch.equal(together[name][1], value[0]), name
    assert not torch.equal(together["block.0.weight"][0], together["block.0.weight"][1])


def test_the_loss_of_one_member_has_no_gradient_in_another():
    params = {n: v.requires_grad_() for n, v in MODEL.init(inputs(), 2, SETTINGS, generators(1, 2)).items()}
    MODEL.forward(params, batch(2, 7), SETTINGS)[0].square().sum().backward()
    for name, value in params.items():
        assert value.grad[1].abs().max() == 0, name
        assert value.grad[0].abs().max() > 0, name


def test_initial_weights_are_spread_like_those_of_a_torch_convolution():
    weight = MODEL.init(inputs(), 2, SETTINGS | {"patterns": 64}, generators(1))["block.1.weight"]
    own = nn.Conv2d(64, 128, 3).weight
    assert weight.abs().max() <= 1 / 24
    assert weight.std().item() == pytest.approx(own.std().item(), rel=0.02)


@pytest.mark.parametrize(
    ("given", "blocks", "words"),
    [
        (InputShapes(num_numeric=64, cardinalities=()), 2, "it was given none. Declare it in `arrays`"),
        (replace(inputs(), arrays=(*inputs().arrays, *inputs().arrays)), 2, "given 'image' .image., 'image'"),
        (inputs(7), 3, "3 blocks leave nothing of 7 x 7 pixels. Set blocks to 2 or less"),
    ],
)
def test_what_is_no_image_is_refused(given, blocks, words):
    with pytest.raises(UserError, match=words):
        MODEL.init(given, 2, SETTINGS | {"blocks": blocks}, generators(1))


# In the loop.

TASK = Task(
    kind=Kind.MULTICLASS,
    target="digit",
    target_columns=("digit",),
    outputs=("a", "b", "c"),
    loss="cross_entropy",
    metrics=("accuracy",),
    headline="accuracy",
)
BASE = defaults(restrict([*TRAINING, *MODEL.settings], {})) | {
    "patterns": 4,
    "width": 16,
    "dropout": 0.2,
    "learning_rate": 1e-2,
    "batch_size": 32,
    "num_epochs": 13,
    "patience": 1000,
    "schedule": "constant",
    "seed": 3,
}
ROWS = np.arange(200)


def data(networks):
    """Three kinds of stripes under noise, 8 x 8, in two folds."""
    rng = np.random.default_rng(5)
    kind = rng.integers(0, 3, (2, 200))
    stripes = np.stack([np.add.outer(np.arange(8) * a, np.arange(8) * b) % 4 < 2 for a, b in ((1, 0), (0, 1), (1, 1))])
    images = (stripes[kind] + rng.normal(scale=0.8, size=(2, 200, 8, 8)))[..., None]
    return TrainingData(
        shapes=[inputs()] * 2,
        tensors=beside("image", torch.from_numpy(images.astype(np.float32))),
        target=torch.from_numpy(kind[..., None].astype(np.float32)),
        networks=networks,
        weight=torch.ones(2, 200),
    )


def train(networks, **changes):
    prepared = data(networks)
    right = prepared.target[..., 0].numpy()
    return loop.train(
        MODEL,
        LOSSES.get("cross_entropy"),
        TASK,
        prepared,
        [BASE | changes] * len(networks),
        score=lambda fold, rows, p: float((p.argmax(1) == right[fold, rows]).mean()),
        progress=lambda event: None,
        stop_requested=lambda: False,
        device=torch.device("cpu"),
    )


def networks(count=3, train=ROWS[:120], validation=ROWS[120:]):
    return [NetworkRows(fold=k % 2, train=np.roll(train, 7 * k), validation=validation, place=k) for k in range(count)]


@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_a_member_trained_with_others_equals_the_same_network_trained_alone(optimiser):
    """13 epochs of 4 steps."""
    rows = networks()
    changes = {"optimiser": optimiser, "clip_norm": 0.5, "weight_decay": 0.1, "learning_rate": 3e-3}
    together = train(rows, **changes)
    for k in range(3):
        alone = train([rows[k]], **changes)
        assert alone.best_epoch == [together.best_epoch[k]]
        for name, value in alone.params.items():
            torch.testing.assert_close(value[0], together.params[name][k], atol=1e-5, rtol=1e-5)


def test_it_learns_and_the_same_seed_gives_the_same_bits():
    first, again = train(networks()), train(networks())
    assert first.history[-1]["validation_score"] > 0.9
    assert [e["train_loss"] for e in first.history] == [e["train_loss"] for e in again.history]
    for name, value in first.params.items():
        assert torch.equal(value, again.params[name]), name


def test_eight_images_are_learned_by_heart():
    few = ROWS[:8]
    trained = train(networks(2, few, few), dropout=0.0, weight_decay=0.0, num_epochs=150, batch_size=16)
    assert trained.history[0]["train_loss"] > 0.3
    assert trained.history[-1]["train_loss"] < 1e-3
    assert trained.history[-1]["train_score"] == 1.0


def test_half_precision_learns_the_same_thing():
    exact, half = (train(networks(2), dropout=0.0, precision=p) for p in ("float32", "bfloat16"))
    assert half.params["block.0.weight"].dtype == torch.float32
    assert half.history[-1]["validation_loss"] == pytest.approx(exact.history[-1]["validation_loss"], rel=0.1, abs=0.02)
    assert half.history[-1]["validation_loss"] != exact.history[-1]["validation_loss"]
