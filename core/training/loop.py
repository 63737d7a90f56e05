"""The training loop: batches, steps and epochs of K stacked networks, until every one of them has ended."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.contracts import EpochEvent, Progress, StopRequested, Task
from core.contracts.events import BatchEvent, Circumstances, StepSeen, Used
from core.errors import Paused
from core.protocols import Checkpoints, Model
from core.training.batches import Score, TrainingData
from core.training.losses import Loss, SpeaksAsOne
from core.training.members import Members, rows_at_once
from core.training.watch import NOTHING_SEEN, Watch, batch_interval_s, memory_bytes


@dataclass(slots=True)
class Trained:
    """The best parameters of each network, (K, ...), and how training went. time_limit_s: the limit that ended it."""

    params: dict[str, Tensor]
    best_epoch: list[int]
    epochs_run: int
    samples: int
    train_s: float
    stopped: bool
    time_limit_s: float | None = None
    history: list[EpochEvent] = field(default_factory=list)

    @property
    def samples_per_s(self) -> float:
        return _speed(self.samples, self.train_s)

    def parts(self, number: int) -> list[Trained]:
        """Of a config batch, each setting's own networks and history. Samples are shared out, time is of the whole."""
        size = len(self.best_epoch) // number
        return [
            replace(
                self,
                params={name: value[i * size : (i + 1) * size] for name, value in self.params.items()},
                best_epoch=self.best_epoch[i * size : (i + 1) * size],
                samples=self.samples // number,
                history=[_of_setting(event, i) for event in self.history],
            )
            for i in range(number)
        ]


@dataclass(frozen=True, slots=True)
class _Clock:
    """The seconds of a training, those before an interruption included, and how many it may take."""

    began: float
    limit_s: float

    def now_s(self) -> float:
        return time.perf_counter() - self.began


@dataclass(slots=True)
class _Way:
    """How far a training has come: `epoch` is the one begun, `batches` how many of it are done; seconds before this
    process took it up; the shufflers' states when the epoch began; what was seen in the epoch's last batch."""

    epoch: int = 1
    batches: int = 0
    samples: int = 0
    before_s: float = 0.0
    ended: bool = False
    stopped: bool = False
    time_limit_s: float | None = None
    history: list[EpochEvent] = field(default_factory=list)
    order: list[Any] = field(default_factory=list)
    seen: StepSeen = field(default_factory=StepSeen)


def train(
    model: Model,
    loss: Loss,
    task: Task,
    data: TrainingData,
    settings: Sequence[Mapping[str, Any]],
    *,
    score: Score,
    progress: Progress,
    stop_requested: StopRequested,
    device: torch.device,
    checkpoints: Checkpoints | None = None,
    parts: int = 1,
    limit_s: float | None = None,
    came_on: Callable[[], object] = lambda: None,
) -> Trained:
    """Train the K networks of `data` together, each by its own settings; each stops on its own validation loss and
    keeps its best weights. Settings outside `config_batch.OWN` must be the same for all.

    parts: how many settings of a config batch the networks belong to, as many to each, one after the other; every event
    then also says how each of them stands. score(fold, rows (n,), prediction (n, O)) is the headline metric. A stop
    request ends training after the current batch, and so does the clock after `limit_s` seconds of training,
    interruptions left out; the best weights so far are kept. While an epoch is measured nobody is asked; `came_on`
    is called after every part of that. A training whose state is found in `checkpoints` goes on from there. Raises
    Paused after a request to pause, when the state has been written. The same settings on the same CPU give the same
    bits, interrupted or not."""
    members = Members(model, loss, task, data, settings, device)
    way, watch = _take_up(members, checkpoints), Watch(members.layout, members.layers)
    if way.samples == 0:
        progress(watch.network())
    clock = _Clock(time.perf_counter() - way.before_s, math.inf if limit_s is None else limit_s)
    num_epochs = int(settings[0]["num_epochs"])
    while not way.ended:
        _epoch(members, way, clock, stop_requested, checkpoints, watch, progress)
        members.evaluate(way.epoch, score, came_on)
        if way.epoch < num_epochs:  # measuring takes time too
            _is_time_up(way, clock)
        event = _measured(members, way, parts, clock)
        way.history.append(event)
        progress(event)
        way.ended = way.stopped or way.epoch == num_epochs or not members.drop_ended(way.epoch)
        if not way.ended:
            way.epoch, way.batches, way.seen = way.epoch + 1, 0, {}
        elif checkpoints is not None:
            _write(members, way, clock, checkpoints)
    return Trained(
        params={name: value.cpu() for name, value in members.layout.views(members.best).items()},
        best_epoch=members.best_epoch.tolist(),
        epochs_run=way.epoch,
        samples=way.samples,
        train_s=way.history[-1]["elapsed_s"],  # as the last event says it: one time, one speed
        stopped=way.stopped,
        time_limit_s=way.time_limit_s,
        history=way.history,
    )


def _epoch(
    members: Members,
    way: _Way,
    clock: _Clock,
    stop_requested: StopRequested,
    checkpoints: Checkpoints | None,
    watch: Watch,
    progress: Progress,
) -> None:
    """The batches of one epoch that are not done yet. A long one reports how far it is; the last batch is watched."""
    way.order, done, last = members.order(), way.batches, members.steps_per_epoch - 1
    told_s = clock.now_s()
    if done > last and stop_requested():  # it was interrupted after its last batch
        way.stopped = True
    for place, batch in enumerate(members.batches()):
        if place < done:  # before this training was interrupted
            continue
        seen = members.step(batch, watch if place == last else None)
        way.samples += batch.rows
        way.batches, way.seen = place + 1, seen
        now_s = clock.now_s()
        if now_s - told_s > batch_interval_s(now_s) and place < last:
            progress(_within(way, members, now_s))
            told_s = now_s
        if checkpoints is not None:
            paused = checkpoints.pause_requested()
            if paused or checkpoints.due():
                _write(members, way, clock, checkpoints)
            if paused:
                raise Paused
        if stop_requested():
            way.stopped = True
        if way.stopped or (place < last and _is_time_up(way, clock)):
            break


def _is_time_up(way: _Way, clock: _Clock) -> bool:
    """Whether the clock ends the training, which somebody's Stop has not ended already."""
    if not way.stopped and clock.now_s() >= clock.limit_s:
        way.stopped, way.time_limit_s = True, clock.limit_s
    return way.stopped


def _measured(members: Members, way: _Way, parts: int, clock: _Clock) -> EpochEvent:
    """What the epoch has come to, and how long the rest may take."""
    num_epochs, elapsed_s = int(members.settings["num_epochs"]), round(clock.now_s(), 6)
    left_s = min(elapsed_s / way.epoch * (num_epochs - way.epoch), max(0.0, clock.limit_s - elapsed_s))
    more: Circumstances = {}
    if parts > 1:
        size = len(members.networks) // parts
        more["settings"] = [members.summary(slice(i * size, (i + 1) * size)) for i in range(parts)]
    if members.heaps:
        more["spread"] = members.heaps
    if members.look:
        more["first_look"] = members.look
    if members.boxes is not None:
        more["boxes"] = members.boxes
    if members.generated is not None:
        more["generated"] = members.generated
    if way.time_limit_s is not None:
        more["time_limit_s"] = way.time_limit_s
    unknown: Used = {}  # whoever watches the process adds it
    return {
        **members.summary(),
        **members.dead,
        **(way.seen or NOTHING_SEEN),
        "device_memory_bytes": memory_bytes(members.device),
        "event": "epoch",
        "epoch": way.epoch,
        "num_epochs": num_epochs,
        "elapsed_s": elapsed_s,
        "left_s_at_most": round(left_s, 3),
        "samples_per_s": _speed(way.samples, elapsed_s),
        **more,
        **unknown,
    }


def _of_setting(event: EpochEvent, place: int) -> EpochEvent:
    """Of a config batch's event, as one of its settings stands."""
    return {**event, **event["settings"][place]} if "settings" in event else event


def _within(way: _Way, members: Members, elapsed_s: float) -> BatchEvent:
    """How far an epoch is; nothing is measured for it."""
    return {
        "event": "batch",
        "epoch": way.epoch,
        "num_epochs": int(members.settings["num_epochs"]),
        "share": round(way.batches / members.steps_per_epoch, 4),
        "elapsed_s": round(elapsed_s, 4),
        "samples_per_s": _speed(way.samples, elapsed_s),
    }


def _write(members: Members, way: _Way, clock: _Clock, checkpoints: Checkpoints) -> None:
    tensors, facts = members.state()
    kept = {name: getattr(way, name) for name in _Way.__slots__} | {"before_s": clock.now_s()}
    checkpoints.write(tensors, facts | kept)


def _take_up(members: Members, checkpoints: Checkpoints | None) -> _Way:
    found = checkpoints.read() if checkpoints is not None else None
    if found is None:
        return _Way()
    tensors, facts = found
    members.restore(tensors, facts, facts["order"])
    return _Way(**{name: facts[name] for name in _Way.__slots__})


def predict(
    model: Model,
    loss: Loss,
    params: Mapping[str, Tensor],
    settings: Mapping[str, Any],
    inputs: Mapping[str, Tensor],
    place: Sequence[int],
) -> np.ndarray:
    """Predictions (K, N, O) of stacked parameters, in the units of the scaled target; of a loss whose networks speak as
    one, (folds, N, O). inputs: (folds, N, ...); place: which fold's each network reads."""
    parts, at_once = [], rows_at_once(inputs, len(place), leading=2)
    with torch.inference_mode():
        for start in range(0, next(iter(inputs.values())).shape[1], at_once):
            rows = slice(start, start + at_once)
            raw = model.forward(params, {n: t[:, rows][place] for n, t in inputs.items()}, settings)
            if isinstance(loss, SpeaksAsOne):
                together = [[k for k, fold in enumerate(place) if fold == one] for one in sorted(set(place))]
                raw = torch.cat([loss.joined(raw[own]) for own in together])
            parts.append(loss.predict(raw))
    return torch.cat(parts, dim=1).cpu().numpy()


def _speed(samples: int, elapsed_s: float) -> float:
    """Samples per second since the beginning, counted once for each network that learns from them."""
    return round(samples / max(elapsed_s, 1e-9), 1)
