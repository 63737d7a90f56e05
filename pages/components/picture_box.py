"""Pictures on a page: light boxes of some of them, and one under what the networks saw in it."""

from __future__ import annotations

import html
import zlib
from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from core.answering.senses import sensed
from core.charts.look import Look
from core.charts.sight import overlay
from core.contracts import Kind, Task, UseCase
from core.contracts.answers import DataProfile, PictureAnswer, Record, Redrawn
from core.contracts.picture import Share
from core.formatting import numbers
from core.formatting.messages import capital, message
from core.formatting.text import _, named, plain
from core.kinds import kind_of
from pages.components.client import ask
from pages.components.context import Context
from pages.components.made_pictures import addresses, told_of
from pages.components.picture_wall import OnWall, picture_wall
from pages.components.story import fold

_SIZE, _LARGE = 112, 176  # pixels
_IN_QUESTION, _OF_EACH, _OF_A_KIND, _HEARD_OF_A_KIND = 8, 8, 4, 2
_EVERY_MADE = 5  # of those that were told: neighbours in the table are no likelier to be shown together
_NO_FRAME = "transparent"
_OF_TWO = (Kind.BINARY, Kind.ONE_CLASS)  # whose first target column is the event
_MIXING = 7919  # a prime: rows of one part lie side by side in a table


def shows_pictures(use_case: UseCase) -> bool:
    """Whether its examples are pictures, or sounds as pictures, which records bring along."""
    return sensed(use_case) is not None


def plays_sounds(use_case: UseCase) -> bool:
    """Whether its pictures are of sounds."""
    array = sensed(use_case)
    return array is not None and array.mel is not None


def draw_riddle(context: Context, found: DataProfile) -> None:
    """Some pictures without a word, as many of the event as the question says, and on a wish what they were."""
    some = _one_of_each(context, found) if context.use_case.task.kind == Kind.MULTICLASS else _mixed(context, found)
    some.sort(key=lambda record: record["row"] * _MIXING % len(found["sample"]))
    told = st.toggle(_("Show what they turned out to be"), key=context.start("riddle", False))
    happened = [_happened(context, record) for record in some]
    if plays_sounds(context.use_case):
        _heard(context, "riddle-wall", some, happened if told else [""] * len(some))
        return
    _light_box(
        some, happened if told else [""] * len(some), [told and _is_event(context, r) for r in some], context.look
    )


def _mixed(context: Context, found: DataProfile) -> list[Record]:
    share = context.use_case.question.picture
    events, of_all = (share.lit, share.out_of) if isinstance(share, Share) else (_IN_QUESTION // 2, _IN_QUESTION)
    is_event = {record["row"]: _is_event(context, record) for record in found["sample"]}
    of_each = ([r for r in found["sample"] if is_event[r["row"]] is event] for event in (True, False))
    return [*next(of_each)[:events], *next(of_each)[: of_all - events]]


def _one_of_each(context: Context, found: DataProfile) -> list[Record]:
    by_outcome = {_happened(context, record): record for record in found["sample"]}
    return list(by_outcome.values())


def draw_real_or_made(context: Context, found: DataProfile) -> None:
    """Real pictures among some that the shown run's network made, and on a wish which are which."""
    made = addresses(told[-1][1]["pictures"])[::_EVERY_MADE] if context.run and (told := told_of(context.run)) else []
    half = _IN_QUESTION // 2
    pictures = [(source, True) for source in made[:half]]
    real = [next(iter(record["pictures"].values())) for record in found["sample"]]
    pictures += [(source, False) for source in real[:: max(1, len(real) // half)][: _IN_QUESTION - len(pictures)]]
    pictures.sort(key=lambda one: zlib.crc32(one[0].encode()))
    told_which = st.toggle(_("Show which were made up"), key=context.start("riddle", False))
    words = {True: _("Made up"), False: _("Real")}
    _figures(
        [
            (
                source,
                words[is_made] if told_which else "",
                context.look.network if told_which and is_made else _NO_FRAME,
            )
            for source, is_made in pictures
        ],
        _SIZE,
    )


def draw_examples(context: Context, found: DataProfile) -> None:
    """Some pictures of each outcome, the event first."""
    task, by_outcome = context.use_case.task, dict[str, list[Record]]()
    several = task.kind == Kind.MULTICLASS
    for record in sorted(found["sample"], key=lambda one: one["target"][task.target_columns[0]], reverse=not several):
        by_outcome.setdefault(_happened(context, record), []).append(record)
    if plays_sounds(context.use_case):
        some = [record for all_of_it in by_outcome.values() for record in all_of_it[:_HEARD_OF_A_KIND]]
        _heard(context, "examples-wall", some, [capital(_happened(context, record)) for record in some])
        return
    if several:
        _kinds(by_outcome)
        return
    if not kind_of(task).has_outcome:
        some = found["sample"]
        _light_box(some, [""] * len(some), [False] * len(some), context.look)
        return
    for happened, all_of_it in by_outcome.items():
        some = all_of_it[:_OF_EACH]
        st.markdown(f"**{named(happened)}**")
        _light_box(some, [""] * len(some), [_is_event(context, record) for record in some], context.look)


def _heard(context: Context, name: str, records: Sequence[Record], below: Sequence[str]) -> None:
    """Sounds that can be played."""
    picture_wall(on_wall(context, records, below), key=context.key(name))


def _kinds(by_outcome: dict[str, list[Record]]) -> None:
    """A small light box for each kind, its name below, as many side by side as fit."""
    boxes = []
    for happened, records in by_outcome.items():
        images = [
            f'<img src="{html.escape(next(iter(record["pictures"].values())))}" alt="" style="width:calc(50% - 2px)">'
            for record in records[:_OF_A_KIND]
        ]
        boxes.append(
            '<figure style="margin:0"><div style="display:flex;flex-wrap:wrap;gap:4px;background:black;padding:8px;'
            f'border-radius:8px">{"".join(images)}</div><figcaption style="padding-top:4px">'
            f"{html.escape(plain(capital(happened)))}</figcaption></figure>"
        )
    st.html(
        '<div style="display:grid;gap:14px;grid-template-columns:repeat(auto-fill,minmax(165px,1fr))">'
        f"{''.join(boxes)}</div>"
    )


def draw_wall(
    context: Context, records: Sequence[Record], below: Sequence[str], on_picture: Callable[[int], None] | None
) -> None:
    """The pictures of records, each with what is said of it; nothing where none brings one. on_picture: told the place
    of one that is pressed."""
    if wall := on_wall(context, records, below):
        picture_wall(wall, key=context.key("wall"), on_picture=on_picture if len(wall) == len(records) else None)


def on_wall(context: Context, records: Sequence[Record], below: Sequence[str]) -> list[OnWall]:
    """The pictures of those records that bring one."""
    found: list[OnWall] = []
    for record, said in zip(records, below, strict=True):
        if record.get("pictures"):
            one: OnWall = {
                "source": next(iter(record["pictures"].values())),
                "said": said,
                "marked": _is_event(context, record),
            }
            found.append({**one, "sound": next(iter(record["sounds"].values()))} if "sounds" in record else one)
    return found


def draw_sight(context: Context, record: Record) -> None:
    """The picture beside a table, and what the networks saw in it by two methods."""
    if context.run is None:
        return
    question = {"ask": "picture", **context.asked, "run": context.run.id, "row": record["row"]}
    answer: PictureAnswer = ask(question, version=context.version)
    seen, look = answer["sight"], context.look
    shown = (
        (answer["picture"], _("As the networks read it")),
        (overlay(seen["picture"], seen["activations"], look), _("Where they found something (Grad-CAM)")),
        (overlay(seen["picture"], seen["gradients"], look), _("Which spots counted (integrated gradients)")),
    )
    draw_seen(context, seen["output"], shown)
    fold(context, "sight", _("For experts: how this is found"), draw_method, context.use_case)


def draw_seen(
    context: Context, output: int, shown: Sequence[tuple[str, str]], sounds: Mapping[str, str] | None = None
) -> None:
    """Pictures with what is said of each, and what the colours of maps over them mean. sounds: of what the first and
    the second are pictures."""
    event = named(_(_output(context.use_case.task, output)))
    if sounds:
        wall: list[OnWall] = [{"source": source, "said": said, "marked": False} for source, said in shown]
        for place, name in enumerate(("changed", "nearest")):
            wall[place]["sound"] = sounds[name]
        picture_wall(wall, key=context.key("seen-wall"), large=True)
    else:
        _figures([(source, said, "transparent") for source, said in shown], _LARGE)
    swatch = '<span style="display:inline-block;width:.8em;height:.8em;border-radius:2px;background:{}"></span> {}'
    words = ((context.look.outcome, _("speaks for {what}")), (context.look.network, _("speaks against {what}")))
    st.html(" &nbsp; ".join(swatch.format(colour, html.escape(said.format(what=event))) for colour, said in words))


def draw_redrawn(context: Context, answer: PictureAnswer, drawn: Redrawn, *, damaged: bool) -> None:
    """A picture, as the networks draw it again, and where that is otherwise than usual."""
    look = context.look
    shown = (
        (answer["changed"], _("Damaged") if damaged else _("As the networks read it")),
        (drawn["redrawn"], _("As they draw it again")),
        (overlay(drawn["greys"], drawn["error"], look), _("Where that is wrong")),
        (answer["nearest"], _("The nearest that they learned from")),
    )
    _figures([(source, said, "transparent") for source, said in shown], _LARGE)
    fold(context, "sight", _("For experts: how this is found"), _draw_redrawing)


def _draw_redrawing() -> None:
    st.markdown(
        _(
            "The networks have learned to draw what belongs from a few numbers, part of it hidden. The difference "
            "between picture and drawing is taken in small neighbourhoods; each place's square counts over what it "
            "usually is among what belongs. Colour begins where it is more than usual, and the anomaly score e / (1 + "
            "e) is of the mean e over all places: one half where a picture is as wrong as is usual."
        )
    )


def draw_method(use_case: UseCase) -> None:
    """How the maps are found, and what they do not say."""
    if plays_sounds(use_case):
        st.markdown(
            _(
                "The picture is the part that sounds, stretched to the same length whoever speaks slowly: from left to "
                "right in time, from the bottom up in pitch (the mel scale, up to 4,000 Hz), the louder the brighter. "
                "The networks read it coarser, and without how loud each moment is."
            )
        )
    st.markdown(
        _(
            "Grad-CAM weighs what the last block found at each place by how much the answer would rise with it; places "
            "are coarse, because each block halves the picture. Integrated gradients add up how the answer changes on "
            "the way from an even grey to this picture, pixel by pixel. Both show what the networks used, not what a "
            "person would; colour where nothing tells is a reason to distrust the answer."
        )
    )


def _output(task: Task, place: int) -> str:
    """What a high answer of an output says."""
    if task.kind in _OF_TWO:
        return task.positive
    return task.outputs[place] if task.kind == Kind.MULTICLASS else message("a high answer")


def _is_event(context: Context, record: Record) -> bool:
    """Of several classes none is the event."""
    task = context.use_case.task
    return task.kind in _OF_TWO and bool(record["target"][task.target_columns[0]] > 0)


def _happened(context: Context, record: Record) -> str:
    return _(kind_of(context.use_case.task).happened(context.use_case.task, record["target"]))


def _light_box(records: Sequence[Record], below: Sequence[str], marked: Sequence[bool], look: Look) -> None:
    _figures(
        [
            (next(iter(record["pictures"].values())), said, look.outcome if mark else "transparent")
            for record, said, mark in zip(records, below, marked, strict=True)
        ],
        _SIZE,
    )


def _figures(shown: Sequence[tuple[str, str, str]], size: int) -> None:
    """Addresses, each with what is said of it and the colour of its frame, side by side on dark ground, in both looks:
    films are read so."""
    count = numbers.count(len(shown))
    alts = [
        _("Picture {place} of {count}").format(place=numbers.count(place), count=count)
        for place in range(1, len(shown) + 1)
    ]
    figures = [_figure(source, alt, said, size, frame) for (source, said, frame), alt in zip(shown, alts, strict=True)]
    st.html(
        '<div style="display:flex;flex-wrap:wrap;justify-content:center;gap:12px;background:black;border-radius:10px;'
        'padding:14px">'
        f"{''.join(figures)}</div>"
    )


def _figure(source: str, alt: str, said: str, size: int, frame: str) -> str:
    """alt: which of the pictures it is, for the caption is read aloud beside it."""
    words, alt = html.escape(plain(said)), html.escape(alt)
    caption = f'<figcaption style="color:white;font-size:.8rem;line-height:1.3;padding-top:4px">{words}</figcaption>'
    return (
        f'<figure style="margin:0;width:min({size}px,calc(50% - 6px))"><img src="{html.escape(source)}" alt="{alt}" '
        f'style="display:block;width:100%;box-sizing:border-box;border:3px solid {frame};border-radius:4px">'
        f"{caption if said else ''}</figure>"
    )
