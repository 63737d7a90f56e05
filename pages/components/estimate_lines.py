"""Before Train: time, memory and energy of what the sliders say. After it: the estimate against the truth."""

from __future__ import annotations

import time

import streamlit as st

from core.contracts import Report, UseCase
from core.errors import RunError, UserError
from core.estimating import calibration_file, history
from core.estimating.estimate import Estimate, biggest_savings, estimate
from core.estimating.history import History
from core.estimating.shape import Shape
from core.formatting import numbers
from core.formatting.durations import about, at_most, duration, span
from core.formatting.text import _, named
from core.jobs.rules import time_limit_s
from core.settings import resolve
from core.settings.use_case import settings_of
from core.store import store_folder
from core.store.runs import Run
from pages.components.client import ask
from pages.components.context import Context, finished_runs
from pages.components.kept import Kept
from pages.components.state import visitor

_LONG_S = 600.0
_ASK_AGAIN_S = 30.0
_histories = Kept(100)


def draw_estimate(context: Context) -> None:
    """One line under the button, and a word of advice where the training would take long."""
    use_case = context.use_case
    told = _history(use_case)
    shape, known = told.shape or _asked_shape(context), calibration_file.load(store_folder())
    try:
        settings = resolve(settings_of(use_case), context.state.settings)
    except UserError:
        return  # Train says what is wrong
    _draw_limit()
    found = shape and estimate(use_case, settings, shape, known, told.known, baselines_are_kept=told.baselines_are_kept)
    if not shape or not found:
        st.caption(_("How long this takes is not known yet: the first run will tell."))
        return
    st.caption(estimate_words(found), help=estimate_details(found))
    if found.train_s.likely > _LONG_S:
        labels = {s.name: named(_(s.label)) for s in settings_of(use_case).values()}
        names = [labels[n] for n in biggest_savings(use_case, settings, shape, known.devices[found.device])[:2]]
        advice = _("Lower {names} to make it shorter.").format(names=_(" or ").join(names)) if names else ""
        st.warning(_("This would take a while. {advice}").format(advice=advice), icon=":material/hourglass_top:")


def _history(use_case: UseCase) -> History:
    """What earlier runs tell, for all visitors; looked at again once a second, as the list of runs is."""
    found = finished_runs(use_case)
    key = (store_folder(), use_case.name, use_case.variant, tuple(run.id for run in found), int(time.monotonic()))
    return _histories.get(key, lambda: history.of_runs(use_case, found))


def _draw_limit() -> None:
    """What the clock does to every training of this visitor, said before it is begun."""
    limit_s = time_limit_s(visitor())
    if limit_s is not None:
        st.caption(
            _("On this server the clock ends a training after {limit}, with what it has learned by then.").format(
                limit=duration(limit_s)
            )
        )


def draw_truth(run: Run) -> None:
    """The estimate that was made before a run, and what it came to; a report that cannot be read is said elsewhere."""
    try:
        words = truth_words(run.report(), run.summary.get("run_s"))
    except RunError:
        return
    if words:
        st.caption(words)


def estimate_words(found: Estimate) -> str:
    """'About 20 s from Train to the verdict, on this machine.'"""
    return _("About {time} from Train to the verdict, on this machine.").format(time=about(max(1.0, found.whole_s)))


def estimate_details(found: Estimate) -> str:
    """What the one number is made of, for experts: 'Training: 10 to 20 s on cpu (x86_64, 1 thread), 0.6 GB, energy not
    available.'"""
    words = [
        _("Training: {time} on {device}, {memory}, energy {energy}.").format(
            time=span(found.train_s.low, found.train_s.high),
            device=named(found.described),
            memory=numbers.size(found.memory_bytes),
            energy=_energy_ahead(found),
        )
    ]
    if found.at_most_s > 1.5 * found.train_s.high:
        words.append(_("At most {time}, if nothing ends it early.").format(time=at_most(found.at_most_s)))
    if found.other_s is not None and found.other_s >= 1:
        words.append(_("Reading the data and measuring: about {time}.").format(time=about(found.other_s)))
    if not found.own:
        words.append(_("Reckoned from another machine: this one is measured when it is idle."))
    return " ".join(words)


def truth_words(report: Report, run_s: float | None = None) -> str:
    """Estimate and truth in one line; empty for a run without an estimate. run_s: from Train to the verdict. The whole
    is compared where both sides know it, as before Train; else the training, which is then named."""
    entry = report.get("estimate", {})
    seconds, memory = entry.get("time_s", {}), entry.get("memory_bytes", {})
    actual_s, actual_bytes = seconds.get("actual"), memory.get("actual")
    if "likely" not in seconds or actual_s is None:
        return ""
    whole_s = entry.get("run_s")
    if whole_s is not None and run_s is not None:
        words = [
            _("Estimated {time} from Train to the verdict; it took {actual}.").format(
                time=about(max(1.0, whole_s)), actual=duration(run_s)
            )
        ]
    else:
        words = [
            _("Training alone: estimated {time}; it took {actual}.").format(
                time=span(seconds["low"], seconds["high"]), actual=duration(actual_s)
            )
        ]
    if actual_bytes:
        words.append(
            _("Memory: {likely} estimated, {actual} measured.").format(
                likely=numbers.size(memory["likely"]), actual=numbers.size(actual_bytes)
            )
        )
    joules = (entry.get("energy_j") or {}).get("actual")
    words.append(_("Energy: {energy}.").format(energy=energy_words(joules, entry.get("energy"))))
    return " ".join(words)


def energy_words(joules: float | None, label: str | None) -> str:
    """'1.2 Wh (measured)'; a figure never stands without its label, nor a label that is not one of the three."""
    labels = {
        "measured": _("measured"),
        "estimated from the processor's power rating": _("estimated from the processor's power rating"),
    }
    if joules is None or label not in labels:
        return _("not available")
    return f"{numbers.energy(joules)} ({labels[label]})"


def _energy_ahead(found: Estimate) -> str:
    joules = found.energy_j.likely if found.energy_j else None
    words = energy_words(joules, found.energy)
    return words if joules is None else _("about {amount}").format(amount=words)


def _asked_shape(context: Context) -> Shape | None:
    """Of a use case that nobody has trained: from the answer worker, which reads the data. Asked again after a while,
    because a page must not wait for a worker that is not there."""
    key = context.own_key("shape-asked")
    if time.monotonic() - float(st.session_state.get(key, -_ASK_AGAIN_S)) < _ASK_AGAIN_S:
        return None
    try:
        return Shape.from_json(ask({**context.asked, "ask": "shape"}, timeout_s=3.0))
    except (UserError, OSError, ValueError):
        st.session_state[key] = time.monotonic()
        return None
