"""One truth for the numbers of a run: network, simple methods and policies, with scores, money and paired differences.

Whatever shows a number of a run (cards, strip, tables, panels, links, commands) takes it from here. Made from the
summary that a list of runs keeps, or from the whole report: both say the same. Imports nothing heavy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, cast

from core.contracts import Metric, NamesToday, RetitlesReferences, UseCase
from core.contracts.report import Amount, Difference, Range, Report, Summary, ValueReport, ValueSummary
from core.evaluation.best import best_of
from core.evaluation.metrics import metric_named

Role = Literal["network", "simple", "today", "policy"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """What one method or policy reaches. title: a message id. score: of the network the ensemble's. The differences
    are the network minus this one, paired on the same draws; of the network itself there are none. None: not known, or
    not what this one has (a policy has no score, a run without money no amount)."""

    role: Role
    name: str
    title: str
    score: Range | None = None
    score_difference: Difference | None = None
    amount: Amount | None = None
    amount_difference: Difference | None = None
    decision: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Scoreboard:
    """All that stands beside one another in one run. metric: what the scores are of. currency and per are empty where
    the run was not priced. policies: what may be done without a model, today's among them. best_simple: by the score
    on test rows; best_simple_money: by the amount. today: what is really done today, where the use case says so."""

    metric: Metric
    currency: str
    per: str
    network: Standing
    simple: tuple[Standing, ...]
    policies: tuple[Standing, ...]
    best_simple: Standing | None
    best_simple_money: Standing | None
    today: Standing | None

    @classmethod
    def of(cls, use_case: UseCase, kept: Summary | Report, metric: str | None = None) -> Scoreboard:
        """From a summary or a report. metric: another one than the headline, of a report. Raises UnknownNameError for a
        metric that no kind has any more, and KeyError for one that a summary does not tell of."""
        judged = metric_named(metric or kept["headline"]["metric"])
        value = kept["value"]
        money = _Money.of(value)
        scores = _scores(kept, judged.name)
        simple = tuple(_simple(scores, money, name, title) for name, title in _methods(kept, money).items())
        named = use_case.value.today if isinstance(use_case.value, NamesToday) else ""
        titles = titles_of(use_case.value)
        policies = tuple(_policy(entry, money, named, titles) for entry in (value["references"] if value else ()))
        return cls(
            metric=judged,
            currency=value["currency"] if value else "",
            per=value["per"] if value else "",
            network=Standing(
                role="network",
                name="network",
                title="Network",
                score=_own_score(kept, judged.name),
                amount=_amount(value) if value else None,
                decision=value.get("decision") if value else None,
            ),
            simple=simple,
            policies=policies,
            best_simple=best_of(simple, _mean, higher_is_better=judged.higher_is_better),
            best_simple_money=best_of([s for s in simple if s.amount], amount_of, higher_is_better=True),
            today=next((s for s in (*policies, *simple) if named and s.name == named), None),
        )

    @property
    def every(self) -> tuple[Standing, ...]:
        """Everything that stands here, each once: the network, the simple methods, the policies."""
        return (self.network, *self.simple, *self.policies)

    @property
    def compared(self) -> Standing | None:
        """What the money is told over: what is done today, else the policy without a model that earns most."""
        return self.today or best_of(self.policies, amount_of, higher_is_better=True)

    def to_json(self) -> dict[str, Any]:
        """Everything as plain values; the best, and what is done today, by their names."""
        chosen = ("best_simple", "best_simple_money", "today")
        return {
            "metric": self.metric.name,
            "currency": self.currency,
            "per": self.per,
            "network": asdict(self.network),
            "simple": [asdict(standing) for standing in self.simple],
            "policies": [asdict(standing) for standing in self.policies],
            **{name: standing.name if (standing := getattr(self, name)) else None for name in chosen},
        }


def titles_of(model: object) -> Mapping[str, str]:
    """What some references of a value model are called on pages, by their names."""
    return model.retitled if isinstance(model, RetitlesReferences) else {}


def amount_of(standing: Standing) -> float | None:
    """The money of a standing, where there is a number."""
    return standing.amount["amount"] if standing.amount else None


def _mean(standing: Standing) -> float | None:
    return standing.score["mean"] if standing.score else None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Money:
    """The money section: what the network earns, and each simple method's entry by its name."""

    own: float | None
    methods: Mapping[str, Mapping[str, Any]]

    @classmethod
    def of(cls, value: ValueSummary | ValueReport | None) -> _Money:
        return cls(
            own=value["amount"] if value else None,
            methods={entry["name"]: entry for entry in value.get("baselines", ())} if value else {},
        )

    def minus(self, entry: Mapping[str, Any]) -> Difference:
        """The network minus an entry. Runs of earlier versions have no interval of it: then there is no verdict."""
        if kept := entry.get("network_minus_this"):
            return cast(Difference, kept)
        known = self.own is not None and entry["amount"] is not None
        mean = self.own - entry["amount"] if self.own is not None and known else None
        return {"mean": mean, "low": None, "high": None, "verdict": "undefined"}


def _amount(entry: Mapping[str, Any]) -> Amount:
    return {"amount": entry["amount"], "low": entry.get("low"), "high": entry.get("high")}


def _simple(scores: Mapping[str, tuple[Range, Difference]], money: _Money, name: str, title: str) -> Standing:
    score, difference = scores.get(name, (None, None))
    entry = money.methods.get(name)
    return Standing(
        role="simple",
        name=name,
        title=title,
        score=score,
        score_difference=difference,
        amount=_amount(entry) if entry else None,
        amount_difference=money.minus(entry) if entry else None,
        decision=entry.get("decision") if entry else None,
    )


def _policy(entry: Mapping[str, Any], money: _Money, today: str, titles: Mapping[str, str]) -> Standing:
    return Standing(
        role="today" if entry["name"] == today else "policy",
        name=entry["name"],
        title=titles.get(entry["name"], entry["name"]),
        amount=_amount(entry),
        amount_difference=money.minus(entry),
    )


def _own_score(kept: Mapping[str, Any], metric: str) -> Range:
    of = kept["headline"] if metric == kept["headline"]["metric"] else kept["metrics"][metric]
    return cast(Range, of["ensemble"])


def _methods(kept: Mapping[str, Any], money: _Money) -> dict[str, str]:
    """Name -> title of every simple method that is told of. Summaries of earlier versions tell of the best alone."""
    entries = kept.get("baselines") or [b for b in (kept.get("best_baseline"),) if b]
    return {entry["name"]: entry["title"] for entry in (*entries, *money.methods.values())}


def _scores(kept: Mapping[str, Any], metric: str) -> dict[str, tuple[Range, Difference]]:
    """Each simple method's score and the network's difference to it, by its name."""
    if "metrics" in kept:
        told = {b["name"]: b["metrics"][metric] for b in kept["baselines"]}
    else:
        if metric != kept["headline"]["metric"]:
            raise KeyError(metric)
        one = kept.get("best_baseline")
        earlier = [{**one, "mean": one["value"], "low": None, "high": None}] if one else []
        told = {b["name"]: b for b in kept.get("baselines") or earlier}
    return {name: (_range(entry), entry["ensemble_minus_this"]) for name, entry in told.items()}


def _range(entry: Mapping[str, Any]) -> Range:
    found: Range = {"mean": entry["mean"], "low": entry["low"], "high": entry["high"]}
    if entry.get("undefined"):
        found["undefined"] = entry["undefined"]
    return found
