"""A run as a service, in a process of its own: what it says is what the run says, and nothing that is asked ends it."""

import base64
import hashlib
import io
import json
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from core import pipeline
from core.commands.command_line import main
from core.serving.body import Asked
from core.serving.service import Service
from core.store import runs, store_folder
from core.store.caches import examples_loader
from core.store.ensembles import load_ensemble
from core.use_cases import use_case

ROOT = Path(__file__).parents[2]
RUN = "healthcare-heart_disease-recommended"
HEART = use_case("healthcare/heart_disease")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    command = [sys.executable, "-m", "core", "serve", RUN, "--port", "0", "--json"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as served:
        assert served.stdout
        told = json.loads("".join(iter(served.stdout.readline, "}\n")) + "}")
        assert told["run"] == RUN
        yield told["address"]
        served.send_signal(signal.SIGINT)
        _out, errors = served.communicate(timeout=30)
        assert served.returncode == 0
        assert "Traceback" not in errors


def asked(url: str, body: bytes | None = None, method: str | None = None) -> tuple[int, Any]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, method=method), timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_it_says_what_the_run_s_networks_say(address: str) -> None:
    run = runs.load_run(store_folder(), RUN)
    examples = examples_loader(store_folder(), pipeline.load_examples)(HEART)
    table = examples.features.iloc[:40]
    rows = [{k: None if v != v or v is None else v for k, v in row.items()} for row in table.to_dict("records")]
    status, told = asked(f"{address}/predict", json.dumps({"rows": rows}).encode())
    assert status == 200
    said = np.array([[*one["outputs"].values()] for one in told["predictions"]])
    truth = load_ensemble(run, HEART).predict(table)
    np.testing.assert_allclose(said, truth.mean(0), atol=1e-6)
    level = run.report()["value"]["decision"]
    for one, of_networks in zip(told["predictions"], truth[:, :, -1].T, strict=True):
        shown = one["prediction"]
        assert (shown["low"], shown["high"]) == pytest.approx((of_networks.min(), of_networks.max()), abs=1e-6)
        assert one["decision"]["acts"] == (shown["value"] >= level)


def test_it_tells_its_version_and_what_it_reads(address: str) -> None:
    status, version = asked(f"{address}/version")
    assert (status, version["run"], version["use_case"]) == (200, RUN, HEART.name)
    run = runs.load_run(store_folder(), RUN)
    assert version["weights_sha256"] == hashlib.sha256(run.content("model.safetensors")).hexdigest()
    status, schema = asked(f"{address}/schema")
    assert [f["name"] for f in schema["features"]] == [c.name for c in HEART.columns]
    assert asked(f"{address}/predict", json.dumps(schema["example"]).encode())[0] == 200
    assert asked(f"{address}/health")[1]["status"] == "ok"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/predict", b"no", 422),
        ("/predict", b'{"rows": [{"nobody": 1}]}', 422),
        ("/predict", b" " * 17_000_000, 413),
        ("/predict", None, 405),
        ("/health", b"{}", 405),
        ("/elsewhere", None, 404),
    ],
)
def test_what_it_cannot_answer_is_a_sentence(address: str, path: str, body: bytes | None, status: int) -> None:
    found, told = asked(f"{address}{path}", body)
    assert found == status
    assert set(told) == {"error"}
    assert told["error"].endswith(".")


def test_many_clients_each_get_their_own_answer_and_rows_that_moved_are_counted(address: str) -> None:
    age = next(c.name for c in HEART.columns if c.name == "age")
    before = asked(f"{address}/drift")[1]["rows"]
    found: dict[int, float] = {}

    def ask(place: int) -> None:
        body = json.dumps({"rows": [{age: 20 + place}] * 10}).encode()
        values = [one["prediction"]["value"] for one in asked(f"{address}/predict", body)[1]["predictions"]]
        assert max(values) - min(values) < 1e-6
        found[place] = values[0]

    threads = [threading.Thread(target=ask, args=(place,)) for place in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    alone = asked(f"{address}/predict", json.dumps({"rows": [{age: 49}]}).encode())[1]["predictions"][0]
    assert len(found) == 30
    assert found[29] == pytest.approx(alone["prediction"]["value"], abs=1e-6)
    assert len({round(value, 4) for value in found.values()}) > 20, "each its own"
    told = asked(f"{address}/drift")[1]
    assert told["rows"] == before + 301
    by_name = {one["name"]: one for one in told["features"]}
    assert by_name[age]["shift"] in ("moderate", "large")
    assert all(one["missing"] > 0.5 for name, one in by_name.items() if name != age)


def test_a_port_that_is_taken_and_a_run_that_is_none_are_sentences(address: str, capsys) -> None:
    assert main(["serve", RUN, "--port", address.rpartition(":")[2]]) == 2
    assert "Choose another with --port." in capsys.readouterr().err
    assert main(["serve", "nobody"]) == 2
    assert "No run is called 'nobody'" in capsys.readouterr().err
    assert main(["serve", RUN, "--port", "70000"]) == 2
    assert "A port is 0 to 65535" in capsys.readouterr().err


@pytest.mark.long
@pytest.mark.parametrize("run", [r.id for r in runs.list_runs(store_folder()) if r.recorded and "recommended" in r.id])
def test_every_shipped_use_case_is_served(run: str) -> None:
    loaded = runs.load_run(store_folder(), run)
    service = Service(loaded, store_folder())
    example = service.schema()["example"]
    if example is None:  # a film, a photo, a voice: two held-out ones, as they are
        examples = examples_loader(store_folder(), pipeline.load_examples)(service.use_case)
        one = Asked(rows=[{}, {}], features={}, arrays=examples.arrays_of(np.array([0, 1])))
    else:
        one = service.read(json.dumps({"rows": example["rows"] * 2}).encode())
    (told,) = service.answer([one])
    assert len(told["predictions"]) == 2
    assert service.drift.told()["rows"] == 2


@pytest.mark.long
def test_a_slide_is_answered_with_boxes_and_a_film_with_a_chance() -> None:
    slides = Service(runs.load_run(store_folder(), "healthcare-blood_cells-recommended"), store_folder())
    examples = examples_loader(store_folder(), pipeline.load_examples)(slides.use_case)
    slide = np.repeat(np.repeat(examples.arrays["slide"][3], 2, axis=0), 2, axis=1)
    out = io.BytesIO()
    Image.fromarray(slide).save(out, "PNG")
    body = json.dumps({"rows": [{"slide": base64.b64encode(out.getvalue()).decode()}]}).encode()
    (told,) = slides.answer([slides.read(body)])
    (one,) = told["predictions"]
    assert next(n for name, n in one["counts"].items() if "red" in name) >= 1
    assert sum(one["counts"].values()) == len(one["boxes"])
    assert all(0 <= box["left"] < box["right"] <= 1 for box in one["boxes"])
