"""The articles' worked examples, recomputed by what trains, against values worked out by hand, to six digits."""

from __future__ import annotations

import json
import math

import pytest

from core.commands.command_line import main
from core.training.worked_examples import house_losses, largest_stable_rate, worked_examples

TRUE = {
    "sigmoid(2)": (0.880797,),
    "tanh(2)": (0.964028,),
    "softmax(3, 1, 2)": (0.665241, 0.0900306, 0.244728),
    "softmax(2, 1, 3)": (0.244728, 0.0900306, 0.665241),
    "leaky ReLU(-2), slope 0.01": (-0.02,),
    "MSE of (2, 3) and (2.5, 2.8)": (0.145,),
    "MAE of (2, 3) and (2.5, 2.8)": (0.35,),
    "cross-entropy of (0.7, 0.3) and (0.8, 0.2)": (0.639032,),
    "binary cross-entropy of 0, 1, 0, 1 and 0.3, 0.7, 0.2, 0.8": (0.289909,),
    "hinge, label +1, score 0.4": (0.6,),
    "gradient step from 2, rate 0.1, gradient 0.5": (1.95,),
    "Adam's moments from 0.1 and 0.01, gradient 0.5": (0.14, 0.01024),
    "Adam's step from 2 with them, rate 0.001, uncorrected": (2 - 0.001 * 0.14 / (math.sqrt(0.01024) + 1e-5),),
    "momentum 0.9, rate 0.1, gradients 0.5 and 0.3: v, w": (0.075, -0.0125),
    "L2 loss (a - 0.6)^2 + 0.01 (a^2 + b^2) at (1, 2)": (0.21,),
    "its gradient at (1, 2)": (0.82, 0.04),
    "one step of rate 0.1 from (1, 2)": (0.918, 1.996),
    "the loss after that step": (0.149391,),
    "house prices, rate 0.1: loss at epochs 1 to 4": (44, 82.08, 153.1584, 285.827328),
    "house prices, rate 0.05: loss at epoch 100": (0.0016474,),
    "house prices: the largest stable rate": (0.0845241,),
}


def test_every_example_is_true_to_six_digits() -> None:
    found = {one.name: one.true for one in worked_examples()}
    assert set(TRUE) < set(found)
    for name, values in TRUE.items():
        assert found[name] == pytest.approx(values, rel=4e-6), name
    assert found["house prices, rate 0.1: loss at epoch 100"][0] > 1e20, "it diverges"


def test_the_command_prints_each_example_with_what_was_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["worked-examples", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [set(one) for one in told] == [{"name", "printed", "true"}] * len(worked_examples())
    by_name = {one["name"]: one for one in told}
    assert by_name["sigmoid(2)"]["printed"] == [0.9415, 0.9709]
    assert by_name["MAE of (2, 3) and (2.5, 2.8)"]["true"] == pytest.approx([0.35])
    assert main(["worked-examples"]) == 0
    assert "× 10²⁸" in capsys.readouterr().out


def test_the_largest_stable_rate_parts_what_converges_from_what_does_not() -> None:
    edge = largest_stable_rate()
    below, above = house_losses(0.99 * edge, 2000), house_losses(1.01 * edge, 2000)
    assert below[-1] < 1e-6
    assert above[-1] > above[0]
    assert house_losses(0.08, 100)[-1] == pytest.approx(2.11e-4, rel=0.01)
