"""Read widgets from Streamlit's messages and choose other values for them."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from random import Random
from typing import Any

from streamlit.proto.Element_pb2 import Element
from streamlit.proto.Slider_pb2 import Slider
from streamlit.proto.WidgetStates_pb2 import WidgetState

_TRIGGER = "$$STREAMLIT_INTERNAL_KEY_"  # before the name under which a component's events come
KINDS = ("slider", "button_group", "number_input", "checkbox", "selectbox", "radio")


@dataclass
class Widget:
    """One widget on a visitor's page; fragment is empty outside fragments."""

    kind: str
    proto: Any
    fragment: str
    state: WidgetState

    @property
    def label(self) -> str:
        """The label a person sees."""
        return str(self.proto.label)


class StripRow(Widget):
    """A slider of the strip of assumptions, a component of ours: it tells the server once, as a button does."""

    @classmethod
    def of(cls, component: str, row: dict[str, Any], fragment: str) -> StripRow:
        """Of a component's id and one of its rows."""
        return cls("slider", row, fragment, WidgetState(id=f"{_TRIGGER}{component}__events"))

    @property
    def label(self) -> str:
        return str(self.proto["label"])

    def move(self, value: float) -> None:
        """Report it there."""
        report = {"count": time.time(), "rows": [{"name": self.proto["name"], "value": value}]}
        self.state.json_trigger_value = json.dumps([{"event": "moved", "value": report}])


def read_widget(element: Element, fragment: str, known: Widget | None) -> Widget | None:
    """The widget of this element, keeping the value the visitor gave it before."""
    kind = element.WhichOneof("type")
    if kind not in KINDS:
        return None
    proto = getattr(element, kind)
    if known is not None and not proto.set_value:
        return Widget(kind, proto, fragment, known.state)
    return Widget(kind, proto, fragment, shown_state(kind, proto))


def shown_state(kind: str, proto: Any) -> WidgetState:
    """The value the widget shows when the page is drawn, as a browser reports it."""
    state = WidgetState(id=proto.id)
    if kind == "slider" and proto.type == Slider.SELECT_SLIDER:
        chosen = [proto.options[int(index)] for index in proto.default]
        state.string_array_value.data[:] = proto.raw_value if proto.set_value else chosen
    elif kind == "slider":
        state.double_array_value.data[:] = proto.value if proto.set_value else proto.default
    elif kind == "button_group":
        chosen = [option_text(proto.options[index]) for index in proto.default]
        state.string_array_value.data[:] = proto.raw_values if proto.set_value else chosen
    elif kind == "number_input":
        if proto.set_value or proto.HasField("default"):
            state.double_value = proto.value if proto.set_value else proto.default
    elif kind == "checkbox":
        state.bool_value = proto.value if proto.set_value else proto.default
    elif proto.set_value:
        state.string_value = proto.raw_value
    elif proto.HasField("default"):
        state.string_value = proto.options[proto.default]
    return state


def option_text(option: Any) -> str:
    """The text of a button as the browser sends it: icon, space, content."""
    return f"{option.content_icon} {option.content}".strip()


def can_change(widget: Widget) -> bool:
    """True if changing the widget makes the server run the script."""
    proto = widget.proto
    if isinstance(widget, StripRow):
        return len(proto["stops"]) > 1
    if proto.disabled or proto.form_id or proto.ignore_rerun:
        return False
    if widget.kind == "slider" and proto.type != Slider.SELECT_SLIDER:
        return proto.data_type in (Slider.INT, Slider.FLOAT) and proto.max > proto.min
    return widget.kind in ("number_input", "checkbox") or len(proto.options) > 1


def change(widget: Widget, random: Random) -> None:
    """Give the widget another value, as a visitor would."""
    state = widget.state
    if isinstance(widget, StripRow):
        widget.move(random.choice(widget.proto["stops"]))
    elif widget.kind == "slider":
        _change_slider(widget, random)
    elif widget.kind == "number_input":
        state.double_value = _other_number(widget.proto, state.double_value, random)
    elif widget.kind == "checkbox":
        state.bool_value = not state.bool_value
    elif widget.kind == "button_group":
        texts = [option_text(option) for option in widget.proto.options]
        rest = [text for text in texts if text not in state.string_array_value.data]
        state.string_array_value.data[:] = [random.choice(rest or texts)]
    else:
        rest = [text for text in widget.proto.options if text != state.string_value]
        state.string_value = random.choice(rest or list(widget.proto.options))


def _change_slider(widget: Widget, random: Random) -> None:
    """Move every knob of a slider to another step, in order."""
    proto = widget.proto
    if proto.type == Slider.SELECT_SLIDER:
        chosen = widget.state.string_array_value.data
        rest = [text for text in proto.options if text not in chosen]
        picked = random.sample(rest or list(proto.options), len(chosen))
        picked.sort(key=list(proto.options).index)
        chosen[:] = picked
        return
    knobs = widget.state.double_array_value.data
    steps = max(1, round((proto.max - proto.min) / (proto.step or 1.0)))
    taken = {round((value - proto.min) / (proto.step or 1.0)) for value in knobs}
    values: list[float] = []
    while len(values) < len(knobs):
        step = random.randint(0, steps)
        if step not in taken or steps < 2 * len(knobs):
            values.append(min(proto.max, proto.min + step * (proto.step or 1.0)))
    knobs[:] = sorted(values)


def _other_number(proto: Any, value: float, random: Random) -> float:
    """A number a few steps away, inside the limits of the field."""
    step = proto.step or 1.0
    other = value + random.choice((-3, -2, -1, 1, 2, 3)) * step
    if proto.has_min and other < proto.min:
        other = value + step
    if proto.has_max and other > proto.max:
        other = value - step
    return float(other)
