"""Watching: norms and steps are those of the tensors, dead units are those that cannot learn, and nothing changes."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
import torch

from core.contracts import Kind, Layer, Task
from core.contracts.workspace import Workspace
from core.evaluation.metrics import metric_named
from core.models import MODELS
from core.settings import defaults, restrict
from core.settings.training import SETTINGS
from core.training import loop, watch
from core.training.losses import LOSSES
from core.training.parameters import Layout
from tests.named import table
from tests.training.test_loop import BASE, accuracy_on, data, networks, train

MODEL = MODELS.get("table_network")
SHAPES = {"embedding.0": (3, 2), "embedding.1": (2, 1), "hidden.0.weight": (4, 5), "hidden.0.bias": (1, 5)}
ORDER = {**SHAPES, "hidden.0.norm.scale.bias": (1, 5), "output.weight": (5, 1), "output.bias": (1, 1)}


LAYERS = (
    Layer(name="embedding", weights=("embedding.0", "embedding.1")),
    Layer(name="hidden.0", weights=("hidden.0.weight",), spared=("hidden.0.bias", "hidden.0.norm.scale.bias")),
    Layer(name="output", weights=("output.weight",), spared=("output.bias",), start="output.bias"),
)


def params(count=3, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return {name: torch.randn(count, *shape, generator=generator) for name, shape in ORDER.items()}


def test_norms_steps_and_sizes_are_those_of_each_layer_in_the_middle_network():
    weights, gradient, moved = params(), params(seed=1), params(seed=2)
    layout = Layout.of(weights)
    seeing = watch.Watch(layout, LAYERS)
    seeing.before(layout.flatten(weights), layout.flatten(gradient))
    reading = seeing.after(layout.flatten(moved), torch.tensor([[0.1], [0.2], [0.7]]))
    assert reading["learning_rate"] == pytest.approx(0.2)
    assert list(reading["layers"]) == ["embedding", "hidden.0", "output"]
    for layer, own in reading["layers"].items():
        names = next(known.parameters for known in LAYERS if known.name == layer)

        def norm(of, names=names):
            return torch.cat([of[n].flatten(1) for n in names], 1).norm(dim=1)

        difference = {n: moved[n] - weights[n] for n in names}
        assert own["parameters"] == sum(math.prod(ORDER[n]) for n in names)
        assert own["gradient_norm"] == pytest.approx(norm(gradient).median().item(), rel=1e-5)
        assert own["update_ratio"] == pytest.approx((norm(difference) / norm(weights)).median().item(), rel=1e-5)


@pytest.mark.parametrize("broken", [0, 1, 2, 3])
def test_a_network_that_is_no_number_counts_as_the_highest_and_json_stays_valid(broken):
    weights = params()
    layout, flat = Layout.of(weights), Layout.of(weights).flatten(weights)
    gradient = flat.clone()
    gradient[:broken] = torch.nan
    seeing = watch.Watch(layout, LAYERS)
    seeing.before(flat, gradient)
    reading = json.loads(json.dumps(seeing.after(gradient, torch.ones(3, 1)), allow_nan=False))
    assert (reading["layers"]["output"]["gradient_norm"] is None) is (broken >= 2)


@pytest.mark.parametrize(
    ("activation", "bias", "dead"),
    [
        ("relu", -100.0, 0.5),
        ("relu", 0.0, 0.0),
        ("relu", 100.0, 0.0),
        ("leaky_relu", -100.0, 0.0),
        ("sigmoid", 100.0, 0.5),
        ("tanh", -100.0, 0.5),
        ("silu", -100.0, 0.5),
        ("gelu", -100.0, 0.5),
        ("gelu", 100.0, 0.0),
    ],
)
def test_units_are_dead_when_no_row_can_teach_them(activation, bias, dead):
    """Half of the units of the first layer are pushed far to one side; the second layer is as it was."""
    settings = defaults(restrict([*SETTINGS, *MODEL.settings], {})) | {"activation": activation, "width": 8, "depth": 2}
    from core.contracts import InputShapes

    weights = MODEL.init(InputShapes(num_numeric=4, cardinalities=()), 1, settings, [torch.Generator().manual_seed(1)])
    weights["hidden.0.bias"][..., :4] += bias
    workspace, rows = Workspace(), torch.randn(1, 300, 4, generator=torch.Generator().manual_seed(2))
    MODEL.forward(weights, table(rows, torch.empty(1, 300, 0, dtype=torch.int64)), settings, None, workspace)
    found = watch.dead_units(MODEL, workspace, settings)
    assert found["hidden_units"] == {"hidden.0": 8, "hidden.1": 8}
    assert found["dead_units"]["hidden.0"] == dead


def test_a_model_that_cannot_be_asked_has_no_dead_units():
    workspace = Workspace()
    workspace.append("something")
    nothing = {"hidden_units": {}, "dead_units": {}}
    assert watch.dead_units(object(), workspace, {}) == watch.dead_units(MODEL, Workspace(), {}) == nothing


def test_every_epoch_event_says_what_was_seen_in_its_last_batch():
    seen = []
    trained = train(data(networks()), progress=seen.append, schedule="step", num_epochs=8)
    rates = [e["learning_rate"] for e in seen]
    assert rates[0] == pytest.approx(BASE["learning_rate"])
    assert rates[-1] == pytest.approx(BASE["learning_rate"] / 100)
    for event in seen:
        assert list(event["layers"]) == ["embedding", "skip", "hidden.0", "output"]
        assert all(v["gradient_norm"] > 0 and 0 < v["update_ratio"] < 10 for v in event["layers"].values())
        assert list(event["dead_units"]) == ["hidden.0"]
        assert event["networks_broken"] == 0
        assert event["device_memory_bytes"] is None
    assert json.loads(json.dumps(seen, allow_nan=False)) == trained.history


def test_watching_changes_no_bit(monkeypatch):
    class Blind(watch.Watch):
        def before(self, flat_KP, gradient_KP):
            pass

        def after(self, flat_KP, learning_rate_K1):
            return {}

    seeing = train(data(networks()))
    monkeypatch.setattr(loop, "Watch", Blind)
    blind = train(data(networks()))
    assert all(torch.equal(blind.params[name], value) for name, value in seeing.params.items())
    assert "gradient_norm" not in str(blind.history)


def test_an_epoch_that_was_stopped_says_that_nothing_was_seen():
    asked, seen = [], []
    train(data(networks()), progress=seen.append, stop=lambda: len(asked) == 2 or bool(asked.append(None)))
    assert (seen[-1]["learning_rate"], seen[-1]["layers"]) == (None, {})


def test_a_long_epoch_reports_from_within_and_a_short_one_does_not(monkeypatch):
    quiet, seen = [], []
    train(data(networks(1)), progress=quiet.append, num_epochs=2)
    assert [e["event"] for e in quiet] == ["epoch", "epoch"]
    monkeypatch.setattr(loop, "batch_interval_s", lambda elapsed_s: 0.0)
    train(data(networks(1)), progress=seen.append, num_epochs=2)
    kinds = [e["event"] for e in seen]
    assert kinds == ["batch", "batch", "batch", "epoch"] * 2, "four batches; the last is the epoch's own event"
    assert [e["share"] for e in seen[:3]] == [0.25, 0.5, 0.75]
    assert all(e["samples_per_s"] > 0 and e["epoch"] == 1 for e in seen[:3])


def test_reports_from_within_become_rarer_in_a_long_training():
    at, count = 0.0, 0
    while at < 24 * 3600:
        at += watch.batch_interval_s(at)
        count += 1
    assert watch.batch_interval_s(0.0) == 0.02  # a first sign comes at once
    assert watch.batch_interval_s(1.0) == 0.3
    assert count < 2000


def test_facts_are_what_the_best_constant_scores_and_loses_on_validation():
    prepared = data(networks(2))
    loss = LOSSES.get("binary_cross_entropy")
    task = Task(
        kind=Kind.BINARY, target="t", target_columns=("t",), outputs=("p",), loss="x", metrics=("m",), headline="m"
    )
    known = watch.facts(loss, task, metric_named("roc_auc"), prepared, accuracy_on(prepared))
    rate, target = prepared.target[0, :120].mean().item(), prepared.target[0, 120:, 0].numpy()
    expected = -np.mean(target * np.log(rate) + (1 - target) * np.log(1 - rate))
    assert known["constant_loss"] == pytest.approx(expected, rel=1e-5)
    assert known["constant_score"] == pytest.approx(np.mean((rate > 0.5) == (target > 0)))
    assert (known["higher_is_better"], known["perfect"], known["validation_rows"]) == (True, 1.0, 80)
    assert metric_named("log_loss").perfect == 0.0
