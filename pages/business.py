"""Business case: what building on these runs is worth, month by month, as ranges; saved, named and compared."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.company.assumptions import Figure
from core.company.case import DRAWS, NEEDED, Case, Outcome, chosen, outcome
from core.company.declared import BUSINESS
from core.company.from_runs import CURRENCY, Earned, earned
from core.company.saved import SavedCase
from core.formatting import numbers
from core.formatting.text import SENTENCE, _, choice, escape_markdown, named, plain
from core.store import store_folder
from core.use_cases import all_use_cases
from pages.components import company_cases, company_panel, company_state
from pages.components.drawing import table
from pages.components.kept import Kept
from pages.components.look import start_page
from pages.components.story import sentence

_FIRST = ("retail/coupon_response", "finance/credit_default")
_SLIDERS = ("adoption", "volume", "kept", "build_cost", "running_cost", "months_to_live")
_mount = company_panel.component("fan")
_outcomes = Kept(300)
WORDS = {"year": "Year {year}"}
_FLOWS = (
    r"\text{flow}_0 = -\text{build},\quad "
    r"\text{flow}_m = \tfrac{1}{12}\,g\,v\,a_m\,k\,(1+w)^{m/12}(1-d)^{m/12} - r"
)


def draw() -> None:
    """Draw the page."""
    start_page()
    st.title(_("Business case"))
    ledger = company_state.ledger()
    every = {one.use_case.name: one for one in earned(store_folder(), all_use_cases(), ledger)}
    figures = {one.name: one for one in ledger.of_page(BUSINESS)}
    _body(every, figures)


@st.fragment
def _body(every: Mapping[str, Earned], figures: Mapping[str, Figure]) -> None:
    kept: dict[str, Any] = st.session_state.setdefault(
        "company-business", {"moved": {}, "use_cases": list(_FIRST), "saved": None}
    )
    place = st.container()
    names = _choose(every, kept)
    if not names:
        st.info(_("Choose a use case to build on."))
        return
    base = kept["saved"].applied(figures) if kept["saved"] else dict(figures)
    case = _moved(chosen([every[name].gain for name in names], base), kept["moved"])
    found = _outcome(case)
    with place:
        sentence(verdict(found))
    cases = company_cases.read()
    other = company_cases.choose_other(cases)
    beside = _of_saved(cases[other], every, figures) if other else None
    rows = [company_panel.row_of(case.figures[name], case.figures[name].value) for name in _SLIDERS]
    company_panel.draw_panel(
        _mount,
        _still(rows, base),
        WORDS,
        {"currency": CURRENCY, **payload(case, found, beside)},
        key="business-panel",
        on_moved=lambda values: _keep(kept["moved"], values, base),
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        company_cases.draw_save(names, case)
        if kept["moved"] or kept["saved"]:
            st.button(_("Back to the assumptions"), key="business-back", on_click=lambda: _back(kept))
    company_cases.draw_list(cases, lambda saved: _open(kept, saved))
    if beside:
        _compare(found, beside, cases[other] if other else None)
    st.caption(_how(names, every))
    with st.expander(_("Formulas and sources"), key="business-formulas", on_change="rerun") as fold:
        if fold.open:
            _formulas(case, [every[name] for name in names])


def _choose(every: Mapping[str, Earned], kept: dict[str, Any]) -> list[str]:
    picked = st.multiselect(
        _("Use cases that it builds on"),
        list(every),
        default=[name for name in kept["use_cases"] if name in every],
        format_func=lambda name: choice(f"{plain(_(every[name].use_case.title))} {_gain(every[name])}"),
        key=f"business-cases-{kept.get('opened', 0)}",
        label_visibility="collapsed",
    )
    kept["use_cases"] = list(picked)
    return [name for name in every if name in picked]


def _gain(one: Earned) -> str:
    return plain(numbers.money(one.gain.mean, CURRENCY, sign=True))


def _moved(case: Case, moved: Mapping[str, float]) -> Case:
    for name, value in moved.items():
        case = case.moved(name, value)
    return case


def _keep(moved: dict[str, float], values: Mapping[str, float], base: Mapping[str, Figure]) -> None:
    """Take over what the sliders say; what stands where the assumptions have it is not moved."""
    for name, value in values.items():
        moved.pop(name, None)
        if value != base[name].value:
            moved[name] = value


def _still(rows: list[dict[str, Any]], base: Mapping[str, Figure]) -> list[dict[str, Any]]:
    """The sliders' ends as they are before anything is moved: a slider must not change its scale under the hand."""
    ends = {name: company_panel.row_of(base[name], base[name].value) for name in _SLIDERS}
    return [
        {
            **row,
            "low": min(ends[row["name"]]["low"], row["value"]),
            "high": max(ends[row["name"]]["high"], row["value"]),
        }
        for row in rows
    ]


def _back(kept: dict[str, Any]) -> None:
    kept["moved"].clear()
    kept["saved"] = None


def _open(kept: dict[str, Any], saved: SavedCase) -> None:
    kept.update(saved=saved, moved={}, use_cases=list(saved.use_cases), opened=kept.get("opened", 0) + 1)


def _outcome(case: Case) -> Outcome:
    """Drawn once for all visitors who ask for the same."""
    return _outcomes.get((case.gains, *(case.figures[name] for name in NEEDED)), lambda: outcome(case))


def _of_saved(saved: SavedCase, every: Mapping[str, Earned], figures: Mapping[str, Figure]) -> Outcome | None:
    gains = [every[name].gain for name in saved.use_cases if name in every]
    return _outcome(chosen(gains, saved.applied(figures))) if gains else None


def verdict(found: Outcome) -> str:
    """What the case comes to, in a sentence."""
    chance = numbers.percent(found.chance)
    if found.npv[0] > 0:
        return _("It pays: worth more than it costs in {chance} of the draws.").format(chance=chance)
    if found.npv[-1] < 0:
        return _("It does not pay: worth more than it costs in {chance} of the draws.").format(chance=chance)
    return _("It may pay: worth more than it costs in {chance} of the draws.").format(chance=chance)


def payload(case: Case, found: Outcome, beside: Outcome | None) -> dict[str, Any]:
    """What the browser draws: money by month, numbers under it, what each assumption alone moves."""
    payback = float(found.payback[2])
    known = math.isfinite(payback)
    return {
        "npv": found.likely_npv,
        "marked": _("Paid back: month {month}").format(month=numbers.count(payback)) if known else "",
        "head": {
            "label": _("Net present value, 5 years"),
            "text": plain(numbers.money(found.likely_npv, CURRENCY)),
            "beside": _("9 of 10 draws: {range}").format(range=plain(_money_range(found.npv), SENTENCE)),
            "tone": "bad" if found.likely_npv < 0 else "",
        },
        "fan": {
            "quantiles": [[round(float(v)) for v in line] for line in found.balance_QT],
            "payback": int(payback) if known else None,
            "other": [round(float(v)) for v in beside.balance_QT[2]] if beside else None,
        },
        "tiles": tiles(case, found),
        "tornado": {
            "title": _("What moves it, each alone"),
            "ends": _("at the low and the high end"),
            "rows": [
                {
                    "label": plain(_(swing.label)),
                    "low": swing.at_low,
                    "high": swing.at_high,
                    "middle": found.likely_npv,
                    "said": " · ".join(plain(numbers.money(end, CURRENCY)) for end in (swing.at_low, swing.at_high)),
                }
                for swing in found.tornado[:8]
            ],
        },
    }


def tiles(case: Case, found: Outcome) -> list[dict[str, str]]:
    """The numbers under the chart."""
    investment = case.figures["build_cost"].value * len(case.gains)
    gain = sum(one.mean for one in case.gains)
    undefined = _("{share} have no single rate").format(share=numbers.percent(found.without_irr))
    return [
        {"what": _("Pays in"), "figure": numbers.percent(found.chance), "note": _("of the draws")},
        {
            "what": _("Internal rate of return"),
            "figure": _rate(found.likely_irr),
            "note": _("{low} to {high}").format(low=_rate(found.irr[0]), high=_rate(found.irr[-1]))
            + (f", {undefined}" if found.without_irr else ""),
        },
        {
            "what": _("Paid back"),
            "figure": _months(found.payback[2]),
            "note": _("{low} to {high}").format(low=_months(found.payback[0]), high=_months(found.payback[-1])),
        },
        {
            "what": _("To build"),
            "figure": plain(numbers.money(investment, CURRENCY)),
            "note": plain(numbers.counted(len(case.gains), "{count} use case", "{count} use cases")),
        },
        {
            "what": _("Measured gain a year"),
            "figure": plain(numbers.money(gain, CURRENCY)),
            "note": _("over what is done today"),
        },
    ]


def _rate(share: float) -> str:
    if math.isnan(share):
        return plain(numbers.undefined())
    return _("over {most}").format(most=numbers.percent(9.99)) if share > 9.99 else plain(numbers.percent(share))


def _months(count: float) -> str:
    if not math.isfinite(count):
        return _("never")
    return plain(numbers.counted(int(count), "{count} month", "{count} months"))


def _money_range(quantiles: Any) -> str:
    return numbers.money_between(float(quantiles[0]), float(quantiles[-1]), CURRENCY)


def _compare(mine: Outcome, other: Outcome, saved: SavedCase | None) -> None:
    if saved is None:
        return
    st.header(_("Beside {name}").format(name=named(saved.name)))

    def line(title: str, found: Outcome) -> dict[str, object]:
        return {
            _("Case"): title,
            _("Net present value"): plain(numbers.money(found.likely_npv, CURRENCY)),
            _("9 of 10 draws"): plain(_money_range(found.npv), SENTENCE),
            _("Pays in"): numbers.percent(found.chance),
            _("Internal rate of return"): _rate(found.likely_irr),
            _("Paid back"): _months(found.payback[2]),
        }

    table([line(_("This case"), mine), line(plain(saved.name), other)])


def _how(names: list[str], every: Mapping[str, Earned]) -> str:
    over = ", ".join(f"{_(every[n].use_case.title)}: {_(every[n].over)}" for n in names)
    return escape_markdown(
        _(
            "{draws} draws: assumptions triangular over their likely range, measured gains normal over their 95% "
            "interval. Gains are those of the shown runs over what is done today ({over})."
        ).format(draws=numbers.count(DRAWS), over=plain(over, SENTENCE))
    )


def _formulas(case: Case, built_on: list[Earned]) -> None:
    st.latex(_FLOWS, width="content")
    st.caption(
        _(
            "g measured gain a year, v volume, a share of decisions in month m, k margin that stays, w growth, d loss, "
            "r running cost. NPV discounts each month by (1 + rate)^(m/12); month 0 is today."
        )
    )
    table(
        [
            {
                _("Use case"): _(one.use_case.title),
                _("Gain a year"): plain(numbers.money(one.gain.mean, CURRENCY)),
                _("95% interval"): plain(numbers.money_between(one.gain.low, one.gain.high, CURRENCY), SENTENCE),
                _("Over"): _(one.over),
                _("Run"): one.run,
            }
            for one in built_on
        ]
    )
    table([company_cases.figure_row(case.figures[name]) for name in NEEDED])
