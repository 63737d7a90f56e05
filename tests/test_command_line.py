"""`python -m core`: JSON alone on stdout, progress on stderr, and one sentence with exit code 2 for a mistake."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from core.commands import recorder
from core.commands.command_line import main
from core.commands.following import follow
from core.contracts import State
from core.errors import UserError
from core.jobs import Status
from core.jobs.local import LocalJobs
from core.jobs.rules import OWNER
from core.publish import results
from core.publish.record import presets_of, settings_for
from core.store import runs
from core.store.runs import RECORDED
from core.use_cases import use_case as use_case_named
from tests.processes import end_processes_of

CODE = Path(__file__).parents[1]
NAME = "testing/tiny_quantile"
TRAINED = "testing/tiny_survival"  # its only baseline costs nothing


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Iterator[Path]:
    """A store for this module; the processes that commands start for it are ended with it."""
    store = tmp_path_factory.mktemp("command line") / "store"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROVING_GROUND_STORE", str(store))
        patch.setattr(runs, "RECORDED", store / "recorded")
        yield store
    end_processes_of(store)


@pytest.fixture
def empty_store(tmp_path, monkeypatch) -> Path:
    """A store in which nothing has happened and nobody may start a supervisor."""
    monkeypatch.setenv("PROVING_GROUND_STORE", str(tmp_path / "store"))
    monkeypatch.setattr(runs, "RECORDED", tmp_path / "recorded")
    monkeypatch.setattr(LocalJobs, "wake", lambda self: None)
    return tmp_path / "store"


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "core", *words]


@pytest.fixture(scope="module")
def trained(store):
    """What one training printed: the parsed stdout, and stderr."""
    words = command("train", TRAINED, "--set", "num_epochs=4", "--seed", "5", "--device", "cpu", "--json")
    done = subprocess.run(words, cwd=CODE, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), done.stderr


def refused(capsys, *words: str) -> str:
    """The one sentence on stderr of a command that must fail with 2 and an empty stdout."""
    assert main(words) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.endswith(".\n")
    assert told.err.count("\n") == 1
    assert "Traceback" not in told.err
    return told.err


def test_training_prints_exactly_one_object_with_everything_a_script_needs(trained):
    result, _ = trained
    assert {"run", "use_case", "state", "headline", "baselines", "value", "device", "train_s", "samples_per_s"} <= set(
        result
    )
    assert (result["use_case"], result["state"], result["value"]) == (TRAINED, "finished", None)
    head = result["headline"]
    assert {"metric", "mean", "low", "high", "members"} <= set(head)
    assert (head["metric"], head["members"]) == ("concordance", 2)
    assert head["low"] <= head["mean"] <= head["high"]
    assert {"name", "value"} <= set(result["baselines"][0])
    assert [baseline["name"] for baseline in result["baselines"]] == ["constant"]
    assert all(isinstance(baseline["value"], float) for baseline in result["baselines"])
    assert result["device"].startswith("cpu")
    assert result["train_s"] > 0
    assert result["samples_per_s"] > 0
    assert (result["settings"]["num_epochs"], result["settings"]["seed"]) == (4, 5)


def test_training_tells_its_progress_on_stderr_epoch_by_epoch(trained):
    result, told = trained
    lines = told.splitlines()
    assert lines[0] == f"run {result['run']}"
    assert [line.split(":")[0] for line in lines if line.startswith("epoch")] == [f"epoch {n}/4" for n in (1, 2, 3, 4)]
    for phase in ("data ...", "training ...", "baselines ...", "evaluation ..."):
        assert phase in lines


def test_show_and_runs_tell_the_same_numbers_as_the_training_did(trained, store, capsys):
    result, _ = trained
    assert main(["show", result["run"], "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["run"], shown["state"], shown["reason"]) == (result["run"], "finished", "Finished.")
    assert shown["report"]["headline"] == result["headline"]
    assert shown["config"]["settings"] == result["settings"]
    assert sum(event["event"] == "epoch" for event in shown["progress"]) == 4
    assert main(["runs", TRAINED, "--json"]) == 0
    rows = {row["run"]: row for row in json.loads(capsys.readouterr().out)}
    row = rows[result["run"]]
    assert (row["state"], row["use_case"], row["recorded"], row["headline"]) == (
        "finished",
        TRAINED,
        False,
        result["headline"],
    )


def test_the_worker_puts_estimate_and_truth_into_the_report_and_learns(trained, store, capsys):
    result, _ = trained
    assert main(["show", result["run"], "--json"]) == 0
    report = json.loads(capsys.readouterr().out)["report"]
    assert report["estimate"]["time_s"]["actual"] == report["train_s"]
    assert report["estimate"]["energy"] == report["energy"]["label"]
    assert report["shape"]["folds"] == report["rows"]["folds"]
    assert main(["calibrate", "--show", "--json"]) == 0
    known = json.loads(capsys.readouterr().out)
    assert known["own"] is False, "tests measure no machine"
    assert known["devices"]["cpu"]["time"][TRAINED]["runs"] >= 1
    assert main(["calibrate", "--show"]) == 0
    assert TRAINED in capsys.readouterr().out


def test_people_are_shown_the_headline_beside_every_baseline(trained, store, capsys):
    result, _ = trained
    assert main(["show", result["run"]]) == 0
    told = capsys.readouterr().out
    assert f"{result['run']}: finished." in told
    head = result["headline"]
    assert f"concordance {head['ensemble']['mean']:.4f} (" in told, "the score that pages show comes first"
    assert f"single networks: mean {head['mean']:.4f} (" in told
    for baseline in result["baselines"]:
        assert f"{baseline['title']} {baseline['value']:.4f}" in told
    assert main(["runs"]) == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith(result["run"])]
    assert line.split()[2] == f"{head['ensemble']['mean']:.3f}"


def test_a_list_of_runs_has_the_scores_of_the_pages(empty_store, monkeypatch, capsys):
    monkeypatch.setattr(runs, "RECORDED", RECORDED)
    assert main(["runs", "supply_chain/delivery_time"]) == 0
    told = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert "1 min 22 s" in told["supply_chain-delivery_time-recommended"].replace("\u00a0", " ")
    assert main(["show", "supply_chain-delivery_time-recommended"]) == 0
    first = capsys.readouterr().out.splitlines()[1].replace("\u00a0", " ")
    assert first.startswith("mean_absolute_error 1 min 22.")


def heed_interrupts() -> None:
    """In the child: a shell starts what runs in the background with interrupts ignored, and children inherit that."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def test_an_interrupt_from_the_keyboard_stops_the_run_and_its_report_still_comes(trained, store):
    endless = ["--set", "num_epochs=1000", "--set", "patience=1000", "--set", "batch_size=16"]
    words = command("train", TRAINED, *endless, "--json")
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    running = subprocess.Popen(words, cwd=CODE, preexec_fn=heed_interrupts, **pipes)
    assert running.stderr is not None
    for line in running.stderr:
        if line.startswith("epoch"):
            break
    running.send_signal(signal.SIGINT)
    out, told = running.communicate(timeout=60)
    assert running.returncode == 0
    assert "best weights are kept" in told
    assert json.loads(out)["state"] == "stopped"


def test_a_run_that_fails_ends_the_command_with_its_sentence_and_2(trained, store):
    device = "cuda" if sys.platform == "darwin" else "mps"
    done = subprocess.run(
        command("train", NAME, "--device", device, "--json"), cwd=CODE, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (2, "")
    last = done.stderr.splitlines()[-1]
    assert last.startswith(f"Training needs a device that this machine has; '{device}' is not here.")


def test_a_list_has_every_use_case_with_what_a_menu_needs(empty_store, capsys):
    assert main(["list", "--json"]) == 0
    rows = {row["use_case"]: row for row in json.loads(capsys.readouterr().out)}
    assert {"retail/coupon_response", "testing/tiny_quantile", "testing/tiny_survival"} <= set(rows)
    for row in rows.values():
        assert {"use_case", "industry", "title", "kind", "headline_metric", "higher_is_better"} <= set(row)
    assert rows[NAME]["industry"] == "testing"
    assert (rows[NAME]["kind"], rows[NAME]["headline_metric"]) == ("quantile", "pinball_loss")
    assert rows[NAME]["higher_is_better"] is False
    assert rows["testing/tiny_survival"]["higher_is_better"] is True
    assert main(["list"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(rows)
    assert not empty_store.exists()


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (["train", "testing/tiny_quantil"], ["No use case", "Did you mean 'testing/tiny_quantile'"]),
        (["runs", "testing/tiny_quantil"], ["No use case", "Did you mean 'testing/tiny_quantile'"]),
        (["train", NAME, "--set", "learning_rte=0.1"], ["No setting", "Did you mean 'learning_rate'"]),
        (["train", NAME, "--set", "num_epochs=0"], ["num_epochs must lie between 1 and", "nearest allowed value is 1"]),
        (["train", NAME, "--set", "learning_rate=7"], ["learning_rate must lie between", "nearest allowed value is 1"]),
        (["train", NAME, "--set", "learning_rate=nan"], ["learning_rate must lie between", "nearest allowed value"]),
        (["train", NAME, "--set", "num_epochs=2.5"], ["whole number", "2.5"]),
        (["train", NAME, "--set", "num_epochs=many"], ["'many' is not a number", "default is 30"]),
        (["train", NAME, "--set", "category_rates=maybe"], ["choice of target_encoding", "maybe"]),
        (["train", NAME, "--set", "optimiser=adan"], ["adan", "Did you mean 'adam'"]),
        (["train", NAME, "--device", "cudo"], ["cudo", "Did you mean 'cuda'"]),
        (["train", NAME, "--seed", "-1"], ["seed must lie between 0", "nearest allowed value is 0"]),
        (["train", NAME, "--set", "num_epochs"], ["NAME=VALUE", "'num_epochs'", "Example"]),
        (["train", NAME, "--set"], ["--set", "--help"]),
        (["train"], ["use_case", "--help"]),
        (["show", "20260101-000000-nothing"], ["No run is called '20260101-000000-nothing'", "none yet"]),
        (["show", ".."], ["No run is called"]),
        (["lst"], ["lst", "list", "--help"]),
        (["list", "--jsn"], ["--jsn", "--help"]),
        ([], ["required", "--help"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_mistake_is_answered_with_one_sentence_and_no_run(empty_store, capsys, words, parts):
    told = refused(capsys, *words)
    for part in parts:
        assert part in told
    assert not (empty_store / "runs").exists()


def test_a_mistake_ends_the_process_with_2_and_keeps_stdout_empty(tmp_path):
    done = subprocess.run(
        command("train", "testing/tiny_quantil", "--json"),
        cwd=CODE,
        env={**os.environ, "PROVING_GROUND_STORE": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("No use case named 'testing/tiny_quantil'. Did you mean 'testing/tiny_quantile'?")


@pytest.mark.parametrize("words", [["runs"], ["runs", "--json"], ["train", NAME, "--json"]], ids=" ".join)
def test_a_store_that_is_a_file_is_answered_with_what_to_set_and_left_as_it_is(empty_store, capsys, words):
    empty_store.write_text("mine")
    told = refused(capsys, *words)
    assert str(empty_store) in told
    assert "Set PROVING_GROUND_STORE to another folder" in told
    assert empty_store.read_text() == "mine"


def test_runs_of_an_empty_store_are_an_empty_list(empty_store, capsys):
    assert main(["runs", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_a_damaged_folder_is_listed_with_its_sentence_and_shown_as_an_error(empty_store, capsys):
    jobs, tiny = LocalJobs(empty_store), use_case_named(NAME)
    good, bad = (jobs.submit(tiny, {}, visitor="me") for _ in range(2))
    jobs.stop(good, visitor=OWNER)
    (bad.folder / "config.json").write_text('{"schema": 1, "ru')
    assert main(["runs", "--json"]) == 0
    rows = {row["run"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows[good.id]["state"] == State.CANCELLED.value
    assert rows[bad.id]["state"] == "damaged"
    assert "is damaged" in rows[bad.id]["reason"]
    assert rows[bad.id]["headline"] is None
    assert main(["runs"]) == 0
    assert any(line.startswith(bad.id) and "damaged" in line for line in capsys.readouterr().out.splitlines())
    assert "is damaged" in refused(capsys, "show", bad.id)


def test_a_run_without_a_report_can_be_shown(empty_store, capsys):
    jobs = LocalJobs(empty_store)
    run = jobs.submit(use_case_named(NAME), {}, visitor="me")
    assert main(["show", run.id, "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["state"], shown["report"], shown["progress"]) == ("waiting", None, [])
    jobs.stop(run, visitor=OWNER)
    assert main(["show", run.id]) == 0
    assert "cancelled. Cancelled while it waited" in capsys.readouterr().out


def test_the_queue_is_shown_and_a_run_is_paused_resumed_and_cancelled_from_the_command_line(empty_store, capsys):
    jobs, use_case = LocalJobs(empty_store), use_case_named(NAME)
    first, second = (jobs.submit(use_case, {"seed": seed}, visitor="me") for seed in (1, 2))
    assert jobs.queue.take() == first.id

    def told(*words: str):
        assert main([*words, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    rows = told("queue")
    assert [(r["run"], r["state"], r["before"], r["visitor"]) for r in rows] == [
        (first.id, "running", 0, "me"),
        (second.id, "waiting", 1, "me"),
    ]
    assert told("pause", second.id) == {
        "run": second.id,
        "state": "paused",
        "before": 0,
        "wait_s": None,
        "reason": "",
        "asked": "",
    }
    assert [r["state"] for r in told("queue")] == ["running", "paused"]
    assert told("resume", second.id)["state"] == "waiting"
    assert told("pause", first.id)["asked"] == "pause"  # until its worker has left off
    assert told("stop", second.id)["state"] == "cancelled"
    assert main(["queue"]) == 0
    assert capsys.readouterr().out.startswith(f"{first.id} ")
    assert "No run is called 'nobody'" in refused(capsys, "pause", "nobody")


def test_what_tells_a_person_nothing_new_is_not_printed(capsys):
    told = [
        {"event": "phase", "phase": "training"},
        {"event": "network", "layers": {}},
        {"event": "batch", "epoch": 1, "share": 0.5, "elapsed_s": 1.0, "samples_per_s": 10.0},
        {"event": "epoch", "epoch": 1, "num_epochs": 1, "samples_per_s": 10.0}
        | dict.fromkeys(("train_loss", "validation_loss", "validation_score"), 0.5),
        {"event": "columns", "alone": [], "num_columns": 3},
        {"event": "baseline", "name": "constant", "title": "Constant"},
        {"event": "notice", "text": "A sentence."},
    ]
    jobs = SimpleNamespace(status=lambda run: Status(state=State.FINISHED), wake=lambda: None)
    assert follow(jobs, SimpleNamespace(progress=lambda: told, use_case="retail/churn")) is State.FINISHED
    lines = [line.split(":")[0] for line in capsys.readouterr().err.splitlines()]
    assert lines == ["training ...", "epoch 1/1", "Constant ...", "A sentence."]


def test_a_preset_that_is_none_is_refused_before_anything_is_trained(empty_store, capsys):
    for words, told in (
        (["retail/churn", "--preset", "memorise", "nothing"], "'nothing' is none"),
        (["retail/churn", "healthcare/heart_disease", "--preset", "demographics"], "'demographics' is none"),
        (["--preset", "nothing"], "No use case has a preset 'nothing'"),
        (["--preset", "quick", "recomended"], "No use case has a preset 'recomended'"),
    ):
        assert main(["record", *words]) == 2
        assert told in capsys.readouterr().err
    assert not runs.list_runs(empty_store)


def test_a_recording_goes_on_with_what_is_trained_already(monkeypatch, capsys):
    """A run of the same settings, data and code is kept as it is; anything else is trained."""
    use_case = use_case_named("retail/coupon_response")
    preset = presets_of(use_case)[1]
    made, submitted = SimpleNamespace(id="made before"), []

    def submit(use_case, settings, **more):
        submitted.append(settings)
        raise UserError("Trained.")

    asked = []
    monkeypatch.setattr(results, "finished", lambda store, use_case, settings: asked.append(settings) or made)
    assert recorder.trained(SimpleNamespace(submit=submit), use_case, preset) is made
    assert asked == [settings_for(use_case, preset)]
    assert f"made before, preset {preset.name}: trained already" in capsys.readouterr().err
    monkeypatch.setattr(results, "finished", lambda store, use_case, settings: None)
    with pytest.raises(UserError, match="Trained"):
        recorder.trained(SimpleNamespace(submit=submit), use_case, preset)
    assert submitted == asked
