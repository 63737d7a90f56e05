"""The feed of the trainings: what it tells of a run, to whom, how often, and what it tells nobody."""

from __future__ import annotations

import asyncio
import json
import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.applications import Starlette

from core.contracts import State
from core.diagnosis.ending import training_words
from core.errors import UserError
from core.jobs import Status
from core.jobs.local import LocalJobs
from core.store import run_folders, runs, store_folder
from core.store.runs import RECORDED, Run
from core.use_cases import use_case
from pages.components import feed, live_run
from pages.components.feed import Asked, Followers, UnknownRun
from pages.components.live_queue import LiveQueue
from pages.components.live_run import MOST_EPOCHS, _standing

NUMBER, VALIDATION_LOSS = 0, 2  # where they lie in an epoch, as live_chart.js reads it
SHIPPED = "retail-coupon_response-recommended"


def epoch(number: int, **other: Any) -> dict[str, Any]:
    return {
        "event": "epoch",
        "epoch": number,
        "num_epochs": 2000,
        "train_loss": 1 / number,
        "validation_loss": None if number == 3 else 2 / number,
        "train_score": 0.5,
        "validation_score": 0.6,
        "validation_score_low": 0.5,
        "validation_score_high": 0.7,
        "networks_running": 2,
        "learning_rate": 0.1,
        "layers": {},
        "elapsed_s": 0.1 * number,
        "left_s_at_most": 1.0,
        "samples_per_s": 1000.0,
        **other,
    }


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run that waits, in a store of its own."""
    monkeypatch.setenv("PROVING_GROUND_STORE", str(tmp_path / "store"))
    monkeypatch.setattr(LocalJobs, "wake", lambda self: None)
    monkeypatch.setattr(live_run, "_LOOKS_APART_S", 0.0)
    given = {"data_checksum": "", "code": "", "versions": {}, "visitor": "web-" + 24 * "a"}
    made = run_folders.create(store_folder(), use_case("testing/tiny_quantile"), {"num_epochs": 2000}, **given)
    LocalJobs(store_folder()).queue.add(made.id, "web-" + 24 * "a")
    return made


def write(run: Run, *events: dict[str, Any]) -> None:
    with (run.folder / "progress.jsonl").open("a") as file:
        file.write("".join(json.dumps(event) + "\n" for event in events))


def told(run: str, after: int = 0, language: str = "en") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(feed.made(Asked(run, after, language, "me")))["run"]
    return found


def test_an_epoch_is_told_once_and_the_next_reply_has_only_what_is_new(run: Run) -> None:
    assert told(run.id)["epochs"] == []
    write(run, epoch(1), epoch(2))
    first = told(run.id)
    assert [e[NUMBER] for e in first["epochs"]] == [1, 2]
    write(run, epoch(3))
    more = told(run.id, after=first["count"])
    assert (more["from"], more["count"]) == (2, 3)
    assert [e[NUMBER] for e in more["epochs"]] == [3]
    assert more["epochs"][0][VALIDATION_LOSS] is None, "what is no number is none"


def test_a_browser_that_has_more_than_there_is_gets_all_anew(run: Run) -> None:
    write(run, *(epoch(n) for n in range(1, 6)))
    assert told(run.id)["count"] == 5
    (run.folder / "progress.jsonl").write_text(json.dumps(epoch(1)) + "\n")
    again = told(run.id, after=5)
    assert (again["from"], [e[NUMBER] for e in again["epochs"]]) == (0, [1])


def test_a_long_training_is_told_in_as_many_points_as_a_curve_has(run: Run) -> None:
    write(run, *(epoch(n) for n in range(1, 1501)))
    numbers = [e[NUMBER] for e in told(run.id)["epochs"]]
    assert (len(numbers), numbers[0], numbers[-1]) == (MOST_EPOCHS, 1, 1500)
    assert numbers == sorted(set(numbers))


def test_what_has_not_changed_is_told_without_reading_it_again(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    write(run, epoch(1))
    asked = Asked(run.id, 0, "en", "me")
    feed.made(asked)
    monkeypatch.setattr(runs, "read", lambda *a, **k: pytest.fail("read again"))
    kept = feed.ready(asked)
    assert kept is not None
    assert [e[NUMBER] for e in json.loads(kept)["run"]["epochs"]] == [1]


def test_a_look_that_finds_nothing_new_says_nothing_anew(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files' times cannot say it: who waits for how long, whether a worker lives."""
    write(run, epoch(1))
    asked = Asked(run.id, 0, "en", "me")
    before, live, queue = told(run.id), feed._live_run(store_folder(), run.id), feed._queue(store_folder())
    with monkeypatch.context() as patched:
        patched.setattr(live_run, "words", lambda *a: pytest.fail("said anew"))
        patched.setattr(LiveQueue, "_job", lambda *a: pytest.fail("said anew"))
        patched.setattr(LocalJobs, "open_jobs", lambda *a: pytest.fail("the queue's file is the same"))
        live._looked = queue._looked = -math.inf
        assert feed.ready(asked) is None
        assert json.loads(feed.made(asked))["run"] == before
    live._looked = queue._looked = -math.inf
    monkeypatch.setattr(LocalJobs, "status", lambda self, run: Status(state=State.PAUSED))
    monkeypatch.setattr(LocalJobs, "open_jobs", lambda self: [])
    live._stood, queue._read = (-math.inf, *live._stood[1:]), None
    found = json.loads(feed.made(asked))
    assert found["run"]["text"].startswith("Paused")
    assert found["queue"] == []


def test_what_the_doctor_owes_is_told_though_nothing_comes_any_more(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(live_run.doctor, "diagnose", lambda events: asked.append(len(events)) or ())
    write(run, epoch(1))
    told(run.id)
    write(run, *(epoch(n) for n in range(2, 9)))
    told(run.id)
    live = feed._live_run(store_folder(), run.id)
    assert asked == [1], "two seconds have not gone yet"
    live._looked = live._diagnosed = -math.inf
    told(run.id)
    assert asked == [1, 8]


def test_a_change_is_seen_at_the_next_look(run: Run) -> None:
    asked = Asked(run.id, 0, "en", "me")
    feed.made(asked)
    assert feed.ready(asked) is not None, "nothing has changed"
    write(run, epoch(1))
    assert feed.ready(asked) is None


def test_a_recorded_run_is_told_in_the_language_that_is_asked_for() -> None:
    english, chinese = told(SHIPPED), told(SHIPPED, language="zh_CN")
    assert english["ended"] == training_words(runs.read(RECORDED / SHIPPED).report()), "as the command line says it"
    assert english["best"] == [2, 16], "each network has its own, and none stands for all of them"
    assert english["ended"].endswith("keeps its weights of lowest loss on validation rows (epochs 2 to 16).")
    assert english["text"] == "Finished"
    assert chinese["text"] != "Finished"
    assert english["epochs"] == chinese["epochs"]
    assert told(SHIPPED)["text"] == "Finished", "no language stays behind"


@pytest.mark.parametrize("name", ["..", ".", "../runs", "a/b", "x\0y", "/etc", "no-such-run", "%2e%2e", "x" * 500])
def test_what_is_no_run_is_refused(name: str, run: Run) -> None:
    with pytest.raises(UnknownRun):
        feed.made(Asked(name, 0, "en", "me"))


def test_a_folder_beside_the_runs_is_none(run: Run) -> None:
    (store_folder() / "locks").mkdir(exist_ok=True)
    for name in ("../locks", str(store_folder() / "locks"), f"../{RECORDED.name}"):
        with pytest.raises(UnknownRun):
            feed.made(Asked(name, 0, "en", "me"))


def ask(method: str = "GET", **query: str) -> tuple[int, str, dict[str, str]]:
    """Status, text and headers of a request to the route, without a server."""
    scope = {
        "type": "http",
        "method": method,
        "path": feed.url(),
        "headers": [],
        "query_string": urlencode(query).encode(),
    }
    said: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        said.append(message)

    def run() -> None:
        asyncio.run(Starlette(routes=feed.routes())(scope, receive, send))

    with ThreadPoolExecutor(1) as beside:  # a browser's tests may have a loop in this one
        beside.submit(run).result()
    headers = {name.decode(): value.decode() for name, value in said[0]["headers"]}
    return said[0]["status"], b"".join(part.get("body", b"") for part in said[1:]).decode(), headers


def test_the_route_answers_and_says_nothing_of_who_or_where(run: Run) -> None:
    write(run, epoch(1))
    status, text, headers = ask(run=run.id, who="me")
    assert (status, headers["cache-control"], headers["content-type"]) == (200, "no-store", "application/json")
    assert json.loads(text)["run"]["count"] == 1
    assert 24 * "a" not in text
    assert str(store_folder()) not in text
    assert ask(run="../../etc")[0] == 404
    assert json.loads(ask()[1])["run"] is None
    strange = {"run": SHIPPED, "after": "-1", "lang": "<b>", "who": "<script>"}
    assert json.loads(ask(**strange)[1])["run"]["from"] == 0
    assert ask("POST")[0] == 405


def test_many_who_follow_ask_less_often_and_those_who_left_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(feed.time, "monotonic", lambda: now[0])
    followers = Followers()
    alone = followers.pace_s("me", 0.4)
    assert alone == 0.4
    for number in range(499):
        asked = followers.pace_s(f"visitor{number}", 0.4)
    assert asked == pytest.approx(10.0), "500 followers ask 50 times a second together"
    assert followers.pace_s("me", 0.4) == asked, "who asks again counts once"
    now[0] += 20
    assert followers.pace_s("me", 0.4) == alone


def test_a_page_is_drawn_again_when_buttons_or_findings_would_be_others() -> None:
    running = Status(state=State.RUNNING)
    each = {
        _standing(running, 0.5, ""),
        _standing(running, 1.0, ""),
        _standing(running, 0.5, "divergence"),
        _standing(Status(state=State.RUNNING, asked="stop"), 0.5, ""),
        _standing(Status(state=State.PAUSED), 0.5, ""),
        _standing(Status(state=State.FINISHED), 1.0, ""),
    }
    assert len(each) == 6
    assert _standing(running, 0.1, "") == _standing(running, 0.9, "")
    assert _standing(Status(state=State.WAITING, before=3), 0, "") == _standing(Status(state=State.WAITING), 0, "")


def test_the_queue_is_told_to_all_and_whose_it_is_to_each(run: Run) -> None:
    for letter in "ab":
        given = {"data_checksum": "", "code": "", "versions": {}, "visitor": f"web-{24 * letter}"}
        other = run_folders.create(store_folder(), use_case("testing/tiny_stock"), {}, **given)
        LocalJobs(store_folder()).queue.add(other.id, f"web-{24 * letter}")
    LocalJobs(store_folder()).queue.take()
    write(run, {"event": "phase", "phase": "training", "device": "cpu"}, epoch(1), epoch(2))

    def queue(letter: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(feed.made(Asked("", 0, "en", "me", f"web-{24 * letter}")))
        return found

    seen = queue("a")
    assert [job["state"] for job in seen["queue"]] == ["running", "waiting", "waiting"]
    assert [job["page"] for job in seen["queue"]] == [
        "testing-tiny_quantile",
        "testing-tiny_stock",
        "testing-tiny_stock",
    ]
    assert [queue(letter)["own"] for letter in "abc"] == [[0, 1], [2], []]
    assert seen["now"] == {"run": run.id, "share": pytest.approx(2 / 2000), "curve": [0.6, 0.6]}
    assert "web-" not in json.dumps(seen)


def test_whoever_follows_sees_to_somebody_who_carries_it_out(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[int] = []
    monkeypatch.setattr(LocalJobs, "wake", lambda self: woken.append(1))
    told(run.id)
    told(run.id)
    assert woken == [1], "once a second is enough"

    def refuse(self: LocalJobs) -> None:
        raise UserError("The supervisor could not start.")

    monkeypatch.setattr(LocalJobs, "wake", refuse)
    queue = feed._queue(store_folder())
    queue._looked -= 2
    asked = Asked("", 0, "en", "me")
    assert json.loads(feed.made(asked))["trouble"] == "", "the file is the same, and six seconds have not gone"
    assert queue._read
    queue._looked, queue._read = queue._looked - 2, (queue._read[0], queue._read[1] - 6, *queue._read[2:])
    assert json.loads(feed.made(asked))["trouble"] == "The supervisor could not start."


def test_what_a_page_draws_is_what_its_browser_is_told(run: Run) -> None:
    write(run, {"event": "phase", "phase": "training", "device": "cpu"}, epoch(1))
    assert feed.standing(run.id) == told(run.id)["standing"] == "waiting///"
    LocalJobs(store_folder()).queue.take()
    write(run, *(epoch(n, train_loss=None) for n in range(2, 9)))
    assert feed.standing(run.id) == told(run.id)["standing"]
    assert feed.standing("no-such-run") == ""
