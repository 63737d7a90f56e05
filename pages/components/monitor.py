"""The live monitor of one job: state, progress, curves, Pause and Stop. Reads the run folder; touches no thread."""

from __future__ import annotations

import time

import streamlit as st

from core.charts import training as charts
from core.charts.look import look_named
from core.contracts import EpochEvent, Event, State
from core.contracts.events import epochs_of, phases_of, training_of
from core.errors import RunError, UserError
from core.evaluation.metrics import metric_named
from core.formatting import numbers
from core.formatting.messages import current, from_json, shown
from core.formatting.moments import about, duration
from core.formatting.text import _, escape_markdown, named
from core.jobs import Status
from core.jobs.rules import may_change
from core.settings.training import weights_kept
from core.store import checkpoints, runs
from core.store.runs import Run
from pages.components.client import jobs, wake
from pages.components.context import Context
from pages.components.doctor import draw_doctor
from pages.components.drawing import chart, tiles
from pages.components.queue_panel import draw_queue
from pages.components.state import visitor

_EVERY_S = 0.5
_SOON_S = 0.08  # until the first progress of a run that is next: pressing Train shows something at once
_MOST_PER_S = 25
_FORGET_S = 30.0
_followers: dict[tuple[str, str], float] = {}  # of this server: who asked about which run, and when last


def draw_monitor(context: Context, run: Run, state: State | None = None) -> None:
    """Draw the monitor. state: of a job that the page follows; until its end the monitor refreshes itself, and the page
    once more when the job ends, is paused or goes on."""
    is_open = state is not None and not state.is_final
    every = _interval_s(run.id, visitor()) if is_open else None
    soon = every == _EVERY_S and not _has_trained(run.progress()) and jobs().status(run).before == 0
    monitor = st.fragment(_monitor, run_every=_SOON_S if soon else every)
    monitor(context, run, state if is_open else None, soon)


def _has_trained(events: list[Event]) -> bool:
    return any(event["event"] in ("batch", "epoch") for event in events)


def _monitor(context: Context, run: Run, drawn: State | None, soon: bool) -> None:
    client = jobs()
    status = client.status(run)
    if drawn is not None:
        _interval_s(run.id, visitor())
        wake()
        if status.state.is_final:
            if status.state.has_report and runs.of_variant([run], context.use_case):
                context.state.run, context.state.decision = run.id, None  # else the visitor asks otherwise by now
            st.rerun(scope="app")
        if State.PAUSED in (status.state, drawn) and status.state is not drawn:
            st.rerun(scope="app")
    events = run.progress()
    epochs = epochs_of(events)
    _status_line(context, run, status, events, epochs)
    if epochs:
        label = _(metric_named(context.use_case.task.headline).label)
        loss, headline = _curves(
            f"{run.version} {epochs[-1]}", len(epochs), label, context.look.name, current(), epochs
        )
        chart(loss, key=context.key("loss-curves"))
        chart(headline, key=context.key("headline-curves"))
        training = training_of(events)
        _tiles(_paced(run, status, epochs[-1]), training.get("device", "") if training else "")
        draw_doctor(context, run, events, busy=drawn is not None)
    if drawn is not None:
        draw_queue(context, run)
    if soon and _has_trained(events):
        st.rerun(scope="app")  # a fragment's timer is set by the page


@st.cache_resource(max_entries=64, show_spinner=False)
def _curves(
    told: str, num_epochs: int, label: str, look_name: str, language: str, _epochs: list[EpochEvent]
) -> tuple[object, object]:
    """Both figures, made once for all who follow the same run. told: the run's version, and its last epoch."""
    look = look_named(look_name)
    return charts.loss_curves(_epochs, look), charts.headline_curves(_epochs, label, look)


def _interval_s(run_id: str, session: str) -> float:
    """Half a second for a few followers; with many, so much that together they ask some 25 times a second."""
    now = time.monotonic()
    _followers[(run_id, session)] = now
    for key in [k for k, seen in _followers.items() if now - seen > _FORGET_S]:
        _followers.pop(key, None)
    return max(_EVERY_S, len(_followers) / _MOST_PER_S)


def _status_line(context: Context, run: Run, status: Status, events: list[Event], epochs: list[EpochEvent]) -> None:
    text, share = _words(run, status, events, epochs)
    if status.state.is_final:
        st.markdown(f"**{escape_markdown(text)}**")
        return
    st.progress(share, text=escape_markdown(text))
    if status.reason:
        st.warning(escape_markdown(status.reason))
    told = next((e for e in reversed(events) if e["event"] == "notice"), None)
    if told:
        st.caption(escape_markdown(from_json(told["text"], told.get("message"))))
    if not may_change(run, visitor()):
        st.caption(_("Only who started this run can stop it."))
    elif share < 1.0 and not status.asked:
        _buttons(context, run, status.state)


def _buttons(context: Context, run: Run, state: State) -> None:
    """What can be asked of a run that stands so. One that has trained is stopped with what it has learned, another is
    cancelled."""
    stop = (
        _("Stop"),
        ":material/stop:",
        _("Ends the training; {weights} so far are kept and measured.").format(weights=weights_kept(run.settings)),
        jobs().stop,
    )
    cancel = (_("Cancel"), ":material/close:", _("Takes the run out of the queue; it has not trained."), jobs().stop)
    pause = (
        _("Pause"),
        ":material/pause:",
        _("Leaves off and frees the machine for the next run; Resume goes on from here, with the same result."),
        jobs().pause,
    )
    resume = (
        _("Resume"),
        ":material/play_arrow:",
        _("Goes to the end of the queue, and goes on where it was paused."),
        jobs().resume,
    )
    has_trained = state is State.RUNNING or checkpoints.exist(run.folder)
    first = {State.RUNNING: [pause], State.PAUSED: [resume]}.get(state, [])
    row = st.container(horizontal=True)
    for name, icon, told, ask in [*first, stop if has_trained else cancel]:
        if row.button(named(name), key=context.key(f"ask-{name}"), icon=icon, help=escape_markdown(told)):
            try:
                ask(run, visitor=visitor())
            except UserError as error:
                st.error(escape_markdown(str(error)))
            else:
                st.rerun(scope="fragment")


def _waiting(status: Status) -> str:
    if status.before == 0:
        return _("Next: it begins as soon as the training worker is free")
    place = _("Waiting: {count} before this one").format(count=numbers.count(status.before))
    if status.wait_s is None or not status.before:
        return place
    if status.wait_s < 1:  # what is left is more than it was thought to be
        return place + " · " + _("begins soon")
    return place + " · " + _("begins in about {time}").format(time=about(status.wait_s))


def _words(run: Run, status: Status, events: list[Event], epochs: list[EpochEvent]) -> tuple[str, float]:
    """The status in words, and the share done."""
    state, last = status.state, epochs[-1] if epochs else None
    done = last["epoch"] / last["num_epochs"] if last else 0.0
    if not state.is_final and status.asked == "stop":
        return _("Stopping: {weights} are kept and measured").format(weights=weights_kept(run.settings)), done
    if state is State.WAITING:
        return _waiting(status), 0.0
    if state is State.PAUSED:
        after = _(" after epoch {epoch}").format(epoch=numbers.count(last["epoch"])) if last else ""
        return _("Paused{after}").format(after=after), done
    final = {
        State.FINISHED: _("Finished"),
        State.STOPPED: shown(status.reason).rstrip(".。"),
        State.CANCELLED: _("Cancelled"),
        State.INTERRUPTED: _("Interrupted"),
        State.FAILED: _("Failed"),
    }
    if state in final:
        return final[state], 1.0
    phase = next((e["phase"] for e in reversed(phases_of(events))), "data")
    if status.asked == "pause":
        return _("Pausing"), done
    within = events[-1] if events and events[-1]["event"] == "batch" else None
    if phase == "training" and within:
        done = min(1.0, (within["epoch"] - 1 + within["share"]) / within["num_epochs"])
    if phase == "training" and within and not last:
        text = _("Epoch 1, {share} of it done · {speed} samples per second").format(
            share=numbers.percent(within["share"]), speed=numbers.count(within["samples_per_s"])
        )
        return text, done
    if phase == "training" and last:
        return (
            _("Epoch {epoch} of at most {most} · at most {left} left").format(
                epoch=numbers.count(last["epoch"]),
                most=numbers.count(last["num_epochs"]),
                left=duration(last["left_s_at_most"]),
            ),
            done,
        )
    words = {
        "data": _("Reading the data"),
        "training": _("Training starts"),
        "baselines": _("Training the simple methods on the same rows"),
        "evaluation": _("Measuring on held-out rows"),
    }
    return words[phase], {"data": 0.0, "training": 0.0, "baselines": 1.0, "evaluation": 1.0}[phase]


def _paced(run: Run, status: Status, last: EpochEvent) -> EpochEvent:
    """The last epoch, with time and speed as the report has them, once there is one."""
    if not status.state.has_report:
        return last
    try:
        report = run.report()
    except RunError:  # Results says what is wrong with it
        return last
    return {**last, "elapsed_s": report["train_s"], "samples_per_s": report["samples_per_s"]}


def _tiles(last: EpochEvent, device: str) -> None:
    places = tiles(3)
    places[0].metric(_("Epoch"), numbers.count(last["epoch"]))
    places[1].metric(_("Samples per second"), numbers.count(last["samples_per_s"]))
    places[2].metric(_("Training time"), duration(last["elapsed_s"]))
    st.caption(
        _("On {device}. Samples are counted once for each network that learns from them.").format(device=named(device))
    )
