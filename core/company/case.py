"""A business case: investment, adoption and margin to monthly cash flow, NPV, IRR and payback, as ranges of many draws.

Assumptions are drawn from triangular distributions over their likely ranges, measured gains from a normal one over
their 95% interval; all independent, by an explicit seed, so that two cases are compared on the same luck."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.company.assumptions import Figure

MONTHS = 60
DRAWS = 20_000
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
NEEDED = (
    *("build_cost", "running_cost", "volume", "adoption", "months_to_live", "ramp_months", "kept", "growth", "decay"),
    "discount",
)
_Z95 = 1.959964
_BLOCK = 10_000  # draws at a time: their months stay in a processor's cache
_STEPS = 32  # of a bisection
_MOST_DISCOUNT = 4.0  # a month's discount factor: minus 75% a month


@dataclass(frozen=True, kw_only=True, slots=True)
class Gain:
    """What a use case's run earns in a year over what is done today, with its 95% interval, in the case's currency."""

    title: str
    mean: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """gains: of the use cases that it builds on. figures: the assumptions, by the names of `NEEDED`."""

    gains: tuple[Gain, ...]
    figures: Mapping[str, Figure]
    seed: int = 20_261_129

    def moved(self, name: str, value: float) -> Case:
        """With another value of one assumption. Raises UserError for one beyond its bounds."""
        return replace(self, figures={**self.figures, name: self.figures[name].moved(value)})


@dataclass(frozen=True, kw_only=True, slots=True)
class Swing:
    """What the NPV is when one thing alone stands at either end of its likely range."""

    name: str
    label: str
    at_low: float
    at_high: float

    @property
    def size(self) -> float:
        return abs(self.at_high - self.at_low)


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """quantiles: in the order of `QUANTILES`. balance_QT: money that has come less what has gone, by month, of at most
    `DRAWS` of the draws. irr: of a
    year; -1 where nothing comes back, NaN where flows change sign twice or never begin below 0, which have no single
    one. payback: months, infinite where the horizon is too short. chance: that the NPV is above 0."""

    balance_QT: np.ndarray
    npv: np.ndarray
    irr: np.ndarray
    payback: np.ndarray
    chance: float
    without_irr: float
    likely_flows: np.ndarray
    likely_npv: float
    likely_irr: float
    tornado: tuple[Swing, ...]


def outcome(case: Case, draws: int = DRAWS, months: int = MONTHS) -> Outcome:
    """Everything that a page shows of a case."""
    drawn = _drawn(case, draws)
    npv, irr, payback = np.empty(draws), np.empty(draws), np.empty(draws)
    balance_TR = np.empty((months + 1, min(draws, DRAWS)))
    for start in range(0, draws, _BLOCK):
        part = slice(start, start + _BLOCK)
        some = {name: values[part] for name, values in drawn.items()}
        flows_TR = flows(some, months)
        npv[part] = _worth(flows_TR, _factor(some["discount"]))
        irr[part] = irr_of(flows_TR)
        balance = np.cumsum(flows_TR, axis=0)
        payback[part] = payback_of(balance)
        if start < balance_TR.shape[1]:
            balance_TR[:, part] = balance
    likely = flows(_likely(case), months)
    return Outcome(
        balance_QT=np.quantile(balance_TR, QUANTILES, axis=1),
        npv=np.quantile(npv, QUANTILES),
        irr=np.nanquantile(irr, QUANTILES) if not np.isnan(irr).all() else np.full(len(QUANTILES), np.nan),
        payback=np.quantile(payback, QUANTILES, method="inverted_cdf"),  # between a month and never lies no month
        chance=float((npv > 0).mean()),
        without_irr=float(np.isnan(irr).mean()),
        likely_flows=likely[:, 0],
        likely_npv=_npv_at(case, months),
        likely_irr=float(irr_of(likely)[0]),
        tornado=tornado(case, months),
    )


def flows(drawn: Mapping[str, np.ndarray], months: int = MONTHS) -> np.ndarray:
    """Cash flow by month and draw (T, R), from values (R,) each: `gain` a year, `cases` and the names of `NEEDED`.
    Month 0 pays for building; then a share of the decisions, which grows from the month in which it is live, earns."""
    month_T1 = np.arange(1, months + 1, dtype=float)[:, None]
    live = np.clip((month_T1 - drawn["months_to_live"]) / drawn["ramp_months"], 0.0, 1.0)
    change = np.log((1 + drawn["growth"]) * (1 - drawn["decay"])) / 12
    full = drawn["gain"] * drawn["volume"] * drawn["adoption"] * drawn["kept"] / 12
    running = drawn["running_cost"] * drawn["cases"]
    earned = live * np.exp(month_T1 * change) * full - running * (drawn["volume"] > 0)
    return np.concatenate([-(drawn["build_cost"] * drawn["cases"])[None] * (drawn["volume"] > 0), earned])


def npv_of(flows_TR: np.ndarray, rate: np.ndarray) -> np.ndarray:
    """Worth today (R,) at a rate of a year (R,). Month 0 is today, so it is not discounted."""
    return _worth(flows_TR, _factor(rate))


def irr_of(flows_TR: np.ndarray) -> np.ndarray:
    """The rate of a year at which each draw is worth nothing (R,): see `Outcome`. By bisection on a month's discount
    factor, for all draws at once: with one change of sign there is one root."""
    sign = np.sign(flows_TR)
    started = np.cumsum(sign != 0, axis=0) > 0
    last = np.maximum.accumulate(np.where(sign != 0, np.arange(len(sign))[:, None], 0), axis=0)
    first = np.take_along_axis(sign, np.argmax(sign != 0, axis=0)[None], axis=0)
    filled = np.where(started, np.take_along_axis(sign, last, axis=0), first)  # a month without money changes nothing
    changes = (np.diff(filled, axis=0) != 0).sum(axis=0)
    single = (changes == 1) & (filled[0] < 0)
    low, high = np.zeros(flows_TR.shape[1]), np.full(flows_TR.shape[1], _MOST_DISCOUNT)
    for _ in range(_STEPS):
        middle = (low + high) / 2
        above = _worth(flows_TR, middle) > 0
        high, low = np.where(above, middle, high), np.where(above, low, middle)
    with np.errstate(divide="ignore"):
        found = ((low + high) / 2) ** -12 - 1
    lost = (changes == 0) & (sign.min(axis=0) < 0)  # money goes, and none comes
    return np.where(single, found, np.where(lost, -1.0, np.nan))


def payback_of(balance_TR: np.ndarray) -> np.ndarray:
    """The first month after which the balance is never below 0 again (R,); infinite where it ends below."""
    below = balance_TR < 0
    after = len(balance_TR) - np.argmax(below[::-1], axis=0)
    never_below = ~below.any(axis=0)
    return np.where(never_below, 0.0, np.where(below[-1], np.inf, after.astype(float)))


def tornado(case: Case, months: int = MONTHS) -> tuple[Swing, ...]:
    """Each assumption, and the measured gain, alone at either end; the largest swing first."""
    found = []
    for name in NEEDED:
        figure = case.figures[name]
        low, high = (_npv_at(case, months, **{name: end}) for end in (figure.low, figure.high))
        found.append(Swing(name=name, label=figure.label, at_low=low, at_high=high))
    for gain in case.gains:
        rest = sum(one.mean for one in case.gains) - gain.mean
        low, high = (_npv_at(case, months, gain=rest + end) for end in (gain.low, gain.high))
        found.append(Swing(name=gain.title, label=gain.title, at_low=low, at_high=high))
    return tuple(sorted(found, key=lambda swing: -swing.size))


def _npv_at(case: Case, months: int, **given: float) -> float:
    values = _likely(case) | {name: np.array([value]) for name, value in given.items()}
    return float(npv_of(flows(values, months), values["discount"])[0])


def _likely(case: Case) -> dict[str, np.ndarray]:
    values = {name: case.figures[name].value for name in NEEDED}
    values |= {"gain": sum(gain.mean for gain in case.gains), "cases": float(len(case.gains))}
    return {name: np.array([value]) for name, value in values.items()}


def _drawn(case: Case, draws: int) -> dict[str, np.ndarray]:
    """Draws of everything (R,). Each name has its own stream, so that another assumption changes no other's luck."""
    found = {name: triangular(_stream(case.seed, name, draws), case.figures[name]) for name in NEEDED}
    gain = np.zeros(draws)
    for one in case.gains:
        spread = (one.high - one.low) / (2 * _Z95)
        gain += np.random.default_rng([case.seed, *one.title.encode()]).normal(one.mean, spread, draws)
    return found | {"gain": gain, "cases": np.full(draws, float(len(case.gains)))}


def _stream(seed: int, name: str, draws: int) -> np.ndarray:
    return np.random.default_rng([seed, *name.encode()]).random(draws)


def triangular(share: np.ndarray, figure: Figure) -> np.ndarray:
    """What lies at these shares (0 to 1) of a triangular distribution from low to high, with its top at the value."""
    low, top, high = figure.low, figure.value, figure.high
    if high == low:
        return np.full(len(share), top)
    rising = (top - low) / (high - low)
    under = low + np.sqrt(share * (high - low) * (top - low))
    over = high - np.sqrt((1 - share) * (high - low) * (high - top))
    return np.where(share < rising, under, over)


def _factor(rate: np.ndarray) -> np.ndarray:
    """A month's discount factor from a rate of a year."""
    return (1 + rate) ** (-1 / 12)


def _worth(flows_TR: np.ndarray, factor_R: np.ndarray) -> np.ndarray:
    total = np.zeros(flows_TR.shape[1])
    for flow_R in flows_TR[::-1]:  # Horner
        total *= factor_R
        total += flow_R
    return total


def gain_from(title: str, difference: Mapping[str, float | None], rate: float) -> Gain | None:
    """A run's paired gain, changed into the case's currency at a rate; None where it has no interval."""
    mean, low, high = (difference.get(name) for name in ("mean", "low", "high"))
    if mean is None or low is None or high is None:
        return None
    return Gain(title=title, mean=mean * rate, low=low * rate, high=high * rate)


def chosen(gains: Sequence[Gain], figures: Mapping[str, Figure]) -> Case:
    """A case on these gains, with what it needs of the figures."""
    return Case(gains=tuple(gains), figures={name: figures[name] for name in NEEDED})
