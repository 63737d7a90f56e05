"""A training's status in words, for whoever follows it: how far it is, how long it waits, how it ended."""

from __future__ import annotations

from core.contracts import EpochEvent, Event, Kind, Report, State, Task
from core.contracts.events import phases_of
from core.diagnosis.ending import epochs_asked
from core.errors import RunError
from core.evaluation.metrics import metric_named
from core.formatting import numbers, scores
from core.formatting.durations import about, duration
from core.formatting.messages import current, message, shown
from core.formatting.text import _
from core.jobs import Status
from core.kinds import kind_of
from core.settings.training import weights_kept
from core.store.runs import Run


def _waiting(status: Status) -> str:
    if status.before == 0:
        return _("Next: it begins as soon as the training worker is free")
    place = _("Waiting: {count} before this one").format(count=numbers.count(status.before))
    if status.wait_s is None or not status.before:
        return place
    if status.wait_s < 1:  # what is left is more than it was thought to be
        return place + " · " + _("begins soon")
    return place + " · " + _("begins in about {time}").format(time=about(status.wait_s))


def words(run: Run, status: Status, events: list[Event], epochs: list[EpochEvent]) -> tuple[str, float]:
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


def training_sentence(run: Run | None, status: Status | None, task: Task) -> str:
    """What the section says of the run that it shows. status: of a job that the page follows."""
    if run is None:
        return _("Nothing is trained yet: press Train.")
    if status is not None and status.state is State.WAITING:
        return _("In the queue: it begins when its turn comes, with this page open or not.")
    if status is not None and status.state is State.PAUSED:
        return _("Paused: Resume goes on from where it stands.")
    phases = phases_of(run.progress()) if status is not None and not status.state.is_final else []
    if phases and phases[-1]["phase"] in ("baselines", "evaluation"):
        return _("Learned. What it is worth is being measured on held-out rows.")
    if status is not None and not status.state.is_final:
        if metric_named(task.headline).higher_is_better:
            return _("On its way: a curve above the lines of the simple methods beats them.")
        return _("On its way: a curve below the lines of the simple methods beats them.")
    try:
        report = run.report()
    except RunError:
        return _("This run ended without a result.")
    done, most = report["epochs_run"], epochs_asked(report)
    told = {"time": duration(report["train_s"]), "done": numbers.count(done), "most": numbers.count(most)}
    if run.recorded and done >= most:
        return _("Learned in {time} when it was recorded, in all {most} epochs.").format(**told)
    if run.recorded:
        return _("Learned in {time} when it was recorded: after {done} of {most} epochs it got no better.").format(
            **told
        )
    if done >= most:
        return _("Learned in {time}, in all {most} epochs.").format(**told)
    if run.final_state is State.FINISHED:
        return _("Learned in {time}: after {done} of {most} epochs it got no better.").format(**told)
    return _("Learned in {time}: stopped after {done} of {most} epochs.").format(**told)


def paced(report: Report | None, last: EpochEvent) -> EpochEvent:
    """The last epoch, with time and speed as the report has them, once there is one."""
    if report is None:
        return last
    return {**last, "elapsed_s": report["train_s"], "samples_per_s": report["samples_per_s"]}


_SEEN_TITLES: dict[str, str] = {
    Kind.DETECTION: message("A held-out slide: what one network finds in it"),
    Kind.GENERATION: message("What it makes of the same noise, epoch by epoch"),
}


def panel_words(task: Task) -> dict[str, str]:
    """The browser's words, in the visitor's language; it fills the braces."""
    metric, spread = metric_named(task.headline), kind_of(task).spread
    return {
        "metric": _(numbers.labelled(metric.label, scores.unit_of(metric, task))),
        "in_percent": "yes" if scores.is_share(metric) else "",
        "direction": _("higher is better") if metric.higher_is_better else _("lower is better"),
        "validation": _("the network, on validation rows"),
        "train": _("on training rows"),
        "simple": _("simple methods, on the same validation rows"),
        "skip": _("Skip"),
        "slower": _("Epoch {epoch}: learned in {time}, shown slower"),
        "crossed": _("Past {name} since epoch {epoch}."),
        "best": _("best: epoch {epoch}") if metric.keeps else _("lowest loss: epoch {epoch}"),
        "best_span": _("best: epochs {first} to {last}")
        if metric.keeps
        else _("lowest loss: epochs {first} to {last}"),
        "away": _("The server does not answer. It is asked again."),
        "network": _("The network: stronger lines change more"),
        "inputs": _("features"),
        "spread": _(spread.title) if spread else _(_SEEN_TITLES.get(task.kind, "")),
        "looks": _("What its first layer looks for, and what that finds in one picture"),
        "experts": _("For experts"),
        "loss": _("Loss"),
        "rate": _("Learning rate"),
        "gradient": _("Gradient per layer"),
        "dead": _("Dead units"),
        "low": _(spread.low) if spread else "",
        "high": _(spread.high) if spread else "",
        "with": _(task.positive) if task.positive else "",
        "without": _(task.negative) if task.negative else "",
        "queue": _("The queue: one run trains at a time"),
        "running": _("training"),
        "waiting": _("waiting"),
        "paused": _("paused"),
        "yours": _("yours"),
        "others": _("somebody else's"),
        "more": _("and {count} more"),
        "locale": current().replace("_", "-"),
    }
