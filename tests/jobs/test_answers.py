"""The answer worker, live: it answers, refuses in a sentence, and no client takes it down or holds it up."""

from __future__ import annotations

import http.client
import json
import socket
import stat
import time

import pytest

from core.errors import UserError
from core.jobs.rules import OWNER
from core.store import runs

NAME = "testing/tiny_quantile"


@pytest.fixture(scope="module")
def run(house):
    """A finished run to be asked about."""
    run = house.submit(num_epochs=3)
    assert house.wait(run).state.has_report
    house.answerer()
    return run


@pytest.fixture
def address(house, run):
    return json.loads((house.store / "answers.json").read_text())


def post(address, body: bytes, **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", address["port"], timeout=15)
    connection.request("POST", "/", body=body, headers={"X-Key": address["key"], **headers})
    reply = connection.getresponse()
    content = reply.read()
    connection.close()
    return reply.status, content


def refused(house, question) -> str:
    """The sentence of a refusal, which must come at once and not after the time that a dead worker is given."""
    began = time.monotonic()
    with pytest.raises(UserError) as caught:
        house.jobs.ask(question, timeout_s=15)
    assert time.monotonic() - began < 5
    return str(caught.value)


def test_the_worker_answers_a_ping(house, run):
    assert house.jobs.ask({"ask": "ping"}) == {"pong": True}


def test_a_profile_describes_the_data(house, run):
    profile = house.jobs.ask({"ask": "profile", "use_case": NAME})
    assert (profile["rows"], profile["num_folds"], len(profile["sample"])) == (900, 3, 40)
    columns = {column["name"]: column for column in profile["columns"]}
    assert set(columns["group"]["categories"]) == {"a", "b", "c"}
    assert 0.02 < columns["x"]["missing"] < 0.09
    assert sum(columns["x"]["counts"]) == round(900 * (1 - columns["x"]["missing"]))


def test_records_come_in_the_order_asked_with_features_target_and_info(house, run):
    records = house.jobs.ask({"ask": "records", "use_case": NAME, "rows": [5, 2]})["records"]
    assert [(r["row"], r["info"]["order"]) for r in records] == [(5, 5), (2, 2)]
    assert set(records[0]["features"]) == {"x", "group"}
    assert set(records[0]["target"]) == {"minutes"}


def test_a_what_if_on_a_real_record_gives_the_prediction_that_the_run_stored(house, run):
    """One prediction path: what the page asks live equals what the run wrote, network for network."""
    found = runs.load_run(house.store, run.id).held_out()
    row = int(found.rows_of("test").row.iloc[0])
    stored = found.test["network"][:, 0, found.outputs.index("q50")]
    (record,) = house.jobs.ask({"ask": "records", "use_case": NAME, "rows": [row]})["records"]
    answer = house.jobs.ask({"ask": "what_if", "use_case": NAME, "run": run.id, "features": record["features"]})
    assert answer["curve"] is None
    assert len(answer["mean"]) == 3
    assert len(answer["networks"]) == 6
    for value in stored:  # the median stands for a quantile forecast
        assert min(abs(n - value) for n in answer["networks"]) < 1e-4


def test_a_what_if_with_vary_gives_a_curve_over_the_range_of_the_feature(house, run):
    question = {"ask": "what_if", "use_case": NAME, "run": run.id, "features": {"x": 0.5, "group": "a"}}
    curve = house.jobs.ask({**question, "vary": "x"})["curve"]
    assert curve["column"] == "x"
    assert len(curve["x"]) == len(curve["mean"]) == len(curve["low"]) == len(curve["high"]) == 41
    assert curve["x"] == sorted(curve["x"])
    assert all(low <= mean <= high for low, mean, high in zip(curve["low"], curve["mean"], curve["high"], strict=True))
    assert len(set(curve["mean"])) > 10
    groups = house.jobs.ask({**question, "vary": "group"})["curve"]
    assert groups["x"] == ["a", "b", "c"]
    alone = house.jobs.ask(question)["mean"][1]  # the median stands for a quantile forecast
    assert groups["mean"][0] == pytest.approx(alone, abs=1e-5)


def test_what_is_unknown_is_refused_at_once_with_the_nearest_name(house, run):
    known = "picture, text, redrawn, plane, crowd, robustness, doubt, serving, new_rows, shape and what_if"
    assert known in refused(house, {"ask": "dance", "use_case": NAME})
    assert "Did you mean 'testing/tiny_quantile'" in refused(house, {"ask": "profile", "use_case": NAME + "s"})
    what_if = {"ask": "what_if", "use_case": NAME, "run": run.id, "features": {}}
    assert "Did you mean 'group'" in refused(house, {**what_if, "features": {"groups": "a"}})
    assert "Did you mean 'group'" in refused(house, {**what_if, "vary": "grupo"})
    assert "No run is called 'nothing'" in refused(house, {**what_if, "run": "nothing"})
    assert "there is no row 900" in refused(house, {"ask": "records", "use_case": NAME, "rows": [900]})


@pytest.mark.parametrize(
    "question",
    [
        {"ask": "records", "use_case": NAME},
        {"ask": "records", "use_case": NAME, "rows": ["x"]},
        {"ask": "what_if", "use_case": NAME, "features": {}},
        {"ask": "what_if", "use_case": NAME, "run": "RUN", "features": {"x": "tall"}},
        {"ask": "what_if", "use_case": NAME, "run": "RUN", "features": [1, 2]},
    ],
)
def test_a_malformed_question_is_refused_in_a_sentence_and_the_worker_lives_on(house, run, question):
    pid = house.answerer()
    if question.get("run") == "RUN":
        question = {**question, "run": run.id}
    assert refused(house, question).endswith(".")
    assert house.answerer() == pid


def test_a_run_without_a_model_cannot_be_asked(house, run):
    empty = house.prepare()
    house.jobs.stop(empty, visitor=OWNER)
    found = refused(house, {"ask": "what_if", "use_case": NAME, "run": empty.id, "features": {}})
    assert empty.id in found
    assert "Train again" in found


@pytest.mark.parametrize("key", ["wrong", "", "kéy"])
def test_a_wrong_key_is_refused(house, address, key):
    status, content = post(address, b'{"ask": "ping"}', **{"X-Key": key})
    assert status == 403
    assert b"pong" not in content
    assert address["key"].encode() not in content
    assert house.answerer() == address["pid"]


@pytest.mark.parametrize("body", [b"", b"hello", b"\xff\xfe", b"[1]", b"3", b'{"ask": "pi', b"[" * 50_000])
def test_a_garbage_body_is_answered_with_a_sentence_and_the_worker_lives_on(house, address, body):
    status, content = post(address, body)
    assert status == 200
    assert json.loads(content)["error"].endswith(".")
    assert house.answerer() == address["pid"]


def test_a_body_that_is_too_large_is_answered_with_a_sentence_and_the_worker_lives_on(house, address):
    status, content = post(address, b'{"ask": "ping", "x": "' + b"x" * 3_000_000 + b'"}')
    assert status in (200, 413)
    assert json.loads(content)["error"].endswith(".")
    assert house.answerer() == address["pid"]


@pytest.mark.parametrize("length", ["abc", "-1"])
def test_a_length_that_is_none_is_refused_and_the_worker_lives_on(house, address, length):
    with socket.create_connection(("127.0.0.1", address["port"]), timeout=15) as client:
        began = time.monotonic()
        client.sendall(f"POST / HTTP/1.0\r\nX-Key: {address['key']}\r\nContent-Length: {length}\r\n\r\n".encode())
        reply = client.makefile("rb").read()
    assert time.monotonic() - began < 3
    assert reply.split()[1] == b"400"
    assert house.answerer() == address["pid"]


def test_a_silent_client_holds_up_the_others_no_longer_than_its_time_limit(house, address):
    with socket.create_connection(("127.0.0.1", address["port"]), timeout=15):
        began = time.monotonic()
        assert house.jobs.ask({"ask": "ping"}, timeout_s=15) == {"pong": True}
        assert time.monotonic() - began < 8
    assert house.answerer() == address["pid"]


def test_a_client_that_leaves_before_the_answer_does_no_harm(house, address):
    for _ in range(3):
        with socket.create_connection(("127.0.0.1", address["port"]), timeout=15) as client:
            client.sendall(f"POST / HTTP/1.0\r\nX-Key: {address['key']}\r\nContent-Length: 50\r\n\r\n{{".encode())
    assert house.answerer() == address["pid"]


def test_the_key_is_for_this_account_alone(house, address):
    mode = stat.S_IMODE((house.store / "answers.json").stat().st_mode)
    assert mode == 0o600
    assert len(address["key"]) == 32


def test_answers_come_while_a_run_trains(house, run):
    training = house.submit(**house.endless)
    house.wait_for_epochs(training)
    began = time.monotonic()
    house.jobs.ask({"ask": "what_if", "use_case": NAME, "run": run.id, "features": {}, "vary": "x"})
    assert time.monotonic() - began < 3
    assert not house.jobs.status(training).state.is_final
    house.jobs.stop(training, visitor=OWNER)
    house.wait(training)
