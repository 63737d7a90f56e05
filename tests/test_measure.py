"""Measuring a machine: the fit finds what counts cost, the real loop is what is timed, and it gives up when asked."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.contracts import ArrayShape, InputKind, InputShapes
from core.estimating import picture_work
from core.estimating.estimate import terms
from core.estimating.measure import TRIALS, Measured, Trial, _plain, _seen, _shape, fit, trial_runs
from core.estimating.table_work import work
from core.models import MODELS
from core.models.table_network import TableNetwork
from core.settings import defaults, restrict
from core.settings.training import SETTINGS

CPU = torch.device("cpu")
MODEL = TableNetwork()
ALL = defaults(restrict([*SETTINGS, *MODEL.settings], {}))


def counts_of(trial: Trial) -> dict[str, float]:
    if trial.image:
        model = MODELS.get("image_network")
        settings = defaults(restrict([*SETTINGS, *model.settings], {})) | dict(trial.settings)
        array = ArrayShape(name="image", kind=InputKind.IMAGE, shape=trial.image)
        inputs = InputShapes(num_numeric=trial.numeric, cardinalities=(), arrays=(array,))
        of_network = picture_work.work(inputs, trial.outputs, settings)
        return terms(of_network, _shape(trial), settings | {"members": trial.members})
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


SEEN = Trial(settings=_seen(1, 4, 32), rows=64, validation=32, numeric=0, image=(8, 8, 1))


def test_a_part_of_an_epoch_that_is_told_on_a_busy_machine_is_no_epoch(monkeypatch) -> None:
    """Parts were taken for epochs, and a machine for six times as fast as it is."""
    monkeypatch.setattr("core.training.loop.batch_interval_s", lambda now_s: 0.0)
    ticks = iter(range(1000))
    monkeypatch.setattr("core.estimating.measure._clock", lambda device: lambda: float(next(ticks)))
    told = trial_runs(CPU, trials=SMALL[:1])
    assert told is not None
    assert next(ticks) == 4, "the clock is read after every epoch, and at no other time"


def test_a_network_for_images_is_timed_and_counted() -> None:
    measured = trial_runs(CPU, trials=(SEEN,))
    assert measured is not None
    counts = measured[0].counts
    assert 0 < measured[0].epoch_s < 5
    assert counts["convolved"] == 64 * 8 * 8 * 9 * 4
    assert counts["mapped"] == 64 * 8 * 8 * 4
    assert (counts["moved"], counts["lit"]) == (0, 0)
    assert counts["evaluated_mapped"] == (32 + 64) * 8 * 8 * 4


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"blocks": 3, "kernel": "5", "dense_layers": 0},
        {"normalisation": "layer", "dense_layers": 2, "patterns": 5},
    ],
)
def test_parameters_of_a_network_for_images_are_counted_as_it_makes_them(given) -> None:
    model = MODELS.get("image_network")
    settings = defaults(restrict([*SETTINGS, *model.settings], {})) | {"width": 16} | given
    array = ArrayShape(name="film", kind=InputKind.IMAGE, shape=(17, 12, 3))
    inputs = InputShapes(num_numeric=2, cardinalities=(3, 40), arrays=(array,))
    made = model.init(inputs, 2, settings, [torch.Generator().manual_seed(0)])
    assert picture_work.work(inputs, 2, settings).parameters == sum(p.numel() for p in made.values())


@pytest.mark.parametrize(("flip", "is_moved"), [("off", False), ("on", True), ("both", True)])
def test_pictures_that_are_mirrored_or_also_turned_over_count_as_moved(flip, is_moved) -> None:
    model = MODELS.get("image_network")
    still = {"flip": flip, "shift": 0, "rotation": 0, "zoom": 0.0}
    settings = defaults(restrict([*SETTINGS, *model.settings], {})) | still
    array = ArrayShape(name="film", kind=InputKind.IMAGE, shape=(17, 12, 3))
    inputs = InputShapes(num_numeric=0, cardinalities=(), arrays=(array,))
    assert picture_work.work(inputs, 2, settings).moved == (17 * 12 * 3 if is_moved else 0)


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
