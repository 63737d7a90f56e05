"""Images and texts go the whole way: from a declared use case to a report, and back from what a run leaves behind."""

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core import pipeline
from core.contracts import Column, ColumnKind, Image
from core.errors import UserError
from core.pipeline.prepare import row_weights
from core.training import preprocessing
from core.training.preprocessing import Preprocessing
from core.use_cases import use_case
from tests.processes import end_processes_of

CODE = Path(__file__).parents[1]
DIGITS, WORDS = use_case("testing/tiny_digits"), use_case("testing/tiny_words")


def run(what, **given):
    return pipeline.run(what, {"device": "cpu", **given}, progress=lambda event: None)


@pytest.fixture(scope="module")
def digits():
    return run(DIGITS)


@pytest.fixture(scope="module")
def words():
    return run(WORDS)


def test_the_image_network_reads_digits_as_well_as_a_strong_simple_method(digits):
    report = digits.report
    constant, logistic = (next(b for b in report["baselines"] if b["name"] == n) for n in ("constant", "logistic"))
    assert constant["value"] < 0.15
    assert logistic["value"] > 0.93
    assert report["headline"]["mean"] > 0.96
    assert report["metrics"]["log_loss"]["mean"]["mean"] < 0.2


@pytest.mark.parametrize(
    "changes", [{}, {"reader": "gru", "summary": "last", "members": 1}], ids=["convolution", "gru"]
)
def test_the_sequence_network_reads_what_only_the_order_of_words_tells(words, changes):
    report = run(WORDS, **changes).report if changes else words.report
    assert report["baselines"][0]["value"] > 0.9
    assert report["metrics"]["accuracy"]["mean"]["mean"] > 0.9


def test_single_words_do_not_tell_it():
    report = run(WORDS, span=1, num_epochs=10, members=1).report
    assert report["metrics"]["accuracy"]["mean"]["mean"] < 0.7


def test_predictions_are_chances_of_every_class(digits, words):
    for outcome, what in ((digits, DIGITS), (words, WORDS)):
        table = outcome.predictions
        assert list(table.columns[4:]) == list(what.task.outputs)
        total, network = table[list(what.task.outputs)].to_numpy().sum(1), table["source"] == "network"
        np.testing.assert_allclose(total[network], 1, rtol=1e-5)
        np.testing.assert_allclose(total[~network], 1, rtol=2**-12)  # simple methods' are rounded


def test_an_ensemble_predicts_again_from_its_saved_preprocessing(digits, words):
    for outcome, what in ((digits, DIGITS), (words, WORDS)):
        ensemble = outcome.ensemble
        read = [Preprocessing.load(p.to_json(), p.arrays()) for p in ensemble.preprocessing]
        assert [p.shapes for p in read] == [p.shapes for p in ensemble.preprocessing]
        features = pipeline.load_examples(what).features.iloc[:50]
        again = dataclasses.replace(ensemble, preprocessing=read).predict(features)
        np.testing.assert_array_equal(again, ensemble.predict(features))


def test_balanced_classes_weigh_the_same_in_training():
    examples = pipeline.load_examples(WORDS)
    fold = WORDS.plan(examples).folds[0]
    weight = row_weights(WORDS, {"class_weight": "balanced"}, examples, fold)[fold.train]
    mood = examples.target["mood"].to_numpy()[fold.train]
    totals = [weight[mood == m].sum() for m in range(3)]
    np.testing.assert_allclose(totals, len(fold.train) / 3, rtol=1e-5)


def test_pixels_have_one_scale_and_tokens_one_vocabulary():
    examples = pipeline.load_examples(DIGITS)
    fitted = preprocessing.fit(
        DIGITS.columns,
        examples.features,
        examples.target.to_numpy(),
        method="standard",
        scale_target=False,
        image=DIGITS.image,
    )
    image = fitted.transform(examples.features)["image"]
    pixels = examples.features.to_numpy().reshape(image.shape)
    np.testing.assert_allclose(image, (pixels - pixels.mean()) / pixels.std(), rtol=1e-4, atol=1e-5)
    examples = pipeline.load_examples(WORDS)
    fitted = preprocessing.fit(
        WORDS.columns,
        examples.features,
        examples.target.to_numpy(),
        method="standard",
        scale_target=False,
        text=True,
    )
    codes = fitted.transform(examples.features)["tokens"]
    words = ["", *next(iter(fitted.categories.values()))]
    assert len(words) == 12
    for text, row in zip(examples.info["sentence"], codes, strict=True):
        assert " ".join(words[code] for code in row).strip() == text


def test_a_missing_pixel_and_rates_of_tokens_are_refused():
    examples = pipeline.load_examples(DIGITS)
    holed = examples.features.copy()
    holed.iloc[3, 5] = np.nan
    with pytest.raises(UserError, match="column 'pixel_0_5' must have a value in every row; it is missing in row 3"):
        pipeline.run(
            DIGITS,
            {"device": "cpu"},
            progress=lambda event: None,
            load=lambda what: dataclasses.replace(examples, features=holed),
        )
    with pytest.raises(UserError, match="target_encoding is on. Set it to off"):
        run(WORDS, target_encoding="on")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"image": Image(side=3)}, "An image of 9 numbers needs as many numeric columns; .* has 8"),
        ({"text": True, "columns": (Column(name="x", label="X"),)}, "A text needs a category column"),
        ({"image": Image(side=1), "columns": (Column(name="x", label="X", kind=ColumnKind.CATEGORY),)}, "and 1 categ"),
    ],
)
def test_a_declaration_that_does_not_fit_its_columns_is_refused(changes, words):
    columns = tuple(Column(name=f"c{i}", label=f"C {i}") for i in range(8))
    with pytest.raises(UserError, match=words):
        dataclasses.replace(DIGITS, **{"image": None, "columns": columns, **changes})


@pytest.mark.long
def test_the_command_line_trains_both(tmp_path):
    """With a store and a supervisor of their own."""
    environment = os.environ | {"PROVING_GROUND_STORE": str(tmp_path), "PROVING_GROUND_IDLE_S": "1"}
    for what in (DIGITS, WORDS):
        words = [sys.executable, "-m", "core", "train", what.name, "--set", "num_epochs=2", "--device", "cpu", "--json"]
        done = subprocess.run(words, cwd=CODE, env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        result = json.loads(done.stdout)
        assert (result["use_case"], result["state"]) == (what.name, "finished")
        assert result["headline"]["metric"] == what.task.headline
    end_processes_of(tmp_path)
