"""Images, tokens, series and waveforms beside a table, declared from outside: all the way to a report and back."""

import dataclasses

import numpy as np
import pytest
import torch

from core import pipeline
from core.answering.answers import what_if
from core.checks import examples_check
from core.contracts import ArrayInput, InputKind, Series
from core.errors import UserError
from core.models import MODELS
from core.pipeline.prepare import prepare
from core.settings import resolve
from core.settings.use_case import settings_of
from core.store.caches import examples_loader
from core.training import loop
from core.training.batches import Rows
from core.training.losses import LOSSES
from core.training.preprocessing import Preprocessing
from core.use_cases import use_case

NAMES = ("tiny_pictures", "tiny_codes", "tiny_windows", "tiny_tones")
CPU = torch.device("cpu")


def ready(name, **given):
    """The use case, its examples, settings, and what its networks are given."""
    what = use_case(f"testing/{name}")
    examples, settings = pipeline.load_examples(what), resolve(settings_of(what), {"device": "cpu", **given})
    return what, examples, settings, prepare(what, examples, what.plan(examples), settings)


@pytest.fixture(scope="module")
def outcomes():
    return {n: pipeline.run(use_case(f"testing/{n}"), {"device": "cpu"}, progress=lambda e: None) for n in NAMES}


def test_each_is_learned_far_better_than_what_the_table_alone_tells(outcomes):
    means = {name: outcome.report["headline"]["mean"] for name, outcome in outcomes.items()}
    assert means["tiny_pictures"] > 0.9
    assert means["tiny_codes"] > 0.9
    assert means["tiny_tones"] > 0.9
    naive = {b["name"]: b["value"] for b in outcomes["tiny_windows"].report["baselines"]}
    assert means["tiny_windows"] < 0.5 * min(naive.values())


@pytest.mark.parametrize("name", NAMES)
def test_what_is_saved_predicts_the_same_and_what_if_reads_the_row_s_own_array(outcomes, name):
    ensemble, what = outcomes[name].ensemble, use_case(f"testing/{name}")
    examples = pipeline.load_examples(what)
    read = [Preprocessing.load(p.to_json(), p.arrays()) for p in ensemble.preprocessing]
    assert [p.shapes for p in read] == [p.shapes for p in ensemble.preprocessing]
    rows = np.arange(20)
    features, arrays = examples.features.iloc[rows], examples.arrays_of(rows)
    again = dataclasses.replace(ensemble, preprocessing=read).predict(features, arrays=arrays)
    np.testing.assert_array_equal(again, ensemble.predict(features, arrays=arrays))
    column = what.columns[0].name
    for row in (3, 4):
        asked = {column: float(features[column].iloc[row])}
        answer = what_if(what, examples, ensemble, asked, column, row=row)
        np.testing.assert_allclose(answer["mean"], again[:, row].mean(0), rtol=1e-4, atol=1e-5)
        assert np.ptp(answer["curve"]["mean"]) > 0  # the table's columns are read beside
    with pytest.raises(UserError, match="beside the table. Ask about a row"):
        what_if(what, examples, ensemble, asked, None)


@pytest.mark.parametrize("name", NAMES)
def test_a_batch_reads_what_preprocessing_makes_of_the_rows(name):
    what, examples, _, prepared = ready(name, members=2)
    rows = Rows(prepared.data, CPU)
    assert rows.tensors[what.arrays[0].name].dtype == torch.from_numpy(examples.arrays[what.arrays[0].name]).dtype or (
        what.arrays[0].kind is InputKind.TOKENS
    )
    index, _weight = rows.padded([network.train[:30] for network in prepared.data.networks])
    inputs, _target = rows.read(index)
    fitted = prepared.preprocessing[0]
    expected = fitted.transform_arrays(examples.arrays_of(prepared.data.networks[0].train[:30]))[what.arrays[0].name]
    np.testing.assert_allclose(inputs[what.arrays[0].name][1].numpy(), expected, rtol=1e-5, atol=1e-5)
    if what.arrays[0].kind is not InputKind.TOKENS:
        train = fitted.transform_arrays(examples.arrays_of(what.plan(examples).folds[0].train))[what.arrays[0].name]
        assert abs(train.mean()) < 1e-3
        assert train.std() == pytest.approx(1, abs=0.05)


def test_arrays_are_scaled_on_training_rows_alone_and_lie_in_memory_once():
    what, examples, settings, prepared = ready("tiny_tones")
    folds = what.plan(examples).folds
    louder = examples.arrays["sound"].copy()
    louder[folds[0].test] = 30_000
    changed = dataclasses.replace(examples, arrays={"sound": louder})
    plan = dataclasses.replace(what.plan(examples), folds=folds * 3)
    again = prepare(what, changed, plan, settings)
    np.testing.assert_array_equal(again.preprocessing[0].scales["sound"], prepared.preprocessing[0].scales["sound"])
    assert again.data.tensors["sound"].shape == (1, *louder.shape)
    assert again.data.tensors["numeric"].shape[0] == 3


@pytest.mark.parametrize("name", NAMES)
def test_networks_together_are_each_the_network_alone(name):
    what, _, settings, prepared = ready(name, members=3, num_epochs=2, dropout=0.2)
    score = pipeline.headline_of(what, prepared)

    def train(networks):
        return loop.train(
            MODELS.get(what.model),
            LOSSES.get(what.task.loss),
            what.task,
            dataclasses.replace(prepared.data, networks=networks),
            [settings] * len(networks),
            score=score,
            progress=lambda event: None,
            stop_requested=lambda: False,
            device=CPU,
        )

    together, alone = train(prepared.data.networks), train([prepared.data.networks[1]])
    for parameter, value in alone.params.items():
        torch.testing.assert_close(value[0], together.params[parameter][1], rtol=1e-4, atol=1e-5)
        assert not torch.equal(together.params[parameter][0], together.params[parameter][1])


@pytest.mark.parametrize("name", ["tiny_windows", "tiny_tones"])
def test_the_network_for_series_has_the_gradients_of_torch_s_own_convolutions(name):
    """One block, pooling and a head without hidden layers, through torch.nn, for each network."""
    _, _, settings, prepared = ready(name, members=2, blocks=1, dense_layers=0, activation="tanh")
    model, rows = MODELS.get("series_network"), Rows(prepared.data, CPU)
    generators = [torch.Generator().manual_seed(k) for k in range(2)]
    params = model.init(prepared.data.shapes[0], 2, settings, generators)
    leaves = {n: v.clone().requires_grad_() for n, v in params.items()}
    index, _weight = rows.padded([network.train[:9] for network in prepared.data.networks])
    inputs, _target = rows.read(index)
    model.forward(leaves, inputs, settings).square().sum().backward()
    series = next(t for n, t in inputs.items() if n not in ("numeric", "category"))
    for k in range(2):
        own = {n: v[k].clone().requires_grad_() for n, v in params.items()}
        x = series[k].reshape(9, series.shape[2], -1).transpose(1, 2)
        kernel = own["block.0.weight"]
        z = torch.nn.functional.conv1d(x, kernel, own["block.0.bias"], padding=kernel.shape[2] // 2)
        pooled = torch.nn.functional.avg_pool1d(torch.tanh(z), 2, ceil_mode=True)
        found = torch.cat([pooled.mean(2), pooled[..., -1], inputs["numeric"][k]], dim=1)
        (found @ own["output.weight"] + own["output.bias"]).square().sum().backward()
        for n, value in own.items():
            assert value.grad.abs().max() > 0
            torch.testing.assert_close(leaves[n].grad[k], value.grad, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(("name", "types"), [("tiny_codes", ("<u2", ">i4", "u1")), ("tiny_pictures", ("<u2", ">f4"))])
def test_arrays_of_other_integer_types_and_byte_orders_are_read_alike(name, types):
    what, examples, settings, prepared = ready(name)
    (array,) = what.arrays
    index = torch.arange(6)[None].repeat(len(prepared.data.networks), 1)

    def raw(data):
        (read, _), model = Rows(data, CPU).read(index), MODELS.get(what.model)
        generators = [torch.Generator().manual_seed(0) for _ in data.networks]
        return model.forward(model.init(data.shapes[0], len(what.task.outputs), settings, generators), read, settings)

    expected = raw(prepared.data)
    for of in types:
        same = dataclasses.replace(examples, arrays={array.name: examples.arrays[array.name].astype(of)})
        checked = examples_check.checked(what, same)
        assert torch.equal(raw(prepare(what, checked, what.plan(checked), settings).data), expected), of


def test_an_array_that_nobody_may_write_is_learned_from_too():
    """As `np.frombuffer` makes them: torch warns of such memory, and here a warning is an error."""
    what, examples, settings, prepared = ready("tiny_pictures")
    (array,) = what.arrays
    kept = np.frombuffer(np.ascontiguousarray(examples.arrays[array.name]).tobytes(), examples.arrays[array.name].dtype)
    same = dataclasses.replace(examples, arrays={array.name: kept.reshape(examples.arrays[array.name].shape)})
    checked = examples_check.checked(what, same)
    assert not checked.arrays[array.name].flags.writeable, "else nothing is tested"
    found = prepare(what, checked, what.plan(checked), settings).data
    assert torch.equal(found.tensors[array.name], prepared.data.tensors[array.name])


def test_large_arrays_are_predicted_in_parts_that_fit_into_memory(outcomes, monkeypatch):
    from core.training import ensemble as module

    found, what = outcomes["tiny_pictures"].ensemble, use_case("testing/tiny_pictures")
    examples, asked = pipeline.load_examples(what), []
    expected = found.predict(examples.features, arrays=examples.arrays)
    scaled = Preprocessing.scaled

    def counted(self, read):
        asked.append(len(read["picture"]))
        return scaled(self, read)

    monkeypatch.setattr(Preprocessing, "scaled", counted)
    monkeypatch.setattr(module, "_CHUNK_NUMBERS", 500 * 8 * 7)
    np.testing.assert_allclose(found.predict(examples.features, arrays=examples.arrays), expected, rtol=1e-5)
    assert max(asked) == 500
    assert sum(asked) == len(examples)


def test_a_window_ends_at_the_origin_and_has_gaps_before_the_history_begins():
    series = Series(
        values=np.arange(10.0).reshape(2, 5),
        which=np.array([0, 1]),
        origin=np.array([1, 3]),
        horizon=np.array([1, 1]),
        period=2,
    )
    np.testing.assert_array_equal(series.windows(3)[..., 0], [[np.nan, 0, 1], [6, 7, 8]])


def test_examples_with_arrays_come_back_from_the_cache_as_they_were(tmp_path):
    what = use_case("testing/tiny_pictures")
    load = examples_loader(tmp_path, pipeline.load_examples)
    kept, built = load(what), pipeline.load_examples(what)
    assert kept.arrays["picture"].dtype == np.uint8
    np.testing.assert_array_equal(kept.arrays["picture"], built.arrays["picture"])


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("tiny_pictures", lambda a: a[:, :, :, 0], "of shape .1797, 8, 7, 1.; the examples hold uint8 .1797, 8, 7."),
        ("tiny_pictures", lambda a: a.tolist(), "hold list"),
        ("tiny_pictures", lambda a: np.where(a > 15, np.nan, a), "'picture' holds others"),
        ("tiny_codes", lambda a: a + 1, "from 0, no token, to 4"),
        ("tiny_codes", lambda a: a.astype(float), "Tokens are whole numbers"),
        ("tiny_windows", lambda a: np.where(a > 1, np.inf, a), "a series alone may have gaps; 'window'"),
        ("tiny_tones", lambda a: a[:-1], "'sound' is a NumPy array"),
    ],
)
def test_an_array_that_is_not_as_declared_is_refused(name, change, words):
    what = use_case(f"testing/{name}")
    examples = pipeline.load_examples(what)
    key = what.arrays[0].name
    with pytest.raises(UserError, match=words):
        examples_check.checked(what, dataclasses.replace(examples, arrays={key: change(examples.arrays[key])}))


def test_declarations_that_cannot_be_meant_are_refused():
    for wrong in (
        {"name": "x", "kind": InputKind.IMAGE, "shape": (8, 8)},
        {"name": "x", "kind": InputKind.TOKENS, "shape": (8,)},
        {"name": "x", "kind": InputKind.WAVEFORM, "shape": (8,), "vocabulary": ("a",)},
        {"name": "numeric", "kind": InputKind.WAVEFORM, "shape": (8,)},
    ):
        with pytest.raises(UserError):
            ArrayInput(**wrong)
    what = use_case("testing/tiny_pictures")
    with pytest.raises(UserError, match="name each array once"):
        dataclasses.replace(what, arrays=what.arrays * 2)
    with pytest.raises(UserError, match="network for tables reads columns alone; 'picture' is declared"):
        pipeline.run(
            dataclasses.replace(what, model="table_network", settings={}), {"device": "cpu"}, progress=lambda e: None
        )
