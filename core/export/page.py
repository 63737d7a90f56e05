"""A run as one HTML file that needs nothing else: charts that answer the mouse, prints on paper, each figure traced."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from core.charts.look import LIGHT
from core.export.facts import Fact, Facts
from core.export.pictures import Picture, pictures
from core.formatting import units
from core.formatting.text import SENTENCE, plain
from core.use_cases import all_industries

_FRAME = Path(__file__).with_name("page.html")
_ROLES = {"network": "network", "simple": "simple"}


def dossier(facts: Facts) -> str:
    """The whole file."""
    from plotly.offline import get_plotlyjs

    drawn = list(pictures(facts))
    by_name = {picture.name: picture for picture in drawn}
    rest = [p for p in drawn if p.name not in ("money", "score")]
    return Template(_FRAME.read_text(encoding="utf-8")).substitute(
        title=escape(facts.title.text),
        industry=escape(_industry(facts)),
        head=_told(facts.title, "h1") + _told(facts.summary, "p", "lead"),
        strip=_strip(facts),
        question=_question(facts),
        verdict=_told(facts.verdict, "p", "say") + _told(facts.gain, "p", "say"),
        money=_section("Money", _figure(by_name["money"])) if facts.money else "",
        results=_section(
            "Results",
            _figure(by_name["score"]),
            _standings(facts),
            *map(_figure, rest),
        ),
        assumptions=_section("Assumptions", _ledger(facts)) if facts.assumptions else "",
        data=_section("Data", *_data(facts)),
        care=_section("Bias, privacy, regulation", _list(facts.care())),
        limits=_section("What these numbers do not say", _list(facts.limits())),
        provenance=_section("Where the numbers come from", _pairs(facts.about_the_run()), _again(facts)),
        plotly=get_plotlyjs(),
        charts="\n".join(map(_script, drawn)),
        **{name: getattr(LIGHT, name) for name in ("text", "muted", "grid", "accent", "network", "simple", "today")},
    )


def _industry(facts: Facts) -> str:
    return next(i.title for i in all_industries() if i.name == facts.use_case.industry)


def _told(fact: Fact, tag: str = "span", kind: str = "") -> str:
    """A statement as an element that says where it comes from; nothing for an empty one."""
    if not fact.text:
        return ""
    look = f' class="{kind}"' if kind else ""
    return f'<{tag}{look} data-origin="{escape(fact.origin)}">{escape(fact.text)}</{tag}>'


def _strip(facts: Facts) -> str:
    """What it reaches and what it earns, large."""
    parts = [(facts.score, facts.score_interval)]
    if facts.money:
        parts.insert(0, (facts.money, facts.money_interval))
    return "".join(
        f'<div class="big"><div class="label">{escape(value.label)}</div>{_told(value, "div", "number")}'
        f'<div class="label">{escape(interval.label)}: {_told(interval)}</div></div>'
        for value, interval in parts
    )


def _question(facts: Facts) -> str:
    asked = facts.use_case.question
    told = [("Who", asked.who), ("Problem", asked.problem), ("What it costs today", asked.cost_today)]
    told.append(("What the network does", asked.what_ai_does))
    return _section("The question", _pairs(Fact(text, "declared:question", label) for label, text in told if text))


def _section(title: str, *parts: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{''.join(parts)}</section>"


def _figure(picture: Picture) -> str:
    caption = f'<figcaption data-origin="declared">{escape(picture.caption)}</figcaption>' if picture.caption else ""
    layout: Any = picture.drawn.parts["layout"]
    height = int(layout["height"])
    return (
        f'<figure><h3>{escape(picture.title)}</h3><div class="chart" id="chart-{picture.name}" '
        f'data-origin="{escape(picture.origin)}" style="height:{height}px"></div>{caption}</figure>'
    )


def _script(picture: Picture) -> str:
    """A chart's numbers; nothing in them can end the script."""
    return f'draw("chart-{picture.name}", {picture.drawn.to_json().replace("<", chr(92) + "u003c")});'


def _standings(facts: Facts) -> str:
    every = [(standing.role, facts.said_of(standing)) for standing in facts.board.every]
    names = [name for name in every[0][1] if any(said[name] for _role, said in every)]
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    rows = []
    for role, said in every:
        cells = "".join(_told(Fact(said[name] or "–", "scoreboard"), "td") for name in names)
        rows.append(f'<tr class="{_ROLES.get(role, "today")}">{cells}</tr>')
    return _table(head, "".join(rows))


def _ledger(facts: Facts) -> str:
    head = "".join(f"<th>{name}</th>" for name in ("assumption", "value", "range", "source"))
    rows = []
    for one in facts.assumptions:
        value, ends = facts.assumed(one), [units.chosen(end, one.unit) for end in (one.low, one.high)]
        label = _told(Fact(one.label, value.origin), "td")
        between = _told(Fact(" to ".join(ends), value.origin), "td")
        mark = '<b class="guess">guess</b> ' if one.guess else ""
        source = f"<td>{mark}{_told(Fact(one.source, value.origin))}</td>"
        rows.append(f"<tr>{label}{_told(value, 'td')}{between}{source}</tr>")
    return _table(head, "".join(rows))


def _data(facts: Facts) -> Iterable[str]:
    for dataset in facts.datasets:
        origin = f"dataset:{dataset.name}"
        made = "Made up" if dataset.synthetic else "Real"
        told = [
            Fact(dataset.origin, origin, "Origin"),
            Fact(dataset.licence, origin, "Licence"),
            Fact(made, origin, "Rows"),
        ]
        yield f"<h3>{_told(Fact(dataset.title, origin))}</h3>{_pairs(told)}"


def _again(facts: Facts) -> str:
    return f"<h3>Make it again</h3>{_told(Fact(facts.command(), 'settings'), 'pre')}"


def _list(facts: Iterable[Fact]) -> str:
    return f"<ul>{''.join(f'<li>{_named(fact)}{_told(fact)}</li>' for fact in facts)}</ul>"


def _named(fact: Fact) -> str:
    return f"<b>{escape(fact.label)}.</b> " if fact.label else ""


def _pairs(facts: Iterable[Fact] | Sequence[Fact]) -> str:
    found = "".join(f"<dt>{escape(f.label)}</dt><dd>{_told(_short(f))}</dd>" for f in facts)
    return f"<dl>{found}</dl>"


def _short(fact: Fact) -> Fact:
    return Fact(plain(fact.text, 4 * SENTENCE), fact.origin, fact.label)


def _table(head: str, rows: str) -> str:
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
