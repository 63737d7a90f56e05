"""Pictures damaged on purpose: each damage does what it says, the same each time; and what networks do on them."""

import base64
import dataclasses

import numpy as np
import pytest
import torch

from core.answering import picture_answers
from core.answering.picture_answers import Asked, Likenesses, picture_answer, robustness
from core.answering.picture_damage import DAMAGES, damaged, strengths_of
from core.answering.senses import BY_NAME
from core.charts.look import DARK, LIGHT
from core.charts.robustness import curve
from core.errors import UnknownNameError, UserError
from core.evaluation.metrics import metric_named
from core.models import MODELS
from core.training.ensemble import Ensemble
from core.training.losses import LOSSES
from tests.test_inputs_beside_the_table import ready

PICTURES = np.random.default_rng(1).integers(60, 190, (5, 20, 16, 3), dtype=np.uint8)


@pytest.mark.parametrize("one", DAMAGES, ids=lambda one: one.name)
def test_a_damage_is_nothing_where_it_says_so_and_the_same_each_time(one):
    assert list(one.steps) == sorted(one.steps)
    assert one.none in one.steps
    assert damaged(PICTURES, {one.name: one.none}) is PICTURES
    strongest = max(one.steps, key=lambda step: abs(step - one.none))
    found = damaged(PICTURES, {one.name: strongest})
    assert found.shape == PICTURES.shape
    assert found.dtype == np.uint8
    assert (found != PICTURES).mean() > 0.2
    np.testing.assert_array_equal(found, damaged(PICTURES, {one.name: strongest}))


def test_each_damage_does_what_its_name_says():
    even = np.full((1, 21, 21, 1), 100, np.uint8)
    assert damaged(even, {"brightness": 0.2}).ravel().tolist() == [151] * 441
    assert damaged(even, {"contrast": 0.1, "blur": 0.12, "rotation": 45}).ravel().tolist() == [100] * 441
    noisy = damaged(np.repeat(even, 50, axis=0), {"noise": 0.1}).astype(float)
    assert noisy.std() == pytest.approx(25.5, rel=0.02)
    covered = damaged(even, {"patch": 0.5})[0, :, :, 0] != 100
    assert covered.sum() == 10 * 10
    assert covered[5:15, 5:15].all()
    spot = np.zeros((1, 21, 21, 1), np.uint8)
    spot[0, 2, 10] = 255
    turned = damaged(spot, {"rotation": 90})[0, :, :, 0]
    assert np.unravel_index(turned.argmax(), turned.shape) == (10, 18), "clockwise"
    soft = damaged(spot, {"blur": 0.06})[0, :, :, 0].astype(float)
    assert soft.max() < 60
    assert soft.sum() == pytest.approx(255, rel=0.15)
    stripes = np.tile(np.array([80, 120], np.uint8), (1, 4, 2))[..., None]
    assert set(damaged(stripes, {"contrast": 0.5}).ravel()) == {90, 110}


def test_what_is_no_damage_or_no_strength_is_refused():
    assert strengths_of({"noise": 0, "rotation": -90}) == {"noise": 0.0, "rotation": -90.0}
    with pytest.raises(UnknownNameError, match="Did you mean 'noise'"):
        strengths_of({"nois": 0.1})
    for strength in (0.5, -0.1, float("nan"), True, "much", None):
        with pytest.raises(UserError, match="no strength"):
            strengths_of({"noise": strength})


@pytest.fixture(scope="module")
def asked():
    """Networks whose weights are as they began, about tiny pictures of ten classes."""
    what, examples, settings, prepared = ready("tiny_pictures", members=2)
    model, loss = MODELS.get(what.model), LOSSES.get(what.task.loss)
    generators = [torch.Generator().manual_seed(k) for k in range(2)]
    params = model.init(prepared.data.shapes[0], loss.num_outputs(what.task), settings, generators)
    ensemble = Ensemble(
        model=model, loss=loss, settings=settings, params=params, preprocessing=prepared.preprocessing, fold_of=[0, 0]
    )
    return Asked(use_case=what, examples=examples, plan=what.plan(examples), ensemble=ensemble)


def test_a_damaged_picture_is_answered_as_the_networks_read_it(asked):
    row = int(asked.plan.folds[0].test[3])
    whole = picture_answer(asked, Likenesses(), {}, row)
    assert whole["picture"] == whole["changed"]
    hurt = picture_answer(asked, Likenesses(), {"damage": {"patch": 0.6}, "output": 4}, row)
    assert hurt["picture"] == whole["picture"] != hurt["changed"]
    assert hurt["alike"] < whole["alike"]
    assert (hurt["sight"]["output"], whole["sight"]["output"]) == (4, int(np.argmax(whole["mean"])))
    pixels = damaged(asked.examples.arrays["picture"][[row]], {"patch": 0.6})
    expected = asked.ensemble.predict(asked.examples.features.iloc[[row]], None, {"picture": pixels})
    assert hurt["mean"] == pytest.approx(expected.mean(0)[0].tolist())
    np.testing.assert_allclose(hurt["sight"]["picture"], pixels[0, :, :, 0] / 255, atol=1e-3)
    with pytest.raises(UserError, match="0 to 9; there is no 10"):
        picture_answer(asked, Likenesses(), {"output": 10}, row)


def test_an_own_picture_is_told_as_pixels_of_the_right_number(asked):
    alone = dataclasses.replace(
        asked,
        use_case=dataclasses.replace(asked.use_case, columns=()),
    )
    with pytest.raises(UserError, match="not the file that was read"):
        picture_answer(alone, Likenesses(), {"pixels": base64.b64encode(bytes(55)).decode()}, None)
    with pytest.raises(UserError, match="not the file that was read"):
        picture_answer(alone, Likenesses(), {"pixels": "?"}, None)
    with pytest.raises(UserError, match="more than one picture"):
        picture_answer(asked, Likenesses(), {"pixels": base64.b64encode(bytes(56)).decode()}, None)


def test_a_curve_is_the_headline_of_the_ensemble_on_the_same_test_pictures(asked):
    found = robustness(asked, "noise")
    assert found["steps"] == list(BY_NAME["noise"].steps)
    assert found["rows"] == 400 < len(asked.plan.folds[0].test)
    assert found["scores"][0] == robustness(asked, "blur")["scores"][0], "the same pictures"
    rows = np.sort(np.random.default_rng(0).permutation(asked.plan.folds[0].test)[:400])
    features, arrays = asked.examples.features.iloc[rows], asked.examples.arrays_of(rows)
    for place in (0, 4):
        pixels = damaged(arrays["picture"], {"noise": found["steps"][place]})
        said = asked.ensemble.predict(features, None, {"picture": pixels}).mean(0).argmax(1)
        right = (said == asked.examples.target["digit"].to_numpy()[rows]).mean()
        assert found["scores"][place] == pytest.approx(right)
        assert found["low"][place] <= right <= found["high"][place]
    assert 0.05 < found["constant"] < 0.2


def test_rows_of_every_test_are_asked_the_networks_that_are_tested_on_them_and_tests_are_averaged_as_planned(asked):
    fold = asked.plan.folds[0]
    halves = fold.test[:300], fold.test[300:400]
    folds = [dataclasses.replace(fold, name=f"{k}", test=half, test_name=f"{k}") for k, half in enumerate(halves)]
    plan = dataclasses.replace(asked.plan, folds=tuple(folds), aggregation="mean_of_tests")
    ensemble = dataclasses.replace(asked.ensemble, fold_of=[0, 1], preprocessing=asked.ensemble.preprocessing * 2)
    found = robustness(dataclasses.replace(asked, plan=plan, ensemble=ensemble), "noise")
    assert found["rows"] == 400
    right = []
    for network, rows in enumerate(halves):
        features, arrays = asked.examples.features.iloc[rows], asked.examples.arrays_of(rows)
        said = ensemble.predict(features, [network], arrays)[0].argmax(1)
        right.append((said == asked.examples.target["digit"].to_numpy()[rows]).mean())
    assert right[0] != right[1]
    assert found["scores"][0] == pytest.approx(np.mean(right))


@pytest.mark.parametrize(("numbers", "rows"), [(30 * 56 * 2 * 9, 30), (1, 12)])
def test_every_damage_is_measured_on_as_many_pictures_as_the_longest_allows(asked, monkeypatch, numbers, rows):
    monkeypatch.setattr(picture_answers, "_MOST_NUMBERS", numbers)
    assert max(len(damage.steps) for damage in DAMAGES) == 9
    assert {robustness(asked, damage.name)["rows"] for damage in DAMAGES} == {rows}


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
def test_the_picture_of_a_curve_tells_its_numbers_and_marks_what_is_chosen(look):
    found = {"rows": 9, "steps": [0, 1, 2], "scores": [0.9, None, 0.6], "low": [0.8, None, 0.5], "high": [1, None, 0.7]}
    metric = metric_named("accuracy")
    html = curve({**found, "constant": 0.1}, 2, 0, metric, ["none", "some", "much"], look)
    assert "none: 0.900; some: undefined; much: 0.600" in html
    svg = base64.b64decode(html.partition("base64,")[2].partition('"')[0]).decode()
    assert svg.count("<circle") == 1
    assert look.network in svg
    assert (
        "<circle"
        not in base64.b64decode(
            curve({**found, "constant": None}, 1, 0, metric, ["none", "some", "much"], look)
            .partition("base64,")[2]
            .partition('"')[0]
        ).decode()
    )
