"""The beats of a presentation: what each says in one sentence, and what it shows below."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.charts import outcome
from core.contracts import StoredReport, ValueModel
from core.contracts.storyline import Beat, BeatKind
from core.datasets import DATASETS
from core.errors import RunError, UserError
from core.formatting import numbers, scores
from core.formatting.text import _, escape_markdown, named
from core.value import scoreboard_words as words
from core.value.scoreboard import Scoreboard
from pages.components import live_or_recorded, outcome_words, refusal, section_data, section_money, section_understand
from pages.components.context import Context, active_job
from pages.components.held_out import HeldOut, results_of
from pages.components.part import part
from pages.components.record_words import profile_in_words
from pages.components.section_question import draw_picture, draw_sides
from pages.components.standings import draw_standings
from pages.components.training_words import training_sentence

_COLUMNS = 3


def names() -> dict[BeatKind, str]:
    """The beats' visible names."""
    return {
        BeatKind.PROBLEM: _("Problem"),
        BeatKind.DATA: _("Data"),
        BeatKind.TRAINING: _("Training"),
        BeatKind.RESULT: _("Result"),
        BeatKind.WHAT_IF: _("What if"),
        BeatKind.BREAK_IT: _("Break it"),
        BeatKind.MONEY: _("Money"),
        BeatKind.RISKS: _("Risks"),
        BeatKind.ASK: _("Your turn"),
    }


def headline(context: Context, beat: Beat) -> str:
    """The presenter's own words, else what the beat says of itself."""
    return beat.words or _SAYS[beat.kind](context)


def draw(context: Context, beat: Beat) -> None:
    """What the beat shows."""
    try:
        _SHOWS[beat.kind](context)
    except RunError as error:
        st.warning(escape_markdown(str(error)))


def faults(context: Context, beat: Beat) -> list[str]:
    """What a rehearsal finds wrong with a beat, in sentences."""
    if beat.kind in (BeatKind.PROBLEM, BeatKind.ASK):
        return []
    if beat.kind is BeatKind.DATA:
        return [] if section_data.profile(context) else [_("The data cannot be read.")]
    if context.run is None:
        return [_("There is no run to show, not even a recorded one. Train one.")]
    try:
        results_of(context.run, context.use_case)
    except RunError as error:
        return [str(error)]
    if beat.kind in (BeatKind.WHAT_IF, BeatKind.BREAK_IT) and not context.run.has_weights:
        return [_("The run that is shown was shipped without its weights, and cannot be asked.")]
    if beat.kind is BeatKind.BREAK_IT:
        try:
            refusal.measured(context, context.run.id)
        except UserError as error:
            return [str(error)]
    return []


def _results(context: Context) -> tuple[StoredReport, HeldOut]:
    if context.run is None:
        raise RunError(_("There is no run to show, not even a recorded one. Train one."))
    return results_of(context.run, context.use_case)


def _says_data(context: Context) -> str:
    use_case, found = context.use_case, section_data.profile(context)
    if found is None:
        return _("Real data.")
    strongest = [profile_in_words(use_case, c) for c in outcome.strongest(found["columns"], 1)]
    return outcome_words.data_sentence(use_case, found, strongest[0] if strongest and "outcome" in found else None)


def _says_training(context: Context) -> str:
    job = active_job(context.use_case, context.state)
    return training_sentence(job[0] if job else context.run, job[1] if job else None, context.use_case.task)


def _says_result(context: Context) -> str:
    return words.verdict_sentence(context.board) if context.board else _("Not trained yet.")


def _says_money(context: Context) -> str:
    gain = words.gain_sentence(context.board) if context.board else ""
    return words.where_chosen(context.use_case, gain) if gain else _("What it is worth.")


_SAYS: dict[BeatKind, Callable[[Context], str]] = {
    BeatKind.PROBLEM: lambda context: _(context.use_case.question.problem),
    BeatKind.DATA: _says_data,
    BeatKind.TRAINING: _says_training,
    BeatKind.RESULT: _says_result,
    BeatKind.WHAT_IF: lambda _context: _("What if one thing were different?"),
    BeatKind.BREAK_IT: lambda _context: _("Break it: does it notice, and say “I don't know”?"),
    BeatKind.MONEY: _says_money,
    BeatKind.RISKS: lambda _context: _("What this does not show."),
    BeatKind.ASK: lambda _context: _("Your turn: name the data, and we train it here."),
}


def _problem(context: Context) -> None:
    left, right = st.columns([3, 2], gap="large")
    with left:
        draw_picture(context)
    with right:
        draw_sides(context)


def _data(context: Context) -> None:
    if found := section_data.profile(context):
        section_data.draw_outcomes(context, found, _COLUMNS)


def _result(context: Context) -> None:
    report, _found = _results(context)
    board = Scoreboard.of(context.use_case, report)
    draw_standings(context, board)
    if gain := words.gain_sentence(board):
        st.markdown(escape_markdown(gain))


def _money(context: Context) -> None:
    _report, found = _results(context)
    if context.use_case.value is not None:
        part(context, "assumed", _decide, context, context.use_case.value, found)


def _decide(context: Context, model: ValueModel, found: HeldOut) -> None:
    section_money.draw_panel(context, model, found)


def _risks(context: Context) -> None:
    st.markdown("\n".join(f"- {escape_markdown(line)}" for line in risks(context)))


def risks(context: Context) -> list[str]:
    """What a careful listener would ask, answered from the run and the declarations."""
    report, _found = _results(context)
    use_case, board = context.use_case, Scoreboard.of(context.use_case, report)
    score, simple = board.network.score, board.best_simple
    told = [
        _("It was measured on {rows} held-out rows of these data alone. {plan}").format(
            rows=numbers.count(report["rows"]["test"]), plan=_(report["plan"])
        )
    ]
    if score and score["low"] is not None and score["high"] is not None:
        told.append(
            _("{metric} is between {interval} (95% interval).").format(
                metric=_(board.metric.label), interval=scores.score_between(board.metric, score["low"], score["high"])
            )
        )
    if simple and simple.score_difference and simple.score_difference["verdict"] != "win":
        words_of = _("A simple method, {method}, does about as well: the gain is not the network's alone.")
        if simple.score_difference["verdict"] == "loss":
            words_of = _("A simple method, {method}, does better: the gain is not the network's.")
        told.append(words_of.format(method=_(simple.title)))
    if use_case.value is not None:
        guesses = numbers.counted(len(use_case.value.assumptions), "one assumption", "{count} assumptions")
        told.append(_("The money rests on {guesses}, each of them named on the page.").format(guesses=guesses))
    for name in use_case.datasets:
        data = DATASETS.get(name)
        told += [_("{title}: {licence}").format(title=_(data.title), licence=_(data.licence))]
        told += [_(caveat) for caveat in data.caveats[:2]]
    return told


def _ask(context: Context) -> None:
    st.markdown(escape_markdown(_(context.use_case.question.what_ai_does)))
    address = f"{st.context.url.rpartition('/')[0]}/{context.use_case.slug}" if st.context.url else ""
    if address:
        st.header(named(address), anchor=False)


_SHOWS: dict[BeatKind, Callable[[Context], None]] = {
    BeatKind.PROBLEM: _problem,
    BeatKind.DATA: _data,
    BeatKind.TRAINING: live_or_recorded.draw,
    BeatKind.RESULT: _result,
    BeatKind.WHAT_IF: section_understand.draw,
    BeatKind.BREAK_IT: refusal.draw,
    BeatKind.MONEY: _money,
    BeatKind.RISKS: _risks,
    BeatKind.ASK: _ask,
}
