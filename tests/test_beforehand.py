"""What needs no network is made beside the training, and the same comes out as if it were made after it."""

import threading
import time

import numpy as np
import pytest

from core import pipeline
from core.evaluation import compare, intervals
from core.evaluation.drawn_sums import drawn_sums
from core.pipeline.beforehand import Beforehand, Beside
from core.pipeline.simple_methods import Kept
from core.use_cases import use_case

SURVIVAL = use_case("testing/tiny_survival")  # its only baseline costs nothing
SMALL = {"num_epochs": 3, "width": 8, "device": "cpu"}


class Cache:
    def __init__(self):
        self.kept = {}

    def get(self, key):
        return self.kept.get(key)

    def put(self, key, meta, arrays):
        self.kept[key] = meta, arrays


def run(cache, heard):
    return pipeline.run(SURVIVAL, SMALL, progress=heard, baseline_cache=cache).report


def test_kept_methods_are_drawn_and_priced_beside_the_training_and_the_report_is_the_same(monkeypatch):
    cache, where = Cache(), []
    first = run(cache, lambda event: None)
    for module, name in ((intervals, "draw"), (compare, "_reached")):
        plain = getattr(module, name)

        def noted(*args, plain=plain, **more):
            where.append(threading.current_thread().name)
            return plain(*args, **more)

        monkeypatch.setattr(module, name, noted)
    again = run(cache, lambda event: None)
    assert where == ["beside the training"] * 2
    for key in ("metrics", "value", "baselines", "importance"):
        assert again[key] == first[key], key
    where.clear()
    run(Cache(), lambda event: None)
    assert set(where) == {"MainThread"}, "methods that are still to be fitted are drawn after it"


def test_draws_of_another_seed_are_made_when_they_are_asked_for():
    examples = pipeline.load_examples(SURVIVAL)
    plan = SURVIVAL.plan(examples)
    ready = Beforehand.of(SURVIVAL, examples, plan, {"members": 2})
    assert not Kept(examples, plan, None, None).holds_all(SURVIVAL)
    one, other = ready.drawn(1, []), ready.drawn(2, [])
    assert (one.draws.units != other.draws.units).any()
    assert ready.drawn(1, []) is one


def test_work_beside_tells_what_it_took_and_raises_what_it_raised():
    def busy():
        until = time.thread_time() + 0.05
        while time.thread_time() < until:
            pass

    with Beside(busy) as beside:
        assert beside.took_s() >= 0
    assert beside.took_s() > 0.04

    def wrong():
        raise OSError("no disk")

    with Beside(wrong) as beside:
        pass
    with pytest.raises(OSError, match="no disk"):
        beside.wait()


@pytest.mark.parametrize("num_units", [3, 200, 400])
@pytest.mark.parametrize("repeated", [False, True])
def test_sums_under_draws_are_the_same_however_many_units_and_sayings_there_are(num_units, repeated):
    rng = np.random.default_rng(0)
    unit = np.arange(400) if num_units == 400 else rng.integers(0, num_units, 400)
    units = rng.integers(0, 4, (30, num_units)).astype(float)
    which = np.sort(rng.integers(0, 8, 30)) if repeated else np.arange(30)
    each = rng.normal(size=(which.max() + 1, 400))
    expected = [(w[unit] * each[g]).sum() for w, g in zip(units, which, strict=True)]
    found, twice = drawn_sums(units, unit, [each, 2 * each], which)
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(twice, 2 * found, rtol=1e-10, atol=1e-10)


def test_a_clock_is_read_of_a_living_thread_alone(monkeypatch):
    """The system may end a process that asks for the clock of a thread that has ended."""
    go_on, clock_of, alive = threading.Event(), time.pthread_getcpuclockid, []

    def asked(ident):
        go_on.set()
        thread = next(t for t in threading.enumerate() if t.ident == ident)
        thread.join(timeout=0.2)  # its work is over; it must not end all the same
        alive.append(thread.is_alive())
        return clock_of(threading.get_ident())

    monkeypatch.setattr(time, "pthread_getcpuclockid", asked)
    with Beside(lambda: go_on.wait(5)) as beside:
        beside.took_s()
    assert alive == [True]
