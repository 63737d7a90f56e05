"""Networks that make pictures, in training: paused ones go on with the same bits, weights are kept by the headline."""

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest
import torch

from core.contracts import Fold, Plan
from core.errors import Paused, UserError
from core.kinds.generation import output_names
from core.models import MODELS
from core.pipeline.prepare import headline_of, prepare
from core.settings import resolve
from core.settings.use_case import settings_of
from core.training import loop
from core.training.losses import LOSSES
from core.use_cases import use_case
from tests.training.test_loop import Kept

DECLARED = use_case("vision/imagine")
ROWS = 120
SMALL = {"num_epochs": 2, "patterns": 4, "latent": "2", "batch_size": 32, "dropout": 0.3, "device": "cpu"}


def of_rows(examples):
    rows = np.arange(ROWS)
    fold = Fold(name="only", train=rows[:80], validation=rows[80:], test=rows[80:])
    return Plan(folds=(fold,), unit="row", sentence="", separation="unit")


@pytest.fixture(scope="module")
def examples():
    from core.contracts import Examples

    rng = np.random.default_rng(3)
    return Examples(
        features=pd.DataFrame(index=range(ROWS)),
        target=pd.DataFrame(rng.standard_normal((ROWS, 33)), columns=list(output_names())).assign(kind=1.0),
        unit=np.arange(ROWS),
        info=pd.DataFrame({"photo": np.arange(ROWS)}),
        arrays={
            "photo": rng.integers(0, 256, (ROWS, 28, 28, 1), dtype=np.uint8),
            "noise": rng.standard_normal((ROWS, 64), dtype=np.float32),
        },
    )


def trained(examples, kept=None, **changes):
    declared = dataclasses.replace(DECLARED, plan=of_rows)
    settings = resolve(settings_of(declared), SMALL | changes)
    prepared = prepare(declared, examples, of_rows(examples), settings)
    told = []
    found = loop.train(
        MODELS.get(declared.model),
        LOSSES.get("as_told"),
        declared.task,
        prepared.data,
        [settings],
        score=headline_of(declared, prepared),
        progress=told.append,
        stop_requested=lambda: False,
        device=torch.device("cpu"),
        checkpoints=kept,
    )
    return found, [event for event in told if event["event"] == "epoch"], prepared


@pytest.mark.parametrize("method", ["vae", "gan"])
def test_a_training_that_was_paused_ends_with_the_bits_of_one_that_was_not(examples, method):
    whole, _, prepared = trained(examples, method=method)
    kept = Kept(pause_at=4)
    with pytest.raises(Paused):
        trained(examples, kept, method=method)
    went_on, _, _ = trained(examples, kept, method=method)
    assert all(torch.equal(whole.params[name], went_on.params[name]) for name in whole.params)
    photo, scale = prepared.data.tensors["photo"], prepared.data.scales["photo"]
    assert ((photo.float() - scale[0]) / scale[1]).aminmax() == (0.0, 1.0), "pixels are read from 0 to 1"


def test_epochs_tell_what_the_same_noise_becomes_and_weights_are_kept_by_the_headline(examples):
    found, epochs, _ = trained(examples, method="vae", num_epochs=3)
    assert all(len(e["generated"]["pictures"]["of"]) == 24 for e in epochs)
    assert epochs[0]["generated"]["pictures"] != epochs[-1]["generated"]["pictures"]
    assert all(e["generated"]["variety"] >= 0 and 1 <= e["generated"]["kinds"] <= 10 for e in epochs)
    scores = [e["validation_score"] for e in epochs]
    assert all(math.isfinite(score) for score in scores)
    assert found.best_epoch == [1 + int(np.argmin(scores))]


def test_a_network_alone_is_the_one_that_it_is_beside_others(examples):
    """Networks of one training may have their own rates; two seeds of one settings panel share the stack."""
    declared = dataclasses.replace(DECLARED, plan=of_rows)
    each = [resolve(settings_of(declared), SMALL | {"method": "gan", "learning_rate": rate}) for rate in (1e-3, 1e-4)]
    prepared = prepare(declared, examples, of_rows(examples), each[0])

    def run(settings):
        data = dataclasses.replace(prepared.data, networks=[*prepared.data.networks] * len(settings))
        return loop.train(
            MODELS.get(declared.model),
            LOSSES.get("as_told"),
            declared.task,
            data,
            settings,
            score=headline_of(declared, prepared),
            progress=lambda _: None,
            stop_requested=lambda: False,
            device=torch.device("cpu"),
            parts=len(settings),
        ).params

    both, alone = run(each), run(each[1:])
    assert all(torch.allclose(both[name][1], alone[name][0], atol=1e-4) for name in alone)


def test_the_network_refuses_other_pictures_and_too_little_noise(examples):
    from core.contracts import ArrayShape, InputKind, InputShapes

    model = MODELS.get("generative_network")
    photo = ArrayShape(name="photo", kind=InputKind.IMAGE, shape=(30, 30, 1))
    noise = ArrayShape(name="noise", kind=InputKind.NOISE, shape=(8,))
    settings = resolve(settings_of(DECLARED), {})
    for arrays, why in (((photo, noise), "four divides"), ((photo,), "one picture and one noise")):
        shapes = InputShapes(num_numeric=0, cardinalities=(), arrays=arrays)
        with pytest.raises(UserError, match=why):
            model.init(shapes, 785, settings, [torch.Generator()])
