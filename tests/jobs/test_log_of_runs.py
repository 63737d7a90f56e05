"""What supervisor and workers do is in the store's log: a run's whole life, with a death in the middle."""

from __future__ import annotations

import os
import signal
from unittest.mock import Mock

import pytest

from core.contracts import State
from core.jobs import supervisor
from core.logs.reading import LogReader


def entries(store):
    reader = LogReader(store)
    found = list(reader.new())
    reader.close()
    assert reader.damaged == 0
    return found


def test_a_run_whose_worker_died_and_an_answer_worker_that_was_killed(lone_house):
    house = lone_house
    run = house.submit("testing/tiny_survival", num_epochs=3000, patience=3000)
    house.wait_for_checkpoint(run)
    os.kill(house.trainer(run), signal.SIGKILL)
    house.kill(house.answerer())
    house.until(lambda: any(e.event == "recovered" for e in entries(house.store)), "the run is put back")
    house.wait_for_epochs(run)
    house.jobs.stop(run, visitor="test")
    assert house.wait(run).state is State.STOPPED
    house.until(lambda: any(e.event == "stopped" for e in entries(house.store)), "the end is in the log")
    told = {e.event: e for e in entries(house.store) if e.run == run.id and e.process == "supervisor"}
    assert list(told) == ["started", "worker died", "recovered", "stopped"]
    assert [told[event].level for event in told] == ["info", "warning", "warning", "info"]
    assert "was killed" in told["worker died"].text
    assert told["recovered"].text.endswith("It goes on from its last checkpoint. (1 of 3 deaths)")
    others = {e.event: e for e in entries(house.store) if not e.run}
    assert others["supervisor started"].level == "info"
    assert others["answer worker restarted"].level == "warning"


def test_a_supervisor_that_breaks_says_so(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(supervisor.signal, "signal", lambda *handler: None)
    monkeypatch.setattr(supervisor, "warm_pool", Mock())
    monkeypatch.setattr(supervisor, "Answerer", Mock())
    monkeypatch.setattr(supervisor.Supervisor, "_turn_or_say", Mock(side_effect=ZeroDivisionError))
    with pytest.raises(ZeroDivisionError):
        supervisor.Supervisor(tmp_path).serve()
    (told,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert told.exc_info[0] is ZeroDivisionError
