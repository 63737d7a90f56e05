"""Measuring a machine: the fit finds what counts cost, the real loop is what is timed, and it gives up when asked."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.contracts import InputShapes
from core.estimating.estimate import terms
from core.estimating.measure import TRIALS, Measured, Trial, _plain, _shape, fit, trial_runs
from core.estimating.table_work import work
from core.models.table_network import TableNetwork
from core.settings import defaults, restrict
from core.settings.training import SETTINGS

CPU = torch.device("cpu")
MODEL = TableNetwork()
ALL = defaults(restrict([*SETTINGS, *MODEL.settings], {}))


def counts_of(trial: Trial) -> dict[str, float]:
    settings = ALL | dict(trial.settings) | {"members": trial.members}
    inputs = InputShapes(num_numeric=trial.numeric, cardinalities=trial.categories)
    return terms(work(inputs, trial.outputs, settings), _shape(trial), settings)


def test_a_fit_finds_the_seconds_that_made_the_times() -> None:
    true = {"steps": 2e-4, "layers": 3e-5, "products": 7e-11, "values": 4e-9, "masked": 5e-9}
    counts = [counts_of(t) for t in TRIALS]
    times = [sum(true.get(n, 0.0) * c for n, c in each.items()) for each in counts]
    costs, spread = fit([Measured(c, s) for c, s in zip(counts, times, strict=True)])
    assert spread == 0.05, "never said to be better than a clock"
    for each, seconds in zip(counts, times, strict=True):
        assert sum(costs.get(n, 0.0) * c for n, c in each.items()) == pytest.approx(seconds, rel=1e-3)
    assert min(costs.values()) >= 0


def test_noise_is_said_as_spread() -> None:
    rng = np.random.default_rng(0)
    counts = [counts_of(t) for t in TRIALS]
    times = [sum(c.values()) * 1e-9 * float(np.exp(0.3 * rng.standard_normal())) for c in counts]
    costs, spread = fit([Measured(c, s) for c, s in zip(counts, times, strict=True)])
    assert 0.05 < spread < 0.5
    assert min(costs.values()) >= 0


SMALL = (
    Trial(settings=_plain(8, 1, 32), rows=128, validation=32, numeric=4),
    Trial(settings=_plain(8, 1, 32, dropout=0.2), rows=128, validation=32, categories=(3,), outputs=3),
)


def test_the_real_loop_is_timed() -> None:
    measured = trial_runs(CPU, trials=SMALL)
    assert measured is not None
    assert len(measured) == 2
    assert all(0 < m.epoch_s < 5 for m in measured)
    assert measured[0].counts["steps"] == 4


def test_it_gives_up_at_the_next_batch() -> None:
    asked: list[int] = []

    def give_up() -> bool:
        asked.append(1)
        return len(asked) == 3

    assert trial_runs(CPU, give_up=give_up, trials=SMALL) is None
    assert len(asked) == 3


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"linear_skip": "off", "depth": 0},
        {"normalisation": "layer", "depth": 3},
        {"numeric_embedding": "piecewise"},
        {"numeric_embedding": "periodic", "embedding_width": 3},
    ],
)
def test_parameters_are_counted_as_the_network_makes_them(given) -> None:
    settings = ALL | {"width": 16} | given
    inputs = InputShapes(num_numeric=5, cardinalities=(3, 40))
    made = MODEL.init(inputs, 2, settings, [torch.Generator().manual_seed(0)])
    frequencies = made["number.frequency.bias"].numel() if "number.frequency.bias" in made else 0
    assert work(inputs, 2, settings).parameters == sum(p.numel() for p in made.values()) - frequencies
