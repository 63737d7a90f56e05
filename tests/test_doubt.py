"""What is refused: odd rows are told from usual ones, a mess changes what it says, validation chooses levels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.answering.doubt import doubt
from core.answering.familiar import Familiar
from core.answering.mess import can_refuse, mess_named, messes_of
from core.answering.worker import Answerer
from core.contracts import Column, ColumnKind, UseCase
from core.contracts.refusal import SHARES, review_assumptions, review_cost
from core.errors import UnknownNameError, UserError
from core.use_cases import use_case
from core.value.refused import kept_amount
from core.value.threshold import assumed_values

HEART, RUN = "healthcare/heart_disease", "healthcare-heart_disease-recommended"


def table(rows: int, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    age = rng.normal(50, 10, rows)
    return pd.DataFrame({"age": age, "weight": age + rng.normal(0, 2, rows), "town": rng.choice(["Ulm", "Bonn"], rows)})


@pytest.fixture
def declared() -> UseCase:
    from dataclasses import replace

    columns = (
        Column(name="age", label="Age"),
        Column(name="weight", label="Weight"),
        Column(name="town", label="Town", kind=ColumnKind.CATEGORY),
    )
    return replace(use_case(HEART), columns=columns)


def test_strange_rows_lie_further_off_than_usual_ones(declared: UseCase) -> None:
    familiar, usual = Familiar.of(declared, table(2000), {}), table(500, seed=1)
    distance, odd = familiar.strangeness(usual, {})
    alike = usual.assign(weight=usual["weight"].to_numpy()[::-1])  # each field as usual, and together as nothing is
    assert np.median(familiar.strangeness(alike, {})[0]) > 3 * np.median(distance)
    for column, value in (("age", 5000.0), ("age", np.nan), ("town", "Atlantis"), ("town", None)):
        strange = usual.assign(**{column: value})
        assert familiar.strangeness(strange, {})[1].min() > np.quantile(odd, 0.99), (column, value)


def test_a_field_that_was_often_empty_is_no_news_when_it_is(declared: UseCase) -> None:
    learned = table(2000)
    learned.loc[::2, "age"] = np.nan
    familiar, usual = Familiar.of(declared, learned, {}), table(500, seed=1)
    assert (
        familiar.strangeness(usual.assign(age=np.nan), {})[1].max()
        < familiar.strangeness(usual.assign(weight=np.nan), {})[1].min()
    )


def test_a_mess_changes_as_many_fields_as_it_says(declared: UseCase) -> None:
    whole = table(300)
    changed = {name: mess_named(declared, name).apply(whole, {})[0] for name in ("absurd", "foreign", "empty")}
    for name, now in changed.items():
        differs = (now.isna() & whole.notna()) | (now.notna() & (now != whole))
        assert (differs.sum(axis=1) == 1).all(), name
    assert set(whole.columns[changed["empty"].isna().any()]) == set(whole.columns)  # another field in each row
    half = mess_named(use_case(HEART), "half_empty")
    features = pd.DataFrame(
        {c.name: ["a" if c.kind is ColumnKind.CATEGORY else 1.0] * 9 for c in use_case(HEART).columns}
    )
    assert (half.apply(features, {})[0].isna().sum(axis=1) == len(use_case(HEART).columns) // 2).all()
    with pytest.raises(UnknownNameError):
        mess_named(declared, "rotation")


def test_pictures_and_sounds_are_messed_up_by_their_own_damages() -> None:
    films = {mess.name: mess.strength for mess in messes_of(use_case("healthcare/chest_xray"))}
    assert (films["noise"], abs(films["rotation"] or 0)) == (0.4, 90)
    assert films["contrast"] in (2, 0.1)
    assert "hiss" in {mess.name for mess in messes_of(use_case("services/spoken_digits"))}


def test_refused_rows_of_a_recorded_run(tmp_path: Path) -> None:
    answerer = Answerer(tmp_path)
    question = {"ask": "doubt", "use_case": HEART, "run": RUN}
    found = answerer.answer(question)
    assert answerer.answer(question) is found
    assert {shares[0] for shares in (found["refused"], *found["caught"].values())} == {0}
    for shares in (found["refused"], *found["caught"].values()):
        assert len(shares) == len(SHARES)
        assert shares == sorted(shares)
    at = SHARES.index(0.05)
    assert found["caught"]["half_empty"][at] > 0.9 > 0.6 > found["refused"][at]
    scores, level = np.array(found["scores"]), found["levels"][at]
    assert found["refused"][at] == pytest.approx((scores > level).mean())
    assert found["metric"][0][1] < found["metric"][0][0] < found["metric"][0][2]


def test_what_cannot_be_refused_is_said() -> None:
    made = use_case("vision/imagine")
    assert not can_refuse(made)
    with pytest.raises(UserError, match="no single answer can be refused"):
        doubt(made, None, None, None)  # type: ignore[arg-type]


def test_a_look_costs_its_time() -> None:
    minutes, hourly = review_assumptions("EUR")
    assert (minutes.guess, hourly.guess, hourly.value) == (True, False, 33.5)
    assert review_cost(minutes=6, hourly=30, share=0.05) == pytest.approx(150)


def test_the_answered_ones_earn_their_part() -> None:
    model = use_case("healthcare/chest_xray").value
    assert model is not None
    target, prediction = np.array([[1.0], [0.0], [1.0], [0.0]]), np.array([[0.9], [0.8], [0.1], [0.2]])
    info, assumed = pd.DataFrame(index=range(4)), assumed_values(model.assumptions)
    answered = np.array([True, False, True, True])
    kept = kept_amount(model, (target, prediction, info), 0.5, assumed, answered)
    each = model.earned(target, prediction[None], info, 0.5, assumed)[0]  # type: ignore[attr-defined]
    assert kept == pytest.approx((each[[0, 2, 3]].sum(), model.amount(target, prediction, info, 0.5, assumed)[0]))
