"""Workers that hang: stopped by the system, alive without coming on, deaf to requests. They are ended, and nothing is
lost; one that only slept with its machine is left alone."""

from __future__ import annotations

import itertools
import os
import signal
import sys
import time

import pytest

from core.answering.process import Answerer
from core.contracts import State
from core.queue import pulse
from core.queue.pulse import Pulse, Silence, Watch
from core.queue.queue import queue_of
from core.queue.requests import Request
from core.store import checkpoints, runs
from core.store.files import write_json
from tests.jobs.conftest import opened
from tests.jobs.test_resume import LONG, SUBJECT, assert_same, content

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are found through /proc")
QUICK = "testing/tiny_survival"
SILENT_S = "4"
NO_SIGN = "The training worker gave no sign of life for 4.0 s."


@pytest.fixture(scope="module")
def strict(tmp_path_factory, baselines):
    """A house that gives a worker four seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROVING_GROUND_SILENT_S", SILENT_S)
        with opened(tmp_path_factory.mktemp("house") / "store", baselines) as house:
            yield house


@pytest.fixture(scope="module")
def undisturbed(strict):
    run = strict.submit(SUBJECT, **LONG)
    assert strict.wait(run).state is State.FINISHED
    return content(run)


def test_a_run_whose_worker_was_stopped_by_the_system_goes_on_and_ends_with_the_same_bits(strict, undisturbed):
    run = strict.submit(SUBJECT, **LONG)
    strict.wait_for_checkpoint(run, 2)
    worker = strict.trainer(run)
    os.kill(worker, signal.SIGSTOP)
    strict.until(lambda: strict.jobs.queue.note(run.id).deaths == 1, "it is given up", timeout_s=30)
    assert strict.jobs.queue.note(run.id).reason == f"{NO_SIGN} It goes on from its last checkpoint."
    assert strict.wait(run).state is State.FINISHED
    assert worker not in strict.processes()
    assert_same(run, undisturbed)


def test_stop_ends_a_run_whose_worker_hangs_with_its_best_weights(strict):
    run, after = strict.submit(QUICK, **strict.endless), strict.submit(QUICK)
    strict.wait_for_epochs(run, 20)
    strict.wait_for_checkpoint(run)
    os.kill(strict.trainer(run), signal.SIGSTOP)
    strict.jobs.stop(run, visitor="test")
    status = strict.wait(run)
    assert (status.state, "best weights" in status.reason) == (State.STOPPED, True)
    assert runs.read(run.folder).report()["epochs_run"] >= 1
    assert strict.wait(after).state is State.FINISHED


@pytest.mark.long
def test_a_hung_worker_of_a_supervisor_that_died_is_ended_by_the_next_one(strict, undisturbed):
    run = strict.submit(SUBJECT, **LONG)
    strict.wait_for_checkpoint(run, 2)
    worker, killed = strict.trainer(run), strict.supervisor()
    os.kill(worker, signal.SIGSTOP)
    strict.kill(killed)
    assert strict.supervisor() != killed
    assert strict.jobs.status(run).state is State.RUNNING
    assert strict.wait(run).state is State.FINISHED
    assert worker not in strict.processes()
    assert_same(run, undisturbed)


def test_a_hung_answer_worker_is_replaced(strict):
    before = strict.answerer()
    os.kill(before, signal.SIGSTOP)
    strict.until(lambda: before not in strict.processes(), "it is ended", timeout_s=30)
    assert strict.jobs.ask({"ask": "ping"}, timeout_s=120) == {"pong": True}
    assert strict.answerer() != before


@pytest.mark.long
def test_a_machine_that_slept_costs_no_worker_its_life(strict):
    """Supervisor and worker stand still together, for longer than a worker may be silent."""
    run = strict.submit(QUICK, **strict.endless)
    strict.wait_for_epochs(run)
    both = (strict.supervisor(), strict.trainer(run))
    for pid in both:
        os.kill(pid, signal.SIGSTOP)
    time.sleep(1.5 * float(SILENT_S))
    for pid in both:
        os.kill(pid, signal.SIGCONT)
    epochs = strict.epochs(run)
    strict.wait_for_epochs(run, epochs + 20)
    time.sleep(1.0)
    assert strict.jobs.queue.note(run.id).deaths == 0
    assert (strict.supervisor(), strict.trainer(run)) == both
    strict.jobs.stop(run, visitor="test")
    assert strict.wait(run).state is State.STOPPED


@pytest.mark.long
def test_stop_cancels_a_run_whose_worker_hangs_before_anything_was_kept(lone_house, monkeypatch):
    monkeypatch.setenv("PROVING_GROUND_SILENT_S", SILENT_S)
    monkeypatch.setenv("PROVING_GROUND_CHECKPOINT_S", "3600")
    run, after = lone_house.submit(QUICK, **lone_house.endless), lone_house.submit(QUICK)
    lone_house.wait_for_epochs(run)
    os.kill(lone_house.trainer(run), signal.SIGSTOP)
    lone_house.jobs.stop(run, visitor="test")
    status = lone_house.wait(run)
    assert (status.state, status.reason) == (
        State.CANCELLED,
        f"Cancelled as asked; nothing was trained yet. {NO_SIGN}",
    )
    assert lone_house.wait(after).state is State.FINISHED


@pytest.fixture
def clock(monkeypatch):
    """Time that passes when the test says so."""
    monkeypatch.delenv("PROVING_GROUND_SILENT_S", raising=False)
    now = [0.0]
    monkeypatch.setattr(pulse.time, "monotonic", lambda: now[0])

    def passes(seconds: float, step: float = 0.5, each=lambda: None):
        until = now[0] + seconds
        while now[0] < until:
            now[0] += step
            each()

    return passes


def test_silence_is_counted_in_looks_so_that_a_jump_of_the_clock_is_one_look(clock):
    silence = Silence()
    silence.look("a")
    clock(10, each=lambda: silence.look("a"))
    assert silence.seconds == pytest.approx(10)
    clock(10_000, step=10_000)
    assert silence.look("a") == pytest.approx(11)
    assert silence.look("b") == 0


def watched(tmp_path, clock, *, step, asked=None, waits_s=0.0, beats=True, seconds=2000.0, checkpoint=False, deaths=0):
    """What a supervisor says of a worker that beats and does not come on, and when."""
    run = tmp_path / "runs" / "r"
    checkpoints.folder(run).mkdir(parents=True)
    if checkpoint:
        (checkpoints.folder(run) / "00000001-0123456789abcdef.safetensors").touch()
    watch, said = Watch(tmp_path, "r", adopted=False, deaths=deaths), []
    sign = Pulse(pulse.path_of(tmp_path, "r"))
    sign.begin(step)
    clock(waits_s, step=waits_s or 1.0)
    sign.advance()
    sign.beat()
    if asked:
        queue_of(tmp_path).ask("r", asked)
    began = pulse.time.monotonic()

    def turn():
        if beats:
            sign.beat()
        if not said and (complaint := watch.complaint()):
            said.append((round(pulse.time.monotonic() - began), complaint))

    clock(seconds, each=turn)
    return said


@pytest.mark.parametrize(
    ("options", "after_s", "words"),
    [
        ({"step": "training"}, None, ""),
        ({"step": "training", "seconds": 4000}, 3601, "has not come to the end of one step for 1 h"),
        ({"step": "baselines", "seconds": 4000}, 3601, "has not come to the end of one step for 1 h"),
        ({"step": "training", "asked": Request.STOP}, 61, "left the request to stop unanswered for 1 min"),
        ({"step": "training", "asked": Request.PAUSE}, 61, "left the request to pause unanswered for 1 min"),
        ({"step": "training", "asked": Request.STOP, "waits_s": 100}, 401, "unanswered for 6 min 40 s"),
        ({"step": "training", "asked": Request.STOP, "deaths": 1}, 121, "unanswered for 2 min"),
        ({"step": "training", "asked": Request.PAUSE, "deaths": 3}, 241, "unanswered for 4 min"),
        ({"step": "data", "asked": Request.STOP}, 61, "left the request to stop unanswered for 1 min"),
        ({"step": "data", "asked": Request.STOP, "checkpoint": True}, None, ""),  # it would only have to build it again
        ({"step": "data", "asked": Request.PAUSE}, None, ""),
        ({"step": "baselines", "asked": Request.STOP, "checkpoint": True}, None, ""),
        ({"step": "data", "beats": False}, 61, "gave no sign of life for 1 min"),
    ],
)
def test_a_worker_is_given_up_for_silence_for_deafness_and_for_a_step_without_end(
    tmp_path, clock, options, after_s, words
):
    said = watched(tmp_path, clock, **options)
    if after_s is None:
        assert said == []
    else:
        ((when_s, complaint),) = said
        assert words in complaint
        assert when_s == pytest.approx(after_s, abs=2)


def test_a_worker_that_never_begins_is_given_up_and_an_adopted_one_without_signs_is_not(tmp_path, clock):
    own, adopted = Watch(tmp_path, "r", adopted=False), Watch(tmp_path, "r", adopted=True)
    said = []
    clock(170, each=lambda: said.append(own.complaint() + adopted.complaint()))
    assert not any(said)
    clock(20, each=lambda: said.append(own.complaint()))
    assert "did not begin within 3 min" in max(said)
    clock(1000, each=lambda: said.append(adopted.complaint()))
    assert not adopted.complaint()


def test_the_sign_of_a_dead_worker_is_not_taken_for_the_new_ones(tmp_path, clock):
    Pulse(pulse.path_of(tmp_path, "r")).beat()
    watch = Watch(tmp_path, "r", adopted=False)
    assert watch.sign() is None
    Pulse(pulse.path_of(tmp_path, "r")).begin("data")
    assert watch.sign() is None
    fresh = Pulse(pulse.path_of(tmp_path, "r"))
    fresh.begin("data")
    fresh.beat()
    assert watch.sign().step == "data"


def test_something_else_in_the_place_of_a_sign_is_moved_aside_and_a_damaged_one_is_none(tmp_path):
    path = pulse.path_of(tmp_path, "r")
    path.mkdir(parents=True)
    with Pulse(path):
        assert pulse.read(path).pid == os.getpid()
    assert path.with_name(f"{path.name}.aside-1").is_dir()
    for damage in (b"", b"\xff\xfe", b"1 2 3", b"a b c d e"):
        path.write_bytes(damage)
        assert pulse.read(path) is None
    write_json(path, {})
    assert pulse.read(path) is None


def test_an_answer_worker_whose_disk_is_full_gives_its_sign_by_the_files_time(tmp_path, clock, monkeypatch):
    """The content stays what an earlier process wrote; without a sign of either kind it is ended."""
    monkeypatch.setattr(Answerer, "_start", lambda self: (0.0, Standing()))
    answerer, path = Answerer(tmp_path), pulse.path_of_answerer(tmp_path)
    answerer.silence = Silence()
    Pulse(path).beat()
    moments = itertools.count(1_700_000_000)

    def turn(beats):
        if beats:
            os.utime(path, (moment := next(moments), moment))
        answerer.look_after()

    clock(1000, each=lambda: turn(True))
    assert not answerer.process.killed
    clock(200, each=lambda: turn(False))
    assert answerer.process.killed


class Standing:
    """An answer worker that lives, or ended with `returncode`."""

    def __init__(self, returncode=None):
        self.returncode, self.pid, self.killed = returncode, 1, False

    def poll(self):
        return self.returncode

    def kill(self):
        self.killed = True


@pytest.mark.parametrize(("returncode", "starts"), [(0, 11), (1, 4)])
def test_an_answer_worker_that_ended_of_its_own_will_is_started_again_at_once(
    tmp_path, clock, monkeypatch, returncode, starts
):
    """And one that crashes after a half, one, two, four seconds and so on."""
    started = []

    def start(self):
        started.append(pulse.time.monotonic())
        return started[-1], Standing(returncode)

    monkeypatch.setattr(Answerer, "_start", start)
    answerer = Answerer(tmp_path)
    clock(5, each=answerer.look_after)
    assert len(started) == starts
