"""Section 7: what it takes to let real people rely on it: refusing, running, watching, and what the law asks."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.answering.mess import can_refuse
from core.contracts.going_live import Measured, rows_in_csv
from core.contracts.refusal import server_assumption
from core.errors import RunError, UserError
from core.formatting import numbers, units
from core.formatting.text import _, escape_markdown, named
from pages.components import new_rows, refusal
from pages.components.assumptions import source_text
from pages.components.client import ask
from pages.components.context import Context
from pages.components.drawing import tiles
from pages.components.held_out import results_of
from pages.components.later import later
from pages.components.part import part
from pages.components.story import sentence

_PATIENCE_S = 60.0
_PORT = 8600
_MEGA, _CASES, _SECONDS = 1_000_000, 1000, 3600


def draw(context: Context) -> None:
    """Draw the section."""
    run = context.run
    if run is None:
        st.info(_("There is nothing to ship yet. Open Train and press the button."))
        return
    try:
        results_of(run, context.use_case)
    except RunError as error:
        st.error(escape_markdown(str(error)))
        return
    care = context.use_case.care
    if care:
        sentence(_("EU AI Act: {risk}. {because}").format(risk=_(care.ai_act), because=_(care.because)))
    if can_refuse(context.use_case):
        st.header(_("Does it notice a mess?"))
        refusal.draw(context)
    st.header(_("What running it takes"))
    if run.has_weights:
        later(partial(_measured, context, run.id))
    _commands(run.id)
    st.header(_("When to retrain"))
    if rows_in_csv(context.use_case) and run.has_weights:
        part(context, "new-rows", new_rows.draw, context, run.id)
    else:
        st.markdown(_("The service counts how its predictions move: ask it at /drift."))
    if care:
        st.header(_("Whom to think of"))
        told = (care.privacy, care.bias, *care.rules)
        st.markdown("\n".join(f"- {escape_markdown(_(line))}" for line in told))


def _measured(context: Context, run: str) -> None:
    waiting = st.empty()
    waiting.caption(_("A service of this run is timed, some seconds."))
    try:
        question = {"ask": "serving", **context.asked, "run": run}
        found: Measured = ask(question, version=context.version, timeout_s=_PATIENCE_S)
    except UserError as error:
        waiting.warning(escape_markdown(str(error)))
        return
    waiting.empty()
    server = server_assumption(context.use_case.value.currency if context.use_case.value else "EUR")
    one, many, memory = tiles(3)
    one.metric(
        _("One answer"),
        escape_markdown(numbers.amount(found["middle_ms"], "ms")),
        escape_markdown(_("95% within {slow}").format(slow=numbers.amount(found["slow_ms"], "ms"))),
        delta_color="off",
        delta_arrow="off",
    )
    many.metric(
        _("1,000 answers"),
        escape_markdown(numbers.amount(found["thousand_s"], "s")),
        escape_markdown(
            _("{cost} of a server").format(cost=units.price(server.value * found["thousand_s"] / _SECONDS, server.unit))
        ),
        delta_color="off",
        delta_arrow="off",
        help=escape_markdown(
            _("{label}: {value}. {source}").format(
                label=_(server.label), value=units.price(server.value, server.unit), source=source_text(server)
            )
        ),
    )
    process = found["process_bytes"]
    memory.metric(
        _("Memory"),
        escape_markdown(numbers.MISSING if process is None else numbers.amount(process / _MEGA, "MB")),
        escape_markdown(_("{size} of weights").format(size=numbers.amount(found["weights_bytes"] / _MEGA, "MB"))),
        delta_color="off",
        delta_arrow="off",
        help=_("Of the process that measured it, which holds data of other runs too."),
    )
    st.caption(
        _(
            "Measured here, {requests} requests, {processor}; without the way through the network. People come on top."
        ).format(requests=numbers.count(found["requests"]), processor=named(found["processor"]))
    )


def _commands(run: str) -> None:
    """How to start it: as a command, and in a container."""
    serve = f".venv/bin/python -m core serve {run} --port {_PORT}"
    pack = (
        "docker build -t proving-ground .\n"
        f'docker run -p {_PORT}:{_PORT} -v "$PWD/store:/app/store" proving-ground {run}'
    )
    for command in (serve, pack):
        st.code(command, language=None, wrap_lines=True)  # words in colours have too little contrast
