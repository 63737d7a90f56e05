"""Industries and use cases, declared: question, presets, variants, and what they refer to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from core.contracts.appearance import LooksAt, check_icon, colour_named, looks_at_named
from core.contracts.care import Care
from core.contracts.data import ArrayInput, Column, ColumnKind, Examples, Image, Plan
from core.contracts.picture import Picture
from core.contracts.task import Task
from core.contracts.value import ValueModel
from core.errors import UnknownNameError, UserError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


ADDRESSES_TAKEN = ("home", "how-to-read", "static", "media", "component", "app")  # of the front page, and of Streamlit


def _check_industry(name: str) -> None:
    """An industry's name is the address of its page."""
    if name in ADDRESSES_TAKEN:
        raise UserError(
            "No industry may be called {name!r}: it is an address of the server. Give it another name.", name=name
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Industry:
    """One industry: the folder's name, and its story. icon: a Material symbol. colour: a name in `Colour`; without one
    the industry's name chooses."""

    name: str
    title: str
    summary: str
    earns: tuple[str, ...]
    hard: tuple[str, ...]
    order: int = 100
    icon: str = "category"
    colour: str = ""

    def __post_init__(self) -> None:
        _check_industry(self.name)
        check_icon(self.name, self.icon)
        object.__setattr__(self, "colour", colour_named(self.name, self.colour))


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """Section 1: who has the problem, what it is, what it costs them today. picture: what it looks like; without one,
    it is made from the shown run. detail: what only experts ask."""

    who: str
    problem: str
    cost_today: str
    what_ai_does: str
    picture: Picture | None = None
    detail: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Preset:
    """Named settings with a reason. good=False marks one that is shown because it fails; `fault` is what the run doctor
    must then find (a name in core.diagnosis.findings.FAULTS)."""

    name: str
    title: str
    reason: str
    values: Mapping[str, Any] = field(default_factory=dict)
    good: bool = True
    fault: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Variant:
    """The same question on other data or by another plan. changes: fields of the use case that are different there;
    reason: what it shows, in a sentence. flatters: of a plan that makes the question too easy, the variant that asks it
    honestly; apart: the info column whose groups that one keeps apart."""

    name: str
    title: str
    reason: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    flatters: str = ""
    apart: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Labels:
    """How many labelled examples train, as a setting: what a label brings can then be seen. changes: fields of the use
    case, in its variant, that are different with so many (its plan, what they cost). curve: numbers that are measured,
    with the presets `compared`, whose lines are called so; the first is the network's own. note: what holds for all."""

    low: int
    high: int
    default: int
    changes: Callable[[int, UseCase], Mapping[str, Any]]
    curve: tuple[int, ...] = ()
    compared: Mapping[str, str] = field(default_factory=lambda: {"recommended": "Network"})
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Followed:
    """How a series beside the table follows when someone changes columns that are made of it. change: from arrays
    (n, ...) of rows, their features as they are and as somebody wants them, both as networks then read them; features
    that are as they are leave everything as it is. series: its name; columns: of each of its channels, the columns that
    are made of it; the first is called and measured as it is. steps: what its steps are, in the plural."""

    change: Callable[
        [Mapping[str, np.ndarray], pd.DataFrame, pd.DataFrame], tuple[Mapping[str, np.ndarray], pd.DataFrame]
    ]
    series: str
    columns: tuple[tuple[str, ...], ...]
    steps: str


@dataclass(frozen=True, kw_only=True, slots=True)
class UseCase:
    """One use case, declared. `examples` and `plan` import what they need when they are called.

    variants: the first is the use case as declared; the setting `variant` chooses. variant: the chosen one's name.
    labels: where the number of labelled examples is a setting; num_labels: the chosen one.
    image: the columns are its pixels, brought to one scale together. text: the columns are the tokens of a text, first
    to last, of one vocabulary, missing after its end. arrays: what each example has beside the table: images, tokens,
    series, waveforms; a page shows and simple methods read the table alone. icon: a Material symbol; empty: its
    industry's. looks_at: a name in `LooksAt`; empty: as its inputs tell (`seen`).
    care: what to look out for before it meets real people; None: nobody has said it.
    beside: what info columns are called and measured in, where their names do not say it; one without a label is not
    shown. names: how people write a name in the data ('DELI': 'Deli'). missing: what a missing value of a column means
    ('days_since_coupon': 'never'). follow: how a series goes along when a person changes columns made of it.
    """

    name: str
    title: str
    summary: str
    question: Question
    datasets: tuple[str, ...]
    columns: tuple[Column, ...]
    task: Task
    model: str
    baselines: tuple[str, ...]
    examples: Callable[[Mapping[str, Mapping[str, pd.DataFrame]]], Examples]
    plan: Callable[[Examples], Plan]
    value: ValueModel | None = None
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    front: tuple[str, ...] = ("learning_rate", "width", "num_epochs")
    presets: tuple[Preset, ...] = ()
    record_label: str = "record"
    order: int = 100
    variants: tuple[Variant, ...] = ()
    variants_label: str = "Data"
    variant: str = ""
    labels: Labels | None = None
    num_labels: int = 0
    image: Image | None = None
    text: bool = False
    arrays: tuple[ArrayInput, ...] = ()
    icon: str = ""
    looks_at: str = ""
    care: Care | None = None
    beside: tuple[Column, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)
    follow: Followed | None = None

    def __post_init__(self) -> None:
        if self.name.count("/") != 1:
            raise UserError("A use case is named 'industry/use_case'; {name!r} is not.", name=self.name)
        _check_industry(self.industry)
        check_icon(self.name, self.icon)
        looks_at_named(self.looks_at, self.image, self.text, self.arrays)
        categories = sum(c.kind is ColumnKind.CATEGORY for c in self.columns)
        if self.image and (categories or self.image.size != len(self.columns)):
            raise UserError(
                "An image of {size} numbers needs as many numeric columns; {name!r} has {columns}, and "
                "{categories} categories. Declare a column for each.",
                size=self.image.size,
                name=self.name,
                columns=len(self.columns) - categories,
                categories=categories,
            )
        if self.text and categories != len(self.columns):
            raise UserError(
                "A text needs a category column for each of its tokens and no other; {name!r} has "
                "{columns} numeric ones. Leave them out, or drop `text`.",
                name=self.name,
                columns=len(self.columns) - categories,
            )
        if self.arrays and (self.image or self.text or len({a.name for a in self.arrays}) < len(self.arrays)):
            raise UserError(
                "Arrays have names of their own, and stand beside a table of plain columns; look at {name!r}. Leave "
                "out `image` and `text`, and name each array once.",
                name=self.name,
            )
        if self.variants and self.variants[0].changes:
            raise UserError(
                "The first variant is the use case as declared; in {name!r} it changes something.", name=self.name
            )

    def with_variant(self, settings: Mapping[str, Any]) -> UseCase:
        """The use case as the settings' `variant` and `labels` have it; as it is where it has neither."""
        if self.labels is not None:
            count = int(settings.get("labels", self.labels.default))
            varied = replace(self, labels=None).with_variant(settings)
            return replace(varied, labels=self.labels, num_labels=count, **self.labels.changes(count, varied))
        if not self.variants:
            return self
        known = {v.name: v for v in self.variants}
        name = str(settings.get("variant", self.variants[0].name))
        if name not in known:
            raise UnknownNameError("variant", name, known)
        return replace(self, variant=name, **known[name].changes)

    def named(self, name: str) -> str:
        """A category as people write it; of a name in parts, the part before the comma."""
        head, comma, rest = name.partition(", ")
        return self.names.get(name) or self.names.get(head, head) + comma + rest

    @property
    def industry(self) -> str:
        return self.name.split("/")[0]

    @property
    def seen(self) -> LooksAt:
        """What the network looks at."""
        return looks_at_named(self.looks_at, self.image, self.text, self.arrays)

    @property
    def slug(self) -> str:
        """The link name of its page: retail-coupon_response."""
        return self.name.replace("/", "-")
