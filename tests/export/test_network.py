"""What is taken home of a network says what the run says: as plain PyTorch, and as ONNX by onnxruntime."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import numpy as np
import onnx
import pandas as pd
import pytest
import torch
from safetensors.numpy import save_file

from core import pipeline
from core.commands.command_line import main
from core.contracts import InputKind
from core.errors import RunError, UserError
from core.export import network_files, normal, plain_code
from core.export.onnx_file import OUTPUTS, onnx_file, run_onnx
from core.export.parity import own_words
from core.export.plain_code import given_of, plain_network
from core.export.subject import Subject
from core.kinds import loss_of
from core.models import MODELS
from core.pipeline.prepare import prepare
from core.protocols import WrittenPlainly
from core.publish.record import presets_of
from core.settings import resolve
from core.settings.use_case import settings_of
from core.store import runs, store_folder
from core.store.runs import RECORDED
from core.training import losses, preprocessing
from core.training.ensemble import Ensemble
from core.training.losses import LOSSES, ShowsPictures
from core.use_cases import all_use_cases, use_case

WRITTEN = [u for u in all_use_cases() if u.industry != "testing" and isinstance(MODELS.get(u.model), WrittenPlainly)]
SHIPPED = [f"{u.slug}-{p.name}" for u in WRITTEN for p in presets_of(u)]
QUICK = [
    f"{name}-quick"
    for name in (
        "healthcare-heart_disease",
        "manufacturing-textile_sorting",
        "retail-product_photos",
        "services-sign_digits",
        "supply_chain-delivery_time",
        "vision-imagine",
    )
]
REST = [pytest.param(name, marks=pytest.mark.long) for name in SHIPPED if name not in QUICK]
CODE, ONNX = 1e-6, 1e-4  # how far apart they may be: of numbers above 1, as a share
TABLES = {"numeric_embedding": "piecewise", "normalisation": "layer"}
TINY = [
    ("tiny_pictures", {"normalisation": "layer", "activation": "gelu"}),
    ("tiny_codes", {"reader": "gru", "summary": "last"}),
    ("tiny_codes", {"reader": "convolution", "summary": "mean"}),
    ("tiny_windows", {}),
    ("tiny_tones", {"activation": "tanh"}),
    ("tiny_words", {"reader": "convolution", "summary": "max"}),
    ("tiny_typed", {"reader": "convolution", "words_hidden": 0.0}),
    ("tiny_typed", {"reader": "gru", "bag": "off", "summary": "both"}),
    ("tiny_digits", {}),
    ("tiny_clusters", {}),
    ("tiny_allocation", {"numeric_transform": "log"}),
    ("tiny_ranking", {"numeric_embedding": "periodic", "activation": "silu"}),
    ("tiny_survival", {"target_encoding": "on", "numeric_transform": "standard"}),
    ("tiny_quantile", {"target_encoding": "on", **TABLES}),
    ("tiny_stock", {}),
]


def shipped(name: str) -> Subject:
    assert (RECORDED / name).is_dir()
    return Subject.load(store_folder(), name)


def untrained(name, given):
    """An ensemble of a tiny use case as training would begin it, its examples, and two networks a fold."""
    what = use_case(f"testing/{name}")
    settings = resolve(settings_of(what), {"device": "cpu", "members": 2, **given})
    examples = pipeline.load_examples(what)
    prepared = prepare(what, examples, what.plan(examples), settings)
    model, loss = MODELS.get(what.model), LOSSES.get(loss_of(what.task))
    networks = prepared.data.networks
    widest = max(prepared.data.shapes, key=lambda shapes: shapes.num_numeric)
    generators = [torch.Generator().manual_seed(k) for k in range(len(networks))]
    params = model.init(widest, loss.num_outputs(what.task), settings, generators)
    ensemble = Ensemble(
        model=model,
        loss=loss,
        settings=settings,
        params={n: p + 0.1 * torch.randn(p.shape, generator=generators[0]) for n, p in params.items()},
        preprocessing=prepared.preprocessing,
        fold_of=[n.fold for n in networks],
    )
    return what, ensemble, examples


@pytest.mark.parametrize("name", [*QUICK, *REST])
def test_a_shipped_network_says_the_same_as_plain_pytorch_and_as_onnx(name, tmp_path):
    subject = shipped(name)
    if not subject.run.has_weights:
        with pytest.raises(RunError, match="weights"):
            network_files.code(subject, tmp_path / "network.py")
        return
    code = network_files.code(subject, tmp_path / "network.py")
    assert code.parity is not None
    assert code.parity.rows >= 50
    assert code.parity.largest <= CODE
    assert code.parity.kept is None or code.parity.kept <= 1e-3  # shipped weights are rounded
    (text,) = (content.decode() for place, content in code.files.items() if place.suffix == ".py")
    assert text.count("\n") < 150
    _nothing_lies_beside_it_that_it_does_not_read(subject, text)
    exported = onnx_file(subject)
    assert exported.parity.largest <= ONNX
    rows = subject.some_tested_rows(1)  # and one row alone
    features, arrays = subject.examples.features.iloc[rows], subject.examples.arrays_of(rows)
    plain = plain_network(subject.use_case, subject.ensemble, run=name)
    given = given_of(subject.ensemble, plain, features, arrays)
    said = run_onnx(exported.content, given)
    assert set(said) == set(OUTPUTS)
    np.testing.assert_allclose(said["each"].mean(0), said["prediction"], rtol=1e-5, atol=1e-6)
    told = {entry.key: entry.value for entry in onnx.load_from_string(exported.content).metadata_props}
    assert json.loads(told["use_case"]) == subject.use_case.name
    if isinstance(subject.ensemble.loss, ShowsPictures):
        assert json.loads(told["outputs"]) == ["picture"]
        assert set(given) == {"noise"}  # nobody has a photo of what is yet to be made
        assert said["prediction"].shape == (1, 28, 28)
        return
    assert json.loads(told["outputs"]) == list(subject.use_case.task.outputs)


def _nothing_lies_beside_it_that_it_does_not_read(subject, text):
    plain = plain_network(subject.use_case, subject.ensemble, run="a run")
    read = set(re.findall(r"self\.(\w+)", text))
    assert {name.replace(".", "_") for name in plain.tensors} <= read


def says_as_it_is_written(what, ensemble, features, arrays, folder):
    plain = plain_network(what, ensemble, run="a run")
    weights = folder / "network.safetensors"
    weights.write_bytes(plain.weights())
    network = plain_code.loaded(plain, str(weights)).Network()
    inputs = given_of(ensemble, plain, features, arrays)
    mean, each = network(**{n: torch.from_numpy(values) for n, values in inputs.items()})
    own = own_words(ensemble, features, arrays)
    assert each.shape == own.shape
    assert np.ptp(own) > 0
    np.testing.assert_allclose(each.detach().double().numpy(), own, rtol=CODE, atol=CODE)
    np.testing.assert_allclose(mean.detach().double().numpy(), own.mean(0), rtol=1e-5, atol=CODE)


@pytest.mark.parametrize(("name", "given"), TINY)
def test_every_architecture_and_preparation_is_written_as_it_predicts(name, given, tmp_path):
    what, ensemble, examples = untrained(name, given)
    rows = np.arange(0, len(examples), max(1, len(examples) // 60))
    features, arrays = examples.features.iloc[rows].copy(), examples.arrays_of(rows)
    for column in features.columns[:1]:  # missing, and never seen
        if features[column].dtype.kind == "f" and column != what.task.relative_to and not what.image:
            features.iloc[0, 0], features.iloc[1, 0], features.iloc[2, 0] = np.nan, 1e9, -1e9
    says_as_it_is_written(what, ensemble, features, arrays, tmp_path)


def test_the_code_stands_alone_with_torch_and_reads_a_table(tmp_path):
    subject = shipped("healthcare-heart_disease-quick")
    for place, content in network_files.code(subject, tmp_path / "mine.py").files.items():
        place.write_bytes(content)
    rows = subject.some_tested_rows(5)
    table = subject.examples.features.iloc[rows]
    table.to_csv(tmp_path / "rows.csv", index=False)
    done = subprocess.run(
        [sys.executable, "-I", "mine.py", "rows.csv"], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    head, *said = done.stdout.split()
    assert head == subject.use_case.task.outputs[0], done.stderr
    own = subject.ensemble.predict(table).mean(0)[:, 0]
    np.testing.assert_allclose([float(each) for each in said], own, atol=CODE)
    imported = {line.split()[1].split(".")[0] for line in (tmp_path / "mine.py").read_text().splitlines()
                if line.startswith(("import ", "from "))}  # fmt: skip
    assert imported - {"torch"} <= set(sys.stdlib_module_names)


def test_the_code_of_a_network_that_makes_pictures_makes_them_of_a_file_of_noise(tmp_path):
    subject = shipped("vision-imagine-quick")
    for place, content in network_files.code(subject, tmp_path / "mine.py").files.items():
        place.write_bytes(content)
    rows = subject.some_tested_rows(3)
    arrays = subject.examples.arrays_of(rows)
    save_file({"noise": np.ascontiguousarray(arrays["noise"])}, tmp_path / "rows.safetensors")
    done = subprocess.run(
        [sys.executable, "-I", "mine.py", "rows.safetensors"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    head, *said = done.stdout.splitlines()
    assert head == "picture", done.stderr
    own = own_words(subject.ensemble, subject.examples.features.iloc[rows], arrays)[0]
    found = np.array([[float(pixel) for pixel in line.split(",")] for line in said])
    np.testing.assert_allclose(found, own.reshape(3, -1), atol=CODE)


def test_the_normal_quantiles_are_those_of_torch():
    share = torch.linspace(0.001, 0.999, 4001, dtype=torch.float64)
    np.testing.assert_allclose(normal.ndtri(share), torch.special.ndtri(share), atol=1e-13)


def test_every_network_of_the_product_says_how_it_is_written():
    """One that does not is refused; a change that made all of them silent would pass above."""
    told = {name for name, model in MODELS.all().items() if isinstance(model, WrittenPlainly)}
    own = [u for u in all_use_cases() if u.industry != "testing"]
    assert {u.model for u in own} <= told
    assert {"autoencoder", "series_network", "sequence_network"} <= told
    assert all(isinstance(LOSSES.get(loss_of(u.task)), losses.WrittenPlainly) for u in own)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("manufacturing/textile_sorting", {"neighbourhood": "1", "activation": "silu"}),
        ("manufacturing/textile_sorting", {"neighbourhood": "3", "bottleneck": "8"}),
        ("services/sign_digits", {"tuned": 0, "dense_layers": 1, "normalisation": "layer"}),
        ("services/sign_digits", {"tuned": 6}),
        ("services/sign_digits", {"start": "scratch", "blocks": 2}),
        ("vision/imagine", {"method": "gan"}),
        ("vision/imagine", {"method": "vae", "latent": "8"}),
    ],
)
def test_networks_for_pictures_are_written_as_they_predict_whatever_is_set(name, given, tmp_path):
    what = use_case(name)
    model, loss = MODELS.get(what.model), LOSSES.get(loss_of(what.task))
    settings = resolve(settings_of(what), {"device": "cpu", "patterns": 4, **given})
    few = np.random.default_rng(3)
    arrays = {
        a.name: few.standard_normal((3, *a.shape)).astype(np.float32) if a.kind is InputKind.NOISE
        else few.integers(0, 256, (3, *a.shape), dtype=np.uint8)
        for a in what.arrays
    }  # fmt: skip
    features = pd.DataFrame(index=range(3))
    fitted = preprocessing.fit((), features, np.zeros((3, 1)), method="standard", scale_target=False,
                               arrays=what.arrays, train_arrays=arrays)  # fmt: skip
    generators = [torch.Generator().manual_seed(k) for k in range(2)]
    params = model.init(fitted.shapes, loss.num_outputs(what.task), settings, generators)
    params = {n: p + 0.02 * torch.randn(p.shape, generator=generators[0]) for n, p in params.items()}
    ensemble = Ensemble(
        model=model, loss=loss, settings=settings, params=params, preprocessing=[fitted], fold_of=[0, 0]
    )
    assert not np.allclose(*own_words(ensemble, features, arrays))
    says_as_it_is_written(what, ensemble, features, arrays, tmp_path)


def test_a_network_that_does_not_say_how_it_is_written_is_refused():
    what, ensemble, _ = untrained("tiny_quantile", {})

    class Silent:
        name = "silent"

    object.__setattr__(ensemble, "model", Silent())
    with pytest.raises(UserError, match="'silent' does not say how it is written"):
        plain_network(what, ensemble, run="a run")


def test_the_command_writes_the_files_and_tells_how_far_apart_they_are(tmp_path, capsys):
    code, network = tmp_path / "network.py", tmp_path / "network.onnx"
    words = ["export", "healthcare-heart_disease-quick", "--onnx", str(network), "--code", str(code), "--json"]
    assert main(words) == 0
    told = json.loads(capsys.readouterr().out)
    assert [entry["file"] for entry in told["code"]["files"]] == [str(code), str(code.with_suffix(".safetensors"))]
    assert told["onnx"]["bytes"] == network.stat().st_size
    assert sorted(tmp_path.iterdir()) == sorted([code, code.with_suffix(".safetensors"), network])
    for kind in ("code", "onnx"):
        assert 0 <= told[kind]["parity"]["largest"] < ONNX
        assert told[kind]["parity"]["rows"] > 50
    assert onnx.load(network).opset_import[0].version == told["onnx"]["opset"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Nothing was asked for"),
        (("--code", "network.txt"), "does not end with .py"),
        (("--code", "/nowhere/network.py"), "could not be written"),
    ],
)
def test_mistakes_are_one_sentence(words, said, capsys):
    assert main(["export", "healthcare-heart_disease-quick", *words]) == 2
    assert said in capsys.readouterr().err


def test_a_run_that_is_not_there_and_a_package_that_is_not_installed_are_one_sentence(monkeypatch, capsys, tmp_path):
    assert main(["export", "nothing", "--onnx", "x.onnx"]) == 2
    assert "No run is called 'nothing'" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    assert main(["export", "healthcare-heart_disease-quick", "--onnx", str(tmp_path / "x.onnx")]) == 2
    assert "onnxruntime is not installed" in capsys.readouterr().err
    assert runs.RECORDED == RECORDED
