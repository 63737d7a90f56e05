"""A run followed on stderr until it is finalized."""

from __future__ import annotations

import time
from collections.abc import Sequence

from core.commands.queue import standing
from core.contracts import Event, Metric, State
from core.evaluation.metrics import metric_named
from core.formatting import numbers, scores
from core.formatting.text import SENTENCE, plain, say
from core.jobs import Jobs
from core.jobs.rules import OWNER
from core.jobs.sweeps import ask_all
from core.settings.training import weights_kept
from core.store.runs import Run
from core.use_cases import use_case as use_case_named

_POLL_S = 0.1


def follow(jobs: Jobs, run: Run, *, sweep: Sequence[Run] = ()) -> State:
    """Print progress until the run is finalized; Ctrl-C asks it, or its whole sweep, to stop and goes on waiting."""
    headline = metric_named(use_case_named(run.use_case).task.headline)
    shown, said = 0, (State.RUNNING, 0, "")
    while True:
        try:
            status = jobs.status(run)
            jobs.wake()
            stands = (status.state, status.before, status.reason)
            if stands != said and (told := standing(status)):
                say(told, error=True)
            said = stands
            events = run.progress()
            shown = min(shown, len(events))  # a run that goes on from a checkpoint has fewer for a moment
            for event in events[shown:]:
                if words := line(event, headline):
                    say(words, error=True)
            shown = len(events)
            if status.state.is_final:
                return status.state
            time.sleep(_POLL_S)
        except KeyboardInterrupt:
            say(f"stopping; {weights_kept(run.settings)} are kept", error=True)
            ask_all(jobs.stop, jobs, list(sweep) or [run], visitor=OWNER)


def line(event: Event, headline: Metric) -> str:
    """An event in a line; empty for one that tells a person nothing new. headline: the metric of validation scores."""
    if event["event"] == "notice":
        return plain(event["text"], SENTENCE)
    if event["event"] == "phase":
        return f"{event['phase']} ..."
    if event["event"] == "baseline":
        return f"{plain(event['title'])} ..."
    if event["event"] != "epoch":
        return ""
    told = {
        "loss": event["train_loss"],
        "validation loss": event["validation_loss"],
    }
    each = [f"{k} {'not finite' if v is None else numbers.fixed(v, 4)}" for k, v in told.items()]
    score = event["validation_score"]
    told_score = scores.score(headline, score, more=1)
    if score is not None and not scores.is_share(headline):
        told_score = numbers.fixed(score, 4)
    each.append(f"validation headline {told_score}")
    speed = numbers.counted(event["samples_per_s"], "{count} sample/s", "{count} samples/s")
    return f"epoch {event['epoch']}/{event['num_epochs']}: {', '.join(each)}, {speed}"
