"""Preprocessing against scikit-learn; fitted on training rows alone; the same after saving and loading."""

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest
from safetensors.numpy import load, save
from sklearn.preprocessing import QuantileTransformer, StandardScaler

from core.contracts import Column, ColumnKind
from core.training import preprocessing
from core.training.preprocessing import Preprocessing
from core.training.scaling import NUM_QUANTILES

COLUMNS = (
    Column(name="amount", label="Amount"),
    Column(name="count", label="Count"),
    Column(name="flag", label="Flag", kind=ColumnKind.BINARY),
    Column(name="place", label="Place", kind=ColumnKind.CATEGORY),
)
METHODS = ("log", "standard", "quantile")
ROWS = 600

every_method = pytest.mark.parametrize("method", METHODS)


@pytest.fixture
def table():
    rng = np.random.default_rng(5)
    amount = rng.lognormal(3, 1.5, ROWS)
    amount[rng.random(ROWS) < 0.1] = np.nan
    place = rng.choice(["north", "south", "None"], ROWS).astype(object)
    place[rng.random(ROWS) < 0.1] = None
    return pd.DataFrame(
        {
            "amount": amount,
            "count": rng.poisson(2, ROWS).astype(float),
            "flag": rng.integers(0, 2, ROWS).astype(float),
            "place": place,
        }
    )


def fit(table, method="standard", *, columns=COLUMNS, target=None, scale_target=False, **options):
    answers = np.arange(len(table), dtype=float)[:, None] if target is None else target
    return preprocessing.fit(columns, table, answers, method=method, scale_target=scale_target, **options)


def only(name, fitted, values):
    """The transformed column of one numeric feature."""
    table = pd.DataFrame({n: np.zeros(len(values)) for n in (*fitted.numeric, *fitted.categories)})
    table[name] = np.asarray(values)
    return fitted.transform(table)["numeric"][:, fitted.numeric.index(name)]


@every_method
def test_changed_test_rows_leave_what_was_fitted_bit_identical(table, method):
    """As the pipeline fits: the whole table is there, the training rows are picked by position."""
    train, test = np.arange(400), np.arange(400, ROWS)
    target = np.random.default_rng(0).normal(size=(ROWS, 1))
    before = fit(table.iloc[train], method, target=target[train], scale_target=True)
    table.loc[test, ["amount", "count", "flag"]] = 1e12
    table.loc[test, "place"] = "nowhere"
    target[test] = -1e9
    after = fit(table.iloc[train], method, target=target[train], scale_target=True)
    assert after.to_json() == before.to_json()
    for name, values in before.arrays().items():
        assert values.tobytes() == after.arrays()[name].tobytes()


@every_method
def test_transforming_other_rows_changes_nothing_that_was_fitted(table, method):
    fitted = fit(table, method)
    first = fitted.transform(table)
    fitted.transform(table.assign(amount=1e9, place="elsewhere"))
    for a, b in zip(first.values(), fitted.transform(table).values(), strict=True):
        assert a.tobytes() == b.tobytes()


@pytest.mark.parametrize("name", ["amount", "count"])
def test_the_quantile_transform_is_scikit_learns(table, name):
    fitted = fit(table.iloc[:400], "quantile")
    theirs = QuantileTransformer(n_quantiles=NUM_QUANTILES, output_distribution="normal", subsample=None)
    theirs.fit(table[[name]].iloc[:400].dropna())
    values = table[name].dropna()
    inside = values[(values > values[:400].min()) & (values < values[:400].max())]
    expected = np.clip(theirs.transform(inside.to_frame())[:, 0], -3, 3)
    np.testing.assert_allclose(only(name, fitted, inside), expected, atol=1e-5)


def test_the_quantile_transform_of_few_rows_uses_as_many_quantiles_as_rows(table):
    few = table[["count", "place"]].iloc[:20].assign(amount=np.random.default_rng(0).normal(size=20), flag=0.0)
    fitted = fit(few, "quantile")
    theirs = QuantileTransformer(n_quantiles=20, output_distribution="normal").fit(few[["amount"]])
    expected = np.clip(theirs.transform(few[["amount"]])[:, 0], -3, 3)
    np.testing.assert_allclose(only("amount", fitted, few["amount"]), expected, atol=1e-5)


@pytest.mark.parametrize(("end", "sign"), [(0.0, -1), (99.0, 1)])
def test_a_tied_end_gets_the_middle_of_its_ranks_and_what_lies_beyond_the_clip(table, end, sign):
    """scikit-learn sends the many zeros of a count to its clip; here half of their share lies below them."""
    values = np.random.default_rng(0).uniform(1, 98, ROWS)
    values[:180] = end
    fitted = fit(table.assign(count=values), "quantile")
    assert only("count", fitted, [end])[0] == pytest.approx(sign * 1.036, abs=0.02)  # the 15th percentile of a normal
    assert only("count", fitted, [end + sign])[0] == sign * 3


@pytest.mark.parametrize("method", ["standard", "log"])
def test_standardising_is_scikit_learns_with_the_training_median_where_missing(table, method):
    squash = np.log1p if method == "log" else np.asarray
    train, values = squash(table[["amount"]].iloc[:400]), squash(table["amount"])
    fitted = fit(table.iloc[:400], method)
    filled = np.where(np.isnan(values), np.nanmedian(train), values)
    theirs = StandardScaler().fit(np.asarray(train)).transform(filled[:, None])[:, 0].clip(-8, 8)
    np.testing.assert_allclose(only("amount", fitted, table["amount"]), theirs, rtol=1e-5, atol=1e-6)


def test_the_logarithm_keeps_the_sign(table):
    fitted = fit(table, "log")
    far = only("count", fitted, [-3.0, 0.0, 3.0])
    assert far[1] - far[0] == pytest.approx(far[2] - far[1], rel=1e-5)
    assert far[2] - far[1] == pytest.approx(np.log(4) / np.log1p(table["count"]).std(ddof=0), rel=1e-5)


@every_method
def test_an_absurd_number_is_clipped(table, method):
    far = only("amount", fit(table, method), [-1e30, 1e30, 1e300])
    most = 3 if method == "quantile" else 8
    assert np.abs(far).max() <= most
    assert far[1] > 2.9


@every_method
def test_a_missing_number_is_flagged_where_training_had_missing_ones(table, method):
    fitted = fit(table, method)
    assert fitted.missing == ("amount",)
    numeric = fitted.transform(table)["numeric"]
    assert numeric.shape == (ROWS, 4)
    np.testing.assert_array_equal(numeric[:, 3], table["amount"].isna())
    assert np.isfinite(fitted.transform(table.assign(count=np.nan))["numeric"]).all()


def test_a_missing_number_gets_the_middle_of_a_quantile_transform(table):
    assert only("amount", fit(table, "quantile"), [np.nan]).tolist() == [0.0]


def test_categories_are_numbered_from_one_and_the_unknown_is_zero(table):
    fitted = fit(table)
    assert fitted.categories == {"place": ("None", "north", "south")}
    assert fitted.shapes.cardinalities == (4,)
    places = pd.Series(["north", "south", "None", "atlantis", None, np.nan], dtype=object)
    probe = table.iloc[:6].assign(place=places)
    assert fitted.transform(probe)["category"][:, 0].tolist() == [2, 3, 1, 0, 0, 0]


def test_a_category_that_only_test_rows_have_is_unknown(table):
    fitted = fit(table[table["place"] == "north"])
    assert fitted.categories == {"place": ("north",)}
    codes = fitted.transform(table)["category"][:, 0]
    np.testing.assert_array_equal(codes, table["place"] == "north")


@every_method
@pytest.mark.parametrize(
    "values",
    [[np.nan] * 30, [7.0] * 30, [0.1] * 30, [0.0] * 30, [np.nan] * 29 + [5.0]],
    ids=["all missing", "constant", "constant tenth", "zero", "one known"],
)
def test_a_column_that_says_nothing_gives_finite_numbers_of_one_value(table, method, values):
    small = table.iloc[:30].assign(amount=values)
    fitted = fit(small, method)
    numeric = fitted.transform(small)["numeric"]
    assert np.isfinite(numeric).all()
    known = numeric[~np.isnan(values), 0]
    assert len(set(known)) <= 1
    assert np.abs(known).max(initial=0) < 1e-6
    assert np.isfinite(fitted.transform(small.assign(amount=1e6))["numeric"]).all()


@every_method
def test_saving_and_loading_gives_the_identical_transform(table, method):
    fitted = fit(table.iloc[:400], method, scale_target=True)
    loaded = Preprocessing.load(json.dumps(json.loads(fitted.to_json())), fitted.arrays())
    assert loaded.to_json() == fitted.to_json()
    assert loaded.shapes == fitted.shapes
    for a, b in zip(fitted.transform(table).values(), loaded.transform(table).values(), strict=True):
        assert a.tobytes() == b.tobytes()
    values = np.linspace(-1, 1, 5)
    assert loaded.unscale(values).tobytes() == fitted.unscale(values).tobytes()


def test_tables_of_categories_or_numbers_alone_are_transformed(table):
    for columns, shapes in ((COLUMNS[3:], ((ROWS, 0), (ROWS, 1))), (COLUMNS[1:3], ((ROWS, 2), (ROWS, 0)))):
        numeric, category = fit(table, columns=columns).transform(table).values()
        assert (numeric.shape, category.shape) == shapes
        assert (numeric.dtype, category.dtype) == (np.float32, np.int64)


def test_a_scaled_target_comes_back_in_its_own_units(table):
    target = np.random.default_rng(0).normal(50, 7, (ROWS, 1))
    fitted = fit(table, target=target, scale_target=True)
    scaled = fitted.scale(target)
    assert scaled.mean() == pytest.approx(0, abs=1e-9)
    assert scaled.std() == pytest.approx(1)
    np.testing.assert_allclose(fitted.unscale(scaled), target)
    np.testing.assert_allclose(fitted.unscale(np.repeat(scaled, 3, axis=1)), np.repeat(target, 3, axis=1))


def test_a_target_that_is_not_scaled_is_left_alone(table):
    fitted = fit(table, target=np.full((ROWS, 2), 9.0))
    assert (fitted.target_center, fitted.target_scale) == (0.0, 1.0)
    values = np.array([[0.25, 3.0]])
    assert fitted.unscale(values) is values


@pytest.mark.parametrize("answer", [9.0, 0.1])
def test_a_constant_target_keeps_its_scale(table, answer):
    fitted = fit(table, target=np.full((ROWS, 1), answer), scale_target=True)
    assert fitted.target_scale == 1.0


def test_target_encoding_is_the_mean_target_of_a_code_drawn_towards_that_of_all(table):
    north = (table["place"] == "north").to_numpy()
    target = np.random.default_rng(3).normal(5, 2, (ROWS, 1)) + 4 * north[:, None]
    fitted = fit(table, target=target, target_encoding=True)
    numeric = fitted.transform(table)["numeric"]
    without = fit(table, target=target).transform(table)["numeric"]
    assert numeric.shape[1] == without.shape[1] + 1 == fitted.shapes.num_numeric
    expected = (target[north, 0] - target.mean()).sum() / (north.sum() + 20) / target.std()
    np.testing.assert_allclose(numeric[north, -1], expected, rtol=1e-5)
    loaded = Preprocessing.load(fitted.to_json(), fitted.arrays())
    assert loaded.transform(table)["numeric"].tobytes() == numeric.tobytes()
    assert loaded.shapes == fitted.shapes


def test_a_training_rows_rate_does_not_know_its_own_target(table):
    target = np.random.default_rng(3).normal(size=(ROWS, 1))
    fitted = fit(table, target=target, target_encoding=True)
    codes = fitted.transform(table)["category"]
    before = fitted.training_rates(codes, target)
    for row in (0, 17, 101):
        changed = target.copy()
        changed[row] += 100.0
        after = fitted.training_rates(codes, changed)
        spread = np.abs(after - before)
        assert spread[row, -1] < spread[:, -1].max() / 20, "its own rate moves only with the scale of all"


def test_fitted_numbers_leave_in_the_order_that_they_are_read_in(table):
    """safetensors writes memory as it lies: a transposed table would come back with its numbers in other places."""
    transposed = dataclasses.replace(fit(table, "standard"), fitted={"amount": np.arange(6.0).reshape(2, 3).T})
    assert load(save(transposed.arrays()))["amount"].tolist() == [[0, 3], [1, 4], [2, 5]]
