"""Who is treated how: groups of people side by side at the threshold, and what treating them alike would cost."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.charts import groups as charts
from core.charts import standings
from core.contracts.care import GroupBy
from core.formatting import numbers
from core.formatting.text import _, escape_markdown, named, plain
from core.kinds import kind_of
from core.value.confusion import acted_on
from core.value.groups import LEAST, Rule, large_groups, members, rules, treated
from core.value.threshold import ThresholdValue, assumed_values
from pages.components.context import Context
from pages.components.held_out import HeldOut
from pages.components.kept import Kept
from pages.components.records import run_picture
from pages.components.story import fold

_rules = Kept(200)


def offer(context: Context, found: HeldOut, threshold: float) -> None:
    """A fold with the groups that the use case declares; nothing where it declares none."""
    declared = context.use_case.care.groups if context.use_case.care else ()
    known = [by for by in declared if by.column in found.info.columns]
    if (
        known
        and isinstance(context.use_case.value, ThresholdValue)
        and kind_of(context.use_case.task).written.is_chance
    ):
        title = _("Who is treated how: by {groups}").format(groups=", ".join(_(by.label).lower() for by in known))
        fold(context, "groups", title, _draw, context, found, threshold, known)


def _draw(context: Context, found: HeldOut, threshold: float, known: list[GroupBy]) -> None:
    model, task = context.use_case.value, context.use_case.task
    assert isinstance(model, ThresholdValue)
    labels = {by.column: by for by in known}
    chosen = st.segmented_control(
        _("Groups"),
        list(labels),
        format_func=lambda name: named(_(labels[name].label)),
        required=True,
        key=context.start(context.own("groups"), known[0].column),
        label_visibility="collapsed",
    )
    by = labels[chosen or known[0].column]
    group = members(found.info, by)
    names = large_groups(group, by)
    if len(names) < 2:
        st.info(
            _("Fewer than two groups have {count} held-out records: there is nothing to compare.").format(count=LEAST)
        )
        return
    act = plain(_(model.words.act))
    fares = treated(found.target, acted_on(found.ensemble, threshold), group, names)
    called = [plain(_(context.use_case.names.get(one.name, one.name))) for one in fares]
    acted = [(name, one.acted, one.rows) for name, one in zip(called, fares, strict=True)]
    hits = [(name, one.found, one.positive) for name, one in zip(called, fares, strict=True) if one.positive]
    left, right = st.columns(2, gap="large")
    with left:
        title = _("{act}: share of each group").format(act=act[:1].upper() + act[1:])
        run_picture(context, "groups-acted", partial(charts.shares, acted, title, context.look), by.column, threshold)
    with right:
        title = _("Found: share of those with the outcome “{outcome}”").format(outcome=plain(_(task.positive)))
        run_picture(context, "groups-found", partial(charts.shares, hits, title, context.look), by.column, threshold)
    assumed = assumed_values(model.assumptions, context.state.assumed)
    priced = _rules.get(
        (context.version, by.column, threshold, *sorted(assumed.items())),
        lambda: rules(model, found, by, threshold, assumed),
    )
    title = _("Net value per {per}, by rule").format(per=plain(_(model.per)))
    bars = [_bar(one, model.currency) for one in priced]
    run_picture(context, "group-rules", partial(standings.standings, bars, title, context.look), str(bars))
    st.caption(escape_markdown(_verdict(priced, model.currency)))


def _titles() -> dict[str, str]:
    return {
        "one": _("One threshold for all"),
        "found": _("As many found in each group"),
        "acted": _("As many acted on in each group"),
    }


def _bar(rule: Rule, currency: str) -> standings.Bar:
    return standings.Bar(
        name=_titles()[rule.name],
        role="network",
        value=rule.amount,
        low=None,
        high=None,
        said=numbers.money(rule.amount, currency),
        exact=_("{more} against one threshold for all, 95% interval {interval}").format(
            more=numbers.money(rule.more, currency, sign=True),
            interval=numbers.money_between(rule.low, rule.high, currency),
        ),
    )


def _verdict(priced: list[Rule], currency: str) -> str:
    """What finding as many in each group costs, in a sentence, and how the thresholds were chosen."""
    one, found = priced[0], priced[1]
    if found.low > 0 or found.high < 0:
        more = numbers.money(abs(found.more), currency)
        told = (
            _("Finding as many in each group earns {more} more.")
            if found.more > 0
            else _("Finding as many in each group costs {more}.")
        )
        told = told.format(more=more)
    else:
        told = _("Finding as many in each group costs nothing that these records can show.")
    apart = _("The shares found lie {before} points apart with one threshold, {after} with one for each group.").format(
        before=numbers.fixed(100 * one.spread_found, 1), after=numbers.fixed(100 * found.spread_found, 1)
    )
    how = _(
        "Thresholds of groups are chosen on validation records, money is of held-out ones; the law may forbid to treat "
        "groups by rules of their own."
    )
    return f"{told} {apart} {how}"
