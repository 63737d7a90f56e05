"""Made pictures: their metrics against slow ways, who pays for what in a network that makes them, and the doctor."""

import dataclasses

import numpy as np
import pytest
import torch
from scipy.linalg import sqrtm

from core import judge
from core.contracts import ArrayShape, HeldOutRows, InputKind, InputShapes
from core.diagnosis.doctor import diagnose
from core.errors import UserError
from core.evaluation.baselines import BASELINES
from core.kinds import kind_of
from core.kinds.generation import FEATURES, frechet, kinds_made, variety
from core.models import MODELS
from core.training.augmentation import augmentation_of
from core.training.losses import LOSSES, KeepsByScore, ShowsPictures
from core.use_cases import use_case
from core.use_cases.helpers import generation_task

TASK = generation_task("pictures")
SHAPES = InputShapes(
    num_numeric=0,
    cardinalities=(),
    arrays=(
        ArrayShape(name="photo", kind=InputKind.IMAGE, shape=(28, 28, 1)),
        ArrayShape(name="noise", kind=InputKind.NOISE, shape=(8,)),
    ),
)
SETTINGS = {"latent": "4", "patterns": 4, "pull": 1.0, "steady": 2.0, "dropout": 0.0}


def seen(rng, rows=300, *, scale=1.0, kinds=10):
    features = rng.standard_normal((rows, FEATURES)) * scale + rng.standard_normal(FEATURES)
    return np.c_[features, rng.integers(0, kinds, rows)]


def slowly(real, made):
    a, b = (np.cov(x[:, :FEATURES].T, bias=True) for x in (real, made))
    apart = real[:, :FEATURES].mean(0) - made[:, :FEATURES].mean(0)
    return apart @ apart + np.trace(a + b - 2 * sqrtm(a @ b).real)


def test_the_frechet_distance_is_that_of_scipy_and_nothing_between_the_same_pictures():
    rng = np.random.default_rng(1)
    real, made = seen(rng), seen(rng, scale=0.5)
    rows = HeldOutRows(target=real)
    assert frechet(rows, made, TASK)[0] == pytest.approx(slowly(real, made), rel=1e-8)
    assert frechet(rows, real, TASK)[0] == pytest.approx(0, abs=1e-9)


def test_a_row_that_is_drawn_twice_stands_twice_in_both_crowds():
    rng = np.random.default_rng(2)
    real, made = seen(rng), seen(rng, kinds=4)
    weight = rng.multinomial(len(real), np.full(len(real), 1 / len(real)), size=3).astype(float)
    rows = HeldOutRows(target=real, weight=weight)
    for metric in (frechet, kinds_made, variety):
        drawn = [
            metric(HeldOutRows(target=np.repeat(real, n.astype(int), 0)), np.repeat(made, n.astype(int), 0), TASK)[0]
            for n in weight
        ]
        assert metric(rows, made, TASK) == pytest.approx(drawn, rel=1e-9)


def test_kinds_and_variety_tell_sameness():
    rng = np.random.default_rng(3)
    real = seen(rng, 2000)
    rows = HeldOutRows(target=real)
    assert kinds_made(rows, real, TASK)[0] == pytest.approx(10, abs=0.1)
    assert kinds_made(rows, np.repeat(real[:1], len(real), 0), TASK)[0] == pytest.approx(1, abs=1e-6)
    assert variety(rows, real, TASK)[0] == pytest.approx(1)
    assert variety(rows, np.c_[real[:, :FEATURES] / 4, real[:, FEATURES]], TASK)[0] == pytest.approx(0.25)


@pytest.fixture
def network():
    def made(method, members=2):
        settings = SETTINGS | {"method": method}
        model = MODELS.get("generative_network")
        generators = [torch.Generator().manual_seed(seed) for seed in range(members)]
        params = model.init(SHAPES, 785, settings, generators)
        rng = torch.Generator().manual_seed(9)
        inputs = {
            "photo": torch.rand(members, 6, 28, 28, 1, generator=rng),
            "noise": torch.randn(members, 6, 8, generator=rng),
        }
        return model, params, inputs, settings

    return made


@pytest.mark.parametrize("method", ["vae", "gan"])
def test_members_never_mix(network, method):
    model, params, inputs, settings = network(method)
    with torch.inference_mode():
        both = model.forward(params, inputs, settings)
        for k in range(2):
            alone = model.forward(
                {n: p[k : k + 1] for n, p in params.items()}, {n: x[k : k + 1] for n, x in inputs.items()}, settings
            )
            assert torch.allclose(both[k : k + 1], alone, atol=1e-5)


def test_each_half_of_a_gan_is_moved_by_its_own_cost_alone(network):
    model, params, inputs, settings = network("gan", members=1)
    params = {n: p.requires_grad_() for n, p in params.items()}
    cost = model.forward(params, inputs, settings | {"steady": 0.0})[..., 0].mean()
    found = dict(zip(params, torch.autograd.grad(cost, list(params.values())), strict=True))

    from core.models.generative_network import looked, made

    fake = made(params, inputs["noise"][..., :4]).sigmoid()
    softplus = torch.nn.functional.softplus
    deceived = softplus(-looked(params, fake)[..., 0]).mean()
    caught = softplus(looked(params, fake.detach())[..., 0]).mean()
    real = softplus(-looked(params, inputs["photo"][..., 0])[..., 0]).mean()
    of_making = torch.autograd.grad(deceived, [params["make.0.weight"]], retain_graph=True)[0]
    of_looking = torch.autograd.grad(caught + real, [params["look.0.weight"]])[0]
    assert torch.allclose(found["make.0.weight"], of_making, atol=1e-7)
    assert torch.allclose(found["look.0.weight"], of_looking, atol=1e-7)


def test_what_is_asked_is_what_noise_becomes_and_what_is_learned_from_is_what_comes_back(network):
    model, params, inputs, settings = network("vae")
    other = inputs | {"photo": 1 - inputs["photo"]}
    with torch.inference_mode():
        assert torch.equal(
            model.forward(params, inputs, settings)[..., 1:], model.forward(params, other, settings)[..., 1:]
        )
    taught = model.forward(params, inputs, settings)
    assert not torch.equal(taught[..., 1:], model.forward(params, other, settings)[..., 1:])


def test_noise_is_drawn_anew_in_training_and_is_normal():
    fresh = augmentation_of({}, SHAPES, [1, 2], torch.device("cpu"))
    inputs = {"photo": torch.zeros(2, 500, 28, 28, 1), "noise": torch.zeros(2, 500, 8)}
    first, second = fresh(inputs)["noise"], fresh(inputs)["noise"]
    assert torch.equal(fresh(inputs)["photo"], inputs["photo"])
    assert not torch.equal(first, second)
    assert not torch.equal(first[0], first[1])
    assert first.mean() == pytest.approx(0, abs=0.05)
    assert first.std() == pytest.approx(1, abs=0.03)
    assert (first.abs() < 1.96).float().mean() == pytest.approx(0.95, abs=0.01)
    state = fresh.state()
    after = fresh(inputs)["noise"]
    fresh.restore(state)
    assert torch.equal(fresh(inputs)["noise"], after)


def test_the_loss_is_what_rows_cost_and_shows_what_was_made():
    loss = LOSSES.get("as_told")
    assert isinstance(loss, KeepsByScore)
    assert isinstance(loss, ShowsPictures)
    raw = torch.rand(2, 5, 785)
    weight = torch.tensor([[1.0, 1, 1, 1, 0]]).repeat(2, 1)
    assert loss.loss(raw, torch.zeros(2, 5, 33), weight, TASK) == pytest.approx(raw[:, :4, 0].mean(1))
    slope = loss.gradient(raw, torch.zeros(2, 5, 33), weight[..., None] / 4, TASK)
    assert torch.equal(slope[..., 0], weight / 4)
    assert not slope[..., 1:].any()
    assert loss.predict(raw).shape == (2, 5, 33)
    assert torch.equal(loss.pictures(raw)[1, 2].flatten(), raw[1, 2, 1:])


def test_one_network_makes_pictures_and_three_metrics_judge_them():
    kind = kind_of(TASK)
    assert [metric.name for metric in kind.metrics] == ["frechet", "kinds_made", "variety"]
    kind.check_settings(TASK, {"members": 1})
    with pytest.raises(UserError, match="Set members to 1"):
        kind.check_settings(TASK, {"members": 2})


def test_the_judge_is_the_shipped_one_and_knows_what_it_sees():
    pixels = np.random.default_rng(0).random((4, 28, 28)).astype(np.float32)
    told = judge.judged(torch.from_numpy(pixels))
    assert told.shape == (4, 33)
    assert torch.isfinite(told).all()
    assert told[:, 32].tolist() == told[:, 32].round().tolist()


def epoch(number, kinds, variety):
    return {
        "event": "epoch",
        "epoch": number,
        "num_epochs": 9,
        "train_loss": 2.0,
        "validation_loss": 2.0,
        "train_score": 9.0,
        "validation_score": 9.0,
        "learning_rate": 1e-3,
        "layers": {},
        "generated": {"pictures": {"high": 1, "wide": 1, "of": ["0"]}, "variety": variety, "kinds": kinds},
    }


@pytest.mark.parametrize(
    ("kinds", "variety", "named"),
    [(9.1, 0.8, False), (1.2, 0.8, True), (8.0, 0.1, True), (5.0, 0.5, False)],
)
def test_the_doctor_names_a_mode_collapse_from_what_is_recorded(kinds, variety, named):
    told = [epoch(number, 9.0 if number < 3 else kinds, 0.8 if number < 3 else variety) for number in range(1, 5)]
    found = [finding for finding in diagnose(told) if finding.fault == "mode_collapse"]
    assert bool(found) is named
    if named:
        assert "In epoch 4" in found[0].saw
        assert found[0].changes[0].setting == "learning_rate"
    assert not [f for f in diagnose(told[:2]) if f.fault == "mode_collapse"], "fog is all alike"


@pytest.fixture(scope="module")
def photos():
    from core import datasets
    from core.datasets import DATASETS

    declared = use_case("vision/imagine")
    table = datasets.read(DATASETS.get("fashion_mnist"))["photos"].iloc[:600].reset_index(drop=True)
    return declared, declared.examples({"fashion_mnist": {"photos": table}})


def test_examples_bring_the_judge_s_view_and_a_noise_that_stays(photos):
    declared, examples = photos
    again = declared.examples
    assert again is declared.examples
    assert examples.target.shape == (600, 33)
    assert examples.arrays["noise"].shape == (600, 64)
    kinds = examples.target["kind"].to_numpy().astype(int)
    assert set(kinds) <= set(range(10))
    assert examples.arrays["noise"].mean() == pytest.approx(0, abs=0.02)


@pytest.mark.parametrize("name", ["independent_pixels", "pixel_gaussian", "pixel_mixture"])
def test_simple_methods_draw_as_many_pictures_as_there_are_rows_from_training_rows_alone(photos, name):
    declared, examples = photos
    method, train = BASELINES.get(name), np.arange(400)
    candidate = dict(method.candidates[0]) | ({"heaps": 5, "components": 8} if name == "pixel_mixture" else {})
    rows = [np.arange(400, 450), np.arange(450, 600)]
    found = method.fit_predict(declared.task, (), examples, train, rows, candidate, 0)
    assert [x.shape for x in found] == [(50, 33), (150, 33)]
    held = {n: x.copy() for n, x in examples.arrays.items()}
    held["photo"][400:] = 255
    other = method.fit_predict(declared.task, (), dataclasses.replace(examples, arrays=held), train, rows, candidate, 0)
    assert all(np.array_equal(a, b) for a, b in zip(found, other, strict=True))
