"""The results of made pictures: how they grew, a crowd of them beside real ones, over which kinds they are spread."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core import judge
from core.charts import generation as charts
from core.contracts import HeldOutRows, StoredReport
from core.contracts.answers import MadeSheet
from core.errors import UserError
from core.evaluation.best import best_baseline
from core.formatting import numbers
from core.formatting.text import _, escape_markdown, named, plain
from core.kinds.generation import frechet, kind_shares
from pages.components.client import ask
from pages.components.context import Context
from pages.components.held_out import HeldOut
from pages.components.kept import Kept
from pages.components.later import later
from pages.components.made_pictures import draw_growing, draw_sheet
from pages.components.records import run_chart
from pages.components.story import fold

_PATIENCE_S = 60.0
_REAL, _NETWORK = "real", "network"
_floors = Kept(50)


def draw(context: Context, report: StoredReport, found: HeldOut) -> None:
    """Draw the pictures of made pictures."""
    best = best_baseline(report)
    if context.run:
        st.markdown(f"**{_('Out of the same noise, epoch by epoch')}**")
        draw_growing(context.run, context.key("growing"))
    later(partial(_crowds, context, report))
    shares = {_("Real photos"): kind_shares(found.target)[0], _("Network"): kind_shares(found.ensemble)[0]}
    if best:
        shares[plain(_(best["title"]))] = kind_shares(found.baselines[best["name"]])[0]
    names = [plain(_(name)) for name in judge.KINDS]
    run_chart(context, "kinds", partial(charts.kinds, names, {n: s.tolist() for n, s in shares.items()}, context.look))
    _floor(context, found)
    fold(context, "judge", _("For experts: who judges"), _judge)


def _floor(context: Context, found: HeldOut) -> None:
    """How far real pictures lie from real pictures: no method can be asked for less."""

    def counted() -> float:
        count = min(len(found.target), len(found.validation_target))
        rows = HeldOutRows(target=found.target[:count])
        return float(frechet(rows, found.validation_target[:count], context.use_case.task)[0])

    floor = _floors.get(context.version, counted)
    st.caption(
        _(
            "The floor: real validation photos lie {floor} from real test photos, because no two crowds are the same. "
            "Money is not counted: nothing was measured of what such a picture is worth."
        ).format(floor=named(numbers.fixed(floor, 2)))
    )


def _crowds(context: Context, report: StoredReport) -> None:
    """Pictures that nobody chose: real ones, the network's, or those of a simple method."""
    if context.run is None or not context.run.has_weights:
        return
    methods = {_NETWORK: _("Network"), _REAL: _("Real photos")}
    settings: dict[str, object] = {}
    for baseline in report["baselines"]:  # a tuned one comes after the same untuned
        name = baseline["name"].removesuffix("_tuned")
        methods.setdefault(name, plain(_(baseline["title"])))
        settings[name] = baseline["settings"]
    chosen = st.segmented_control(
        _("Made by"),
        list(methods),
        format_func=lambda name: methods[name],
        required=True,
        key=context.start(context.own("crowd"), _NETWORK),
    )
    question: dict[str, object] = {"ask": "crowd", **context.asked, "run": context.run.id, "of": chosen or _NETWORK}
    if chosen in settings:
        question["settings"] = settings[chosen]
    try:
        with st.spinner(_("Making pictures …")):
            sheet: MadeSheet = ask(question, version=context.version, timeout_s=_PATIENCE_S)
    except UserError as error:
        st.warning(escape_markdown(str(error)))
        return
    draw_sheet(sheet, _("Pictures by: {method}").format(method=methods[chosen or _NETWORK]))
    st.caption(_("The first that came, none chosen. Simple methods are tuned on validation."))


def _judge() -> None:
    st.markdown(
        _(
            "A small classifier of the ten kinds judges: two convolutions and 32 features, trained once on training "
            "photos (88% of test photos right), shipped, and never changed. Of real and of made pictures the means and "
            "the spread of those features are compared as two normal distributions (Fréchet distance). It is a small "
            "stand-in for the FID of papers: it sees what tells kinds apart, and overlooks blur. A method that gave "
            "training photos back would look perfect."
        )
    )
