"""The run doctor: from a training's progress events to what is wrong with it. Sees no settings, no preset, no torch.

Every finding says what was seen, with its numbers, why that happens, and a change that may help. Thresholds and how
they were judged: docs/decisions/0015-run-doctor.md.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from core.contracts import Event
from core.contracts.events import epochs_of, network_of, training_of
from core.diagnosis.crowds import mode_collapse
from core.diagnosis.events import TrainingHistory, instead_of_nan, number
from core.diagnosis.findings import Change, Finding, one_in, write
from core.diagnosis.leaks import too_good
from core.formatting.durations import duration
from core.formatting.messages import joined, message
from core.formatting.numbers import apart, count, percent, significant

_LOSS_ABOVE_CONSTANT = 1.25  # times what a constant loses: no training ends there, save by steps that are too long
_FAR_ABOVE_CONSTANT = 3.0
_LONGEST_GRADIENT = 100.0
_DEAD_SHARE, _MANY_DEAD = 0.65, 16  # of a layer; in small layers a few more or less are chance
_LEAST_GRADIENT = 1e-4  # of a weight of the first hidden layer, beside one of the output
_LEAST_STEP = 3e-4  # of the weights; some thousandths are usual
_AIM_STEP = 3e-3
_EVEN_FALL = 0.35  # of all that was gained, in the second half of the epochs: an even fall would give a half
_RISE, _HIGH_RISE = 0.1, 0.2  # of validation loss above its lowest, in parts of it or of the gain over a constant
_LONG = 10  # epochs without a new lowest; early stopping ends sooner
_FLAT = 0.05  # of all that was gained over a constant, in the second half of the epochs with a high rate
_NOTHING = 0.02  # of the constant's loss: no more was gained
_FEW_EPOCHS = 3
_SKIP = "skip"


def diagnose(events: Sequence[Event]) -> list[Finding]:
    """What is wrong, gravest first, of a training that is under way or over; empty when nothing was seen. No two
    findings change the same setting."""
    training = training_of(events)
    columns = next((e for e in reversed(events) if e["event"] == "columns"), training)
    history = TrainingHistory(training or {}, columns or {}, epochs_of(events), network_of(events))
    if not history.epochs:
        return []
    found: list[Finding] = []
    for check, unless in _CHECKS:
        if not any(f.fault in unless for f in found):
            finding = check(history)
            settled = {change.setting for f in found for change in f.changes}
            if finding:
                rest = tuple(change for change in finding.changes if change.setting not in settled)
                found.append(replace(finding, changes=rest))
    return found


def _divergence(history: TrainingHistory) -> Finding | None:
    """Training begins at the loss of the best constant: whatever lies well above it has been thrown there."""
    rises = message(
        "Each step is longer than the valley is wide, so it lands higher on the other side, and the next gradient is "
        "larger still."
    )
    broken = next((e for e in history.epochs if e["train_loss"] is None or e["validation_loss"] is None), None)
    if broken is not None:
        saw = message("In epoch {epoch} the loss was no longer a number.", epoch=broken["epoch"])
        return Finding(fault="divergence", saw=saw, why=rises, changes=(Change(setting="learning_rate", factor=0.01),))
    worst = max(history.epochs, key=lambda e: number(e["train_loss"]))
    times = number(worst["train_loss"]) / history.constant if history.constant > 0 else math.nan
    if not times > _LOSS_ABOVE_CONSTANT:
        return None
    first, last = number(history.epochs[0]["train_loss"]), number(history.epochs[-1]["train_loss"])
    came_back = last < first or last <= _LOSS_ABOVE_CONSTANT * history.constant
    saw = message(
        "In epoch {epoch} the loss on training rows was {loss}, {times} times what one constant answer for every row "
        "loses ({constant}).",
        epoch=worst["epoch"],
        loss=significant(worst["train_loss"]),
        times=significant(times),
        constant=significant(history.constant),
    )
    wandered = message(
        "Training begins at that constant answer. Steps that long leap over the valley and land far up its side; the "
        "epochs since then were spent on the way back."
    )
    factor = 0.01 if times > _FAR_ABOVE_CONSTANT else 0.1
    return Finding(
        fault="divergence",
        heading=message("The steps are too long") if came_back else "",
        saw=joined([saw, _way_back(history)]) if came_back else saw,
        why=wandered if came_back else rises,
        changes=(Change(setting="learning_rate", factor=factor),),
    )


def _way_back(history: TrainingHistory) -> str:
    """Where a loss that had been thrown far up has come to."""
    last = history.epochs[-1]
    now, constant = apart(number(last["train_loss"]), history.constant, write)
    where = message("still above that") if number(last["train_loss"]) >= history.constant else message("below that")
    if now == constant:
        where = message("no better than that")
    return message("By epoch {epoch} it had come down to {loss}, {where}.", epoch=last["epoch"], loss=now, where=where)


def _exploding(history: TrainingHistory) -> Finding | None:
    norms = history.layers("gradient_norm")
    layer = max(norms, key=lambda n: max(instead_of_nan(v, math.inf) for v in norms[n]), default=None)
    if layer is None:
        return None
    longest = max(instead_of_nan(v, math.inf) for v in norms[layer])
    if not longest > _LONGEST_GRADIENT:
        return None
    size, limit = apart(longest, _LONGEST_GRADIENT, write)
    size = size if math.isfinite(longest) else message("beyond all numbers")
    return Finding(
        fault="exploding_gradients",
        saw=message(
            "The gradient of the {layer} grew to {size}; below {limit} is usual.",
            layer=history.words(layer),
            size=size,
            limit=limit,
        ),
        why=message(
            "On the way back through the layers it is multiplied by their weights; large weights make it grow."
        ),
        changes=(Change(setting="clip_norm", value=1.0), Change(setting="learning_rate", factor=0.1)),
    )


def _dead(history: TrainingHistory) -> Finding | None:
    last = next((e for e in reversed(history.epochs) if e.get("dead_units")), None)
    units: Mapping[str, int] = last.get("hidden_units", {}) if last else {}
    shares = {name: number(share) for name, share in (last["dead_units"] if last else {}).items()}
    many = [n for n, share in shares.items() if share > _DEAD_SHARE and share * units.get(n, math.inf) >= _MANY_DEAD]
    if last is None or not many:
        return None
    layer = max(many, key=lambda n: shares[n])
    saw = message(
        "In epoch {epoch}, {share} of the units of {layer} answered to none of the training rows.",
        epoch=last["epoch"],
        share=percent(shares[layer]),
        layer=history.words(layer),
    )
    return Finding(
        fault="dead_units",
        saw=joined([saw, _past_the_dead(history, whole=shares[layer] == 1)]),
        why=message(
            "A step that was too long has pushed them to the flat part of their curve, for every row; there the "
            "gradient is nothing, so they cannot come back."
        ),
        changes=(Change(setting="learning_rate", factor=0.1), Change(setting="activation", value="leaky_relu")),
    )


def _past_the_dead(history: TrainingHistory, *, whole: bool) -> str:
    """What carries a score that is better than a constant's although units are dead: the way around them. whole: all
    of a layer's."""
    scores = [s for s in history.series("validation_score") if math.isfinite(s)]
    constant = number(history.facts.get("constant_score"))
    better = scores and (scores[-1] > constant if history.facts.get("higher_is_better") else scores[-1] < constant)
    if _SKIP not in history.layers("gradient_norm") or not better:
        return ""
    words = (
        message(
            "What is still scored on validation rows ({score}) comes from the {skip} alone, which goes past the layers."
        )
        if whole
        else message(
            "What is still scored on validation rows ({score}) comes from the rest and from the {skip} past them."
        )
    )
    return words.format(score=significant(scores[-1]), skip=history.words(_SKIP))


def _vanishing(history: TrainingHistory) -> Finding | None:
    if len(history.hidden) < 2:
        return None
    norms, sizes = history.layers("gradient_norm"), history.layers("parameters")

    def per_weight(layer: str) -> float:
        each = zip(norms[layer], sizes[layer], strict=True)
        return statistics.median(instead_of_nan(norm / math.sqrt(size), math.inf) for norm, size in each)

    first, last, share = history.hidden[0], list(norms)[-1], math.nan
    if last != first and per_weight(last) > 0:
        share = per_weight(first) / per_weight(last)
    if not share < _LEAST_GRADIENT:
        return None
    return Finding(
        fault="vanishing_gradients",
        saw=message(
            "A weight of the first layer feels {share} of the gradient that a weight of the last one feels.",
            share=one_in(share),
        ),
        why=message(
            "Each layer on the way back multiplies the gradient by the slope of its units, which is far below 1."
        ),
        changes=(Change(setting="activation", value="silu"), Change(setting="normalisation", value="layer")),
    )


def _slow(history: TrainingHistory) -> Finding | None:
    step, losses = history.longest_step, history.series("train_loss")
    if len(losses) < _FEW_EPOCHS or not step < _LEAST_STEP:
        return None
    half = losses[(len(losses) - 1) // 2]
    gained, lately = losses[0] - losses[-1], half - losses[-1]
    if not (gained > 0 and lately > _EVEN_FALL * gained):
        return None
    factor = 10.0 ** max(1, round(math.log10(_AIM_STEP / max(step, 1e-9))))
    first, last = apart(losses[0], losses[-1], write)
    return Finding(
        fault="slow_learning",
        saw=message(
            "The loss falls as evenly at the end as at the beginning, from {first} to {last} in {count} epochs, and a "
            "step changes the weights by {share} of themselves.",
            first=first,
            last=last,
            count=count(len(losses)),
            share=one_in(step),
        ),
        why=message("The learning rate is so small that the valley is far away; some thousandths a step are usual."),
        changes=(Change(setting="learning_rate", factor=factor),),
    )


def _over_fitting(history: TrainingHistory) -> Finding | None:
    validation, train = history.series("validation_loss"), history.series("train_loss")
    if len(validation) < _FEW_EPOCHS or not history.gain > _NOTHING * history.constant:
        return None
    lowest = min(range(len(validation)), key=lambda i: validation[i])
    rise = validation[-1] - validation[lowest]
    long = len(validation) - 1 - lowest >= _LONG
    enough = min(_RISE * history.gain, _RISE * validation[lowest]) if long else _HIGH_RISE * history.gain
    if not (rise > enough and train[lowest] - train[-1] > _NOTHING * history.gain):
        return None
    before, now = apart(train[lowest], train[-1], write)
    low, high = apart(validation[lowest], validation[-1], write)
    return Finding(
        fault="over_fitting",
        saw=message(
            "Since epoch {epoch} the loss on training rows fell from {before} to {now}, while that on validation rows "
            "rose from {low} to {high}.",
            epoch=history.epochs[lowest]["epoch"],
            before=before,
            now=now,
            low=low,
            high=high,
        ),
        why=message("What it still learns is peculiar to the training rows; on others it is noise."),
        changes=(Change(setting="keep", value="best"), Change(setting="patience", value=5)),
    )


def _plateau(history: TrainingHistory) -> Finding | None:
    train, rates = history.series("train_loss"), history.series("learning_rate")
    high = [i for i, rate in enumerate(rates) if rate >= max(rates) / 4]  # later ones are flat because steps are short
    if len(high) < 2 * _FEW_EPOCHS or not history.constant > 0:
        return None
    until, half = high[-1], high[len(high) // 2]
    moved = abs(train[half] - train[until])
    reached = history.constant - min(train)
    if moved > _FLAT * max(reached, _NOTHING * history.constant):
        return None
    stuck = reached < _NOTHING * history.constant
    if not stuck and history.hidden:
        return None
    where = (
        message("no better than one constant answer for every row") if stuck else message("and it has no hidden layer")
    )
    return Finding(
        fault="plateau",
        saw=message(
            "From epoch {first} to {last} the loss on training rows stayed at {loss}, {where}.",
            first=history.epochs[half]["epoch"],
            last=history.epochs[until]["epoch"],
            loss=significant(train[until]),
            where=where,
        ),
        why=message("It has come to a flat place, and its steps do not lead out of it.")
        if stuck
        else message(
            "Without hidden layers the answer is a sum of what each column says alone, and that sum is found."
        ),
        changes=(Change(setting="learning_rate", factor=10.0),) if stuck else (Change(setting="depth", value=2),),
    )


def _out_of_time(history: TrainingHistory) -> Finding | None:
    last = history.epochs[-1]
    if last.get("time_limit_s") is None:
        return None
    whole = max(1, int(last["epoch"]) - 1)
    return Finding(
        fault="out_of_time",
        saw=message(
            "The time limit of {limit} ended it in epoch {epoch} of {most}.",
            limit=duration(float(last["time_limit_s"])),
            epoch=count(last["epoch"]),
            most=count(last["num_epochs"]),
        ),
        why=message(
            "What it would have learned later is missing, and a learning rate that falls by a schedule was still high."
        ),
        changes=(Change(setting="num_epochs", value=whole),),
    )


_Check = Callable[[TrainingHistory], Finding | None]
_CHECKS: tuple[tuple[_Check, tuple[str, ...]], ...] = (  # the gravest first; not made when one of these was found
    (_divergence, ()),
    (_exploding, ("divergence",)),
    (mode_collapse, ("divergence",)),
    (_dead, ()),
    (_vanishing, ("divergence", "dead_units")),
    (_slow, ("divergence", "dead_units", "vanishing_gradients")),
    (too_good, ()),
    (_over_fitting, ("divergence",)),
    (_plateau, ("divergence", "dead_units", "vanishing_gradients", "slow_learning", "over_fitting")),
    (_out_of_time, ()),
)
