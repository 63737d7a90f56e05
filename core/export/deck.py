"""Slides of 16 by 9 in the house's look: text, bars, lines and tables that PowerPoint can edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from core.charts.look import Look

_WIDE, _HIGH, _LEFT = 13.333, 7.5, 0.7  # inches
_INSIDE = _WIDE - 2 * _LEFT
_FONT = "Calibri"
_LETTERS_AN_INCH = 160.0  # of text of one point: a letter is about half as wide as it is high


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """One bar, in the colour of its role."""

    name: str
    value: float
    role: str


class Deck:
    """A presentation in the making. pptx: the package."""

    def __init__(self, pptx: Any, look: Look) -> None:
        from pptx.chart.data import CategoryChartData
        from pptx.dml.color import RGBColor
        from pptx.util import Inches, Pt

        self.inches, self.points, self.look = Inches, Pt, look
        self.chart_data: Any = CategoryChartData
        self.colours: Any = RGBColor
        self.deck = pptx.Presentation()
        self.deck.slide_width, self.deck.slide_height = Inches(_WIDE), Inches(_HIGH)
        self.slide: Any = None

    def save(self, out: BinaryIO) -> None:
        self.deck.save(out)

    def notes(self, text: str) -> None:
        """Of the slide that was made last."""
        self.slide.notes_slide.notes_text_frame.text = text

    def opening(self, title: str, summary: str, large: Sequence[tuple[str, str]], verdict: str) -> None:
        """The first slide: what it is, its figures, how it stands."""
        self._new()
        self._bar_of_colour()
        self._text(title, 1.0, 1.1, size=44, bold=True)
        self._text(summary, 2.0, 0.9, size=20, colour=self.look.muted)
        width = _INSIDE / max(1, len(large))
        for place, (value, label) in enumerate(large):
            left = _LEFT + place * width
            self._text(value, 3.3, 1.1, size=48, bold=True, colour=self.look.network, left=left, width=width)
            self._text(label, 4.35, 0.6, size=14, colour=self.look.muted, left=left, width=width)
        self._text(verdict, 5.4, 1.3, size=20)

    def said(self, title: str, lines: Sequence[tuple[str, str]]) -> None:
        """Statements, each after its label, as large as they fit."""
        self._headed(title)
        size = _size([f"{label}  {text}" for label, text in lines], _INSIDE, 5.4)
        frame = self._frame(_LEFT, 1.6, _INSIDE, 5.4)
        for place, (label, text) in enumerate(lines):
            paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
            paragraph.space_after = self.points(size * 0.55)
            if label:
                self._run(paragraph, f"{label}  ", size, bold=True, colour=self.look.accent)
            self._run(paragraph, text, size)

    def bars(self, title: str, sentence: str, series: str, bars: Sequence[Bar], shape: str) -> None:
        """A bar chart, the first bar on top. shape: how numbers are written, as spreadsheets have it."""
        from pptx.enum.chart import XL_CHART_TYPE

        self._headed(title)
        self._text(sentence, 1.5, 0.9, size=18)
        data = self.chart_data(number_format=shape)
        data.categories = [bar.name for bar in reversed(bars)]
        data.add_series(series, [bar.value for bar in reversed(bars)])
        chart = self._chart(XL_CHART_TYPE.BAR_CLUSTERED, data)
        chart.has_legend = False
        plot = chart.plots[0]
        plot.gap_width, plot.vary_by_categories = 45, False
        plot.has_data_labels = True
        plot.data_labels.number_format, plot.data_labels.number_format_is_linked = shape, False
        plot.data_labels.font.size = self.points(14)
        for place, bar in enumerate(reversed(bars)):
            self._fill(plot.series[0].points[place].format.fill, self._colour(bar.role))
        chart.value_axis.visible, chart.value_axis.has_major_gridlines = False, False
        chart.category_axis.tick_labels.font.size = self.points(14)

    def lines(self, title: str, sentence: str, at: Sequence[str], series: Mapping[str, Sequence[float | None]]) -> None:
        """Lines over categories; None is a gap."""
        from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION

        self._headed(title)
        self._text(sentence, 1.5, 0.6, size=18)
        data = self.chart_data()
        data.categories = at
        for name, values in series.items():
            data.add_series(name, values)
        chart = self._chart(XL_CHART_TYPE.LINE, data)
        chart.has_legend, chart.legend.position = True, XL_LEGEND_POSITION.TOP
        chart.legend.include_in_layout = False
        chart.legend.font.size = self.points(14)
        for line, colour in zip(chart.plots[0].series, (self.look.today, self.look.network), strict=False):
            line.smooth, line.format.line.width = False, self.points(2.5)
            line.format.line.color.rgb = self._rgb(colour)

    def table(self, title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A table, the last column the widest."""
        self._headed(title)
        shares = (0.27, 0.16, 0.09, 0.48)
        shape = self.slide.shapes.add_table(
            len(rows) + 1, len(heads), *map(self.inches, (_LEFT, 1.6, _INSIDE, 0.4 * (len(rows) + 1)))
        )
        table = shape.table
        size = min(14.0, _size([row[-1] for row in rows], _INSIDE * shares[-1], 5.0))
        for column, share in enumerate(shares):
            table.columns[column].width = self.inches(_INSIDE * share)
        for r, row in enumerate((heads, *rows)):
            for c, text in enumerate(row):
                cell = table.cell(r, c)
                cell.fill.background()
                frame = cell.text_frame
                self._run(frame.paragraphs[0], text, size, bold=r == 0, colour=self.look.muted if r == 0 else "")

    def _new(self) -> None:
        self.slide = self.deck.slides.add_slide(self.deck.slide_layouts[5])  # a title and nothing else
        self.slide.shapes.title.text = ""

    def _headed(self, title: str) -> None:
        self._new()
        self._bar_of_colour()
        self._text(title, 0.55, 0.9, size=32, bold=True)

    def _bar_of_colour(self) -> None:
        bar = self.slide.shapes.add_shape(1, 0, 0, self.inches(_WIDE), self.inches(0.16))
        self._fill(bar.fill, self.look.accent)
        bar.line.fill.background()

    def _text(
        self,
        text: str,
        top: float,
        height: float,
        *,
        size: float,
        bold: bool = False,
        colour: str = "",
        left: float = _LEFT,
        width: float = _INSIDE,
    ) -> None:
        """The first text of a slide is its title, which readers and outlines look for."""
        title = self.slide.shapes.title
        if not title.text_frame.text:
            for name, value in {"left": left, "top": top, "width": width, "height": height}.items():
                setattr(title, name, self.inches(value))
            frame = title.text_frame
            frame.word_wrap = True
            paragraph = frame.paragraphs[0]
            paragraph.alignment = 1  # left
        else:
            paragraph = self._frame(left, top, width, height).paragraphs[0]
        self._run(paragraph, text, _size([text], width, height, most=size), bold=bold, colour=colour)

    def _frame(self, left: float, top: float, width: float, height: float) -> Any:
        frame = self.slide.shapes.add_textbox(*map(self.inches, (left, top, width, height))).text_frame
        frame.word_wrap = True
        return frame

    def _run(self, paragraph: Any, text: str, size: float, *, bold: bool = False, colour: str = "") -> None:
        run = paragraph.add_run()
        run.text = text
        run.font.size, run.font.bold, run.font.name = self.points(size), bold, _FONT
        run.font.color.rgb = self._rgb(colour or self.look.text)

    def _chart(self, kind: Any, data: Any) -> Any:
        place = map(self.inches, (_LEFT, 2.4, _INSIDE, 4.7))
        return self.slide.shapes.add_chart(kind, *place, data).chart

    def _colour(self, role: str) -> str:
        return {"network": self.look.network, "simple": self.look.simple}.get(role, self.look.today)

    def _fill(self, fill: Any, colour: str) -> None:
        fill.solid()
        fill.fore_color.rgb = self._rgb(colour)

    def _rgb(self, colour: str) -> Any:
        return self.colours.from_string(colour.removeprefix("#").upper())


def _size(texts: Sequence[str], width: float, height: float, *, most: float = 22.0) -> float:
    """The largest size in points, 10 at least, at which texts fit a box of so many inches, one below the other."""
    size = most
    while size > 10:
        letters = width * _LETTERS_AN_INCH / size
        lines = sum(-(-len(text) // max(1, int(letters))) for text in texts)
        if lines * size * 1.25 + len(texts) * size * 0.55 <= height * 72:
            break
        size -= 1
    return size
