"""Estimates grow with what makes a training longer, learn from runs, and stay finite whatever they are told."""

from __future__ import annotations

import dataclasses
import math
from itertools import pairwise

import numpy as np
import pytest
import torch

from core.contracts import InputShapes
from core.estimating import calibration_file as kept
from core.estimating.epochs import Known, Range, epochs_worth, likely_epochs
from core.estimating.estimate import (
    Calibration,
    Learned,
    _work,
    biggest_savings,
    epoch_seconds,
    estimate,
    key_of,
)
from core.estimating.shape import Shape
from core.kinds import loss_of
from core.models import MODELS
from core.settings import resolve
from core.settings.use_case import settings_of
from core.store import runs
from core.store.runs import RECORDED
from core.training.losses import LOSSES
from core.use_cases import all_use_cases
from core.use_cases import use_case as use_case_named

USE_CASE = use_case_named("retail/coupon_response")
SHAPE = Shape(
    rows=6000,
    folds=5,
    train=3000,
    validation=800,
    test=2600,
    num_numeric=29,
    cardinalities=(4, 8, 14),
    columns=30,
    targets=1,
    outputs=1,
)
SHIPPED = kept._read(kept.SHIPPED)


def settings(**given):
    return resolve(settings_of(USE_CASE), {"device": "cpu", **given})


def estimated(shape=SHAPE, known=(), calibration=SHIPPED, **given):
    found = estimate(USE_CASE, settings(**given), shape, calibration, known)
    assert found is not None
    return found


def run_of(best, **given):
    return Known(settings=settings(**given), best_epochs=tuple(best))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("width", (4, 16, 64, 128, 256, 512)),
        ("depth", (1, 2, 4, 6)),
        ("num_epochs", (1, 5, 40, 200, 1000)),
        ("members", (1, 2, 8, 64)),
        ("patience", (1, 5, 50, 1000)),
    ],
)
def test_more_of_a_setting_takes_longer_and_no_less_memory(name, values) -> None:
    known = [run_of([3, 9, 20], num_epochs=40, patience=8), run_of([40], num_epochs=40, patience=1000, dropout=0.0)]
    found = [estimated(known=known, **{name: value}) for value in values]
    for less, more in pairwise(found):
        for place in ("low", "likely", "high"):
            assert getattr(less.train_s, place) <= getattr(more.train_s, place)
        assert less.at_most_s <= more.at_most_s
        assert less.memory_bytes <= more.memory_bytes
    assert found[0].train_s.likely < found[-1].train_s.likely


def test_more_rows_folds_and_inputs_take_longer() -> None:
    for name, values in (("train", (500, 513, 3000, 50_000)), ("folds", (1, 5, 25)), ("num_numeric", (2, 29, 300))):
        found = [estimated(dataclasses.replace(SHAPE, **{name: value})) for value in values]
        times = [e.train_s.likely for e in found]
        assert times == sorted(times)
        assert times[0] < times[-1]
        assert [e.memory_bytes for e in found] == sorted(e.memory_bytes for e in found)


def test_what_default_networks_hold_costs_time() -> None:
    plain = estimated(dropout=0.0, normalisation="none", numeric_embedding="none").train_s.likely
    for more in ({"dropout": 0.3}, {"normalisation": "layer"}, {"numeric_embedding": "periodic"}):
        given = {"dropout": 0.0, "normalisation": "none", "numeric_embedding": "none", **more}
        assert estimated(**given).train_s.likely > 1.02 * plain, more


def test_the_ends_enclose_what_is_likely_and_no_epoch_is_more_than_all() -> None:
    found = estimated(known=[run_of([3, 9, 20], num_epochs=40, patience=8)], num_epochs=40, patience=8)
    assert found.train_s.low < found.train_s.likely < found.train_s.high
    assert found.at_most_s >= found.train_s.likely
    assert found.epochs == Range(low=28.0, likely=28.0, high=40.0)


def test_early_stopping_is_learned_from_runs_at_a_like_pace() -> None:
    like = run_of([10, 12], num_epochs=100, patience=5, learning_rate=2e-3)
    unlike = run_of([90, 95], num_epochs=100, patience=5, learning_rate=1e-4)
    given = settings(num_epochs=100, patience=5, learning_rate=2e-3)
    assert likely_epochs(given, [unlike, like]).likely == 17
    assert likely_epochs(settings(num_epochs=100, patience=5, learning_rate=1e-4), [unlike, like]).likely == 100
    assert likely_epochs(given, []).likely == 100


@pytest.mark.parametrize("declared", [u for u in all_use_cases() if u.industry != "testing"], ids=lambda u: u.name)
def test_every_use_case_learns_its_epochs_from_a_run_of_its_own(declared) -> None:
    """Networks have settings of their own: one that finds cells drops nothing out."""
    chosen = resolve(settings_of(declared), {"device": "cpu"})
    run = Known(settings=chosen, best_epochs=(1, 2), phases_s={})
    assert 1 <= likely_epochs(chosen, [run]).likely <= chosen["num_epochs"]


def test_a_run_that_improved_to_its_end_would_have_gone_on() -> None:
    short = run_of([10], num_epochs=10, patience=5)
    assert likely_epochs(settings(num_epochs=40, patience=5), [short]).likely == 40
    ended = run_of([3], num_epochs=10, patience=5)
    assert likely_epochs(settings(num_epochs=40, patience=5), [ended]).likely == 8


def test_networks_that_have_ended_save_what_is_theirs_alone() -> None:
    assert epochs_worth([10.0, 20.0, 30.0], 0.0) == 20.0
    assert epochs_worth([10.0, 20.0, 30.0], 1.0) == 30.0
    assert epochs_worth([10.0, 20.0, 30.0], 0.5) == 25.0


def test_three_runs_on_a_machine_half_as_fast_bring_the_estimate_within_a_quarter() -> None:
    true_s = 2 * estimated().train_s.likely
    learned = Learned()
    for _run in range(3):
        by_counts_s = estimated().train_s.likely
        learned = learned.after(math.log(true_s / by_counts_s))
    assert estimated(calibration=taught(learned)).train_s.likely == pytest.approx(true_s, rel=0.25)
    low, high = (getattr(estimated(calibration=taught(learned)).train_s, end) for end in ("low", "high"))
    assert low < true_s < high


def test_a_use_case_that_was_never_trained_learns_from_the_others() -> None:
    of_all = dataclasses.replace(SHIPPED.devices["cpu"], time={"*": Learned().after(math.log(2))})
    slower = estimated(calibration=Calibration(devices={"cpu": of_all}))
    assert slower.train_s.likely == pytest.approx(2 * estimated().train_s.likely)


def taught(learned: Learned) -> Calibration:
    on = dataclasses.replace(SHIPPED.devices["cpu"], time={key_of(USE_CASE): learned})
    return Calibration(devices={"cpu": on})


@pytest.mark.parametrize("seen", [math.log(1e9), -math.log(1e9)])
def test_one_absurd_run_moves_the_correction_by_a_bounded_step(seen) -> None:
    settled = Learned(log_ratio=0.0, spread=0.1, runs=10)
    after = settled.after(seen)
    assert abs(after.log_ratio) < 1.0
    assert math.isfinite(after.spread)
    calm = after
    for _run in range(6):
        calm = calm.after(0.0)
    assert abs(calm.log_ratio) < 0.12


def test_an_unknown_device_or_model_has_no_estimate() -> None:
    nowhere = Calibration(devices={}, own=False)
    assert estimate(USE_CASE, settings(), SHAPE, nowhere) is None
    assert estimate(dataclasses.replace(USE_CASE, model="other"), settings(), SHAPE, SHIPPED) is None
    assert estimate(USE_CASE, settings(device="cuda"), SHAPE, SHIPPED) is None
    assert estimate(USE_CASE, settings(device="auto"), SHAPE, SHIPPED) is not None


FILMS = use_case_named("healthcare/chest_xray")
OF_FILMS = Shape(
    rows=5856,
    folds=1,
    train=4698,
    validation=524,
    test=624,
    num_numeric=0,
    cardinalities=(),
    columns=0,
    targets=1,
    outputs=1,
)


def of_films(calibration=SHIPPED, **given):
    return estimate(FILMS, resolve(settings_of(FILMS), {"device": "cpu", **given}), OF_FILMS, calibration)


def test_networks_for_images_have_an_estimate_that_grows_with_what_they_do() -> None:
    plain = {"shift": 0, "rotation": 0, "zoom": 0.0, "light": 0.0, "noise": 0.0, "members": 1}
    small, usual, changed = of_films(**plain, patterns=4), of_films(**plain), of_films(members=1)
    assert small.train_s.likely < usual.train_s.likely < changed.train_s.likely
    assert 10 < of_films().train_s.likely < 300, "the recommended training, by a slower machine's costs"
    assert of_films(members=8).memory_bytes > of_films(members=1).memory_bytes > 20e6
    on, whole = SHIPPED.devices["cpu"], resolve(settings_of(FILMS), {"device": "cpu"})
    assert {"num_epochs", "patterns"} <= set(biggest_savings(FILMS, whole, OF_FILMS, on))


def test_a_calibration_that_never_saw_an_image_says_nothing_of_images() -> None:
    """One of before: the counts that it has no seconds for would cost nothing."""
    on = SHIPPED.devices["cpu"]
    older = {name: cost for name, cost in on.costs.items() if name not in ("convolved", "mapped")}
    calibration = Calibration(devices={"cpu": dataclasses.replace(on, costs=older)})
    assert of_films(calibration) is None
    assert estimated(calibration=calibration).train_s == estimated().train_s


PICTURES = ("healthcare/blood_cells", "manufacturing/textile_sorting", "services/sign_digits", "vision/imagine")


@pytest.mark.parametrize("name", PICTURES)
def test_the_parameters_of_other_networks_for_pictures_are_counted_as_they_are(name) -> None:
    what = use_case_named(name)
    given, model = resolve(settings_of(what), {"device": "cpu"}), MODELS.get(what.model)
    inputs = InputShapes(num_numeric=0, cardinalities=(), arrays=tuple(array.shaped for array in what.arrays))
    outputs = LOSSES.get(loss_of(what.task)).num_outputs(what.task)
    made = model.init(inputs, outputs, given, [torch.Generator().manual_seed(0)])
    shape = dataclasses.replace(OF_FILMS, outputs=len(what.task.outputs))
    counted = _work(what, given, shape).parameters
    assert counted == pytest.approx(sum(value[0].numel() for value in made.values()), rel=0.02)


@pytest.mark.parametrize("name", PICTURES)
def test_recorded_trainings_took_about_what_is_estimated(name) -> None:
    """As many times its estimate as the network for images takes, whose costs are measured: what a recording took by
    the shipped costs is another machine's, or the same with more to do."""
    usual = float(np.median(list(over_estimate("retail/product_photos").values())))
    found = over_estimate(name)
    assert len(found) >= 2
    assert all(1 / 1.5 < ratio / usual < 1.5 for ratio in found.values()), (usual, found)


def over_estimate(name):
    """What each recorded run's training took of the processor, as so many times its estimate."""
    what, on = use_case_named(name), SHIPPED.devices["cpu"]
    found = {}
    for folder in sorted(RECORDED.glob(f"{what.slug}-*")):
        report = runs.read(folder, recorded=True).report()
        given = resolve(settings_of(what), report["settings"])
        shape = Shape.from_json(report["shape"])
        ended = [min(report["epochs_run"], best + int(given["patience"])) for best in report["best_epoch"]]
        each_s, fixed = epoch_seconds(what.with_variant(given), given, shape, on)
        if report["training_cpu_s"] > 2:  # of shorter ones the first batch is a large part
            found[folder.name] = report["training_cpu_s"] / (each_s * epochs_worth(ended, fixed))
    return found


def test_more_labels_take_longer_before_any_run_with_as_many() -> None:
    hands = use_case_named("services/sign_digits")
    shape = dataclasses.replace(OF_FILMS, train=200, outputs=10)
    times = [
        estimate(hands, resolve(settings_of(hands), {"device": "cpu", "labels": labels}), shape, SHIPPED).train_s.likely
        for labels in (50, 200, 1500)
    ]
    assert times[0] < times[1] < times[2] / 3


def test_energy_is_said_only_where_watts_are_known() -> None:
    assert estimated().energy_j is None
    on = dataclasses.replace(SHIPPED.devices["cpu"], watts=10.0, energy="measured")
    found = estimated(calibration=Calibration(devices={"cpu": on}))
    assert found.energy_j is not None
    assert found.energy_j.likely == pytest.approx(10 * found.train_s.likely)


def test_other_phases_come_from_an_earlier_run_and_kept_baselines_cost_nothing() -> None:
    told = dataclasses.replace(
        run_of([9], members=4), phases_s={"data": 1.0, "training": 9.0, "baselines": 50.0, "evaluation": 10.0}
    )
    whole = estimate(USE_CASE, settings(members=4), SHAPE, SHIPPED, [told])
    kept_ones = estimate(USE_CASE, settings(members=4), SHAPE, SHIPPED, [told], baselines_are_kept=True)
    assert whole.other_s == pytest.approx(61.0)
    assert kept_ones.other_s == pytest.approx(11.2)
    assert kept_ones.whole_s == pytest.approx(kept_ones.train_s.likely + 11.2)
    elsewhere = dataclasses.replace(told, here=False)
    counted = estimate(USE_CASE, settings(members=4), SHAPE, SHIPPED, [elsewhere], baselines_are_kept=True)
    assert 1.6 < counted.other_s < 5, "an earlier version measured for longer: counted, not taken from there"
    assert estimate(
        USE_CASE, settings(members=4), SHAPE, SHIPPED, [elsewhere, told], baselines_are_kept=True
    ).other_s == pytest.approx(11.2)
    assert estimated().other_s is None


def test_what_shortens_a_long_training_most_is_named_first() -> None:
    on = SHIPPED.devices["cpu"]
    named = biggest_savings(USE_CASE, settings(width=512, members=32, num_epochs=1000), SHAPE, on)
    assert {"num_epochs", "members", "width"} <= set(named)
    assert "embedding_width" not in named


def test_an_estimate_takes_less_than_five_milliseconds() -> None:
    import time

    known = [run_of(range(1, 41), num_epochs=40)] * 16
    began = time.process_time()
    for _again in range(20):
        estimated(known=known)
    assert (time.process_time() - began) / 20 < 0.005


def test_a_shape_survives_json_and_refuses_nonsense() -> None:
    assert Shape.from_json(SHAPE.to_json()) == SHAPE
    for wrong in ({}, {**SHAPE.to_json(), "train": -1}, {**SHAPE.to_json(), "rows": "many"}, {"cardinalities": None}):
        with pytest.raises(ValueError):
            Shape.from_json(wrong)
    with pytest.raises(ValueError):
        Shape.from_json({**SHAPE.to_json(), "more": 1})


def test_an_estimate_counts_with_what_training_and_evaluation_take():
    import inspect

    from core.estimating import estimate
    from core.evaluation import intervals
    from core.settings import counts
    from core.training import members

    assert members.EVALUATION_ROWS is estimate.EVALUATION_ROWS is counts.EVALUATION_ROWS
    assert members.MAX_TRAIN_SCORE_ROWS is estimate.MAX_TRAIN_SCORE_ROWS is counts.MAX_TRAIN_SCORE_ROWS
    assert intervals.draw_count is estimate.draw_count
    assert [counts.draw_count(n) for n in (1, 5_000, 10_000, 10**7)] == [1000, 1000, 500, 200]
    assert "5_000_000" not in inspect.getsource(intervals) + inspect.getsource(estimate)


def test_a_network_for_sounds_costs_what_one_for_pictures_of_its_spectrograms_does():
    sounds = use_case_named("services/spoken_digits")
    shape = dataclasses.replace(SHAPE, num_numeric=0, cardinalities=(), columns=0, outputs=10)
    declared, model = settings_of(sounds), MODELS.get("sound_network")
    whole, still = (
        _work(sounds, resolve(declared, {"device": "cpu", **changed}), shape)
        for changed in ({}, {"tone": 0.0, "hiss": 0.0, "masked": 0.0})
    )
    inputs = InputShapes(num_numeric=0, cardinalities=(), arrays=(sounds.arrays[0].shaped,))
    made = model.init(inputs, 10, resolve(declared, {"device": "cpu"}), [torch.Generator().manual_seed(0)])
    assert whole.parameters == sum(value[0].numel() for value in made.values())
    assert (whole.pixels, whole.lit, whole.moved) == (576, 576, 0)
    assert still == dataclasses.replace(whole, lit=0)
