"""What a simulated browser tab holds of a page: widgets, folds, what its monitor follows, and the messages it keeps."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import Any

from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.WidgetStates_pb2 import WidgetState

from benchmarks._widgets import StripRow, Widget, read_widget

# The browser forgets large messages it has not seen for this many full runs.
CACHE_RUNS = 2
FOLLOWERS = ("proving_ground_monitor", "proving_ground_training_sign")
STRIP = "proving_ground_assumptions"


class HeldPage:
    """The page as a browser has it, run by run of the script. errors: what was shown or missing that is a fault."""

    def __init__(self, errors: Counter[str]) -> None:
        self.errors = errors
        self.widgets: dict[str, Widget] = {}
        self.buttons: dict[str, Widget] = {}
        self.folds: dict[str, Widget] = {}  # by id: what opens and closes, and is drawn only while it is open
        self.followed: dict[str, dict[str, Any]] = {}  # what the page's monitor and its sign were told to ask for
        self.fragments: set[str] = set()  # that the present run draws; none: it draws the whole page
        self._places: dict[str, tuple[int, ...]] = {}  # a fragment: the path that all it has drawn lies below
        self._seen: set[str] = set()
        self._cache: dict[str, tuple[int, Delta]] = {}
        self._runs = 0

    def states(self) -> list[WidgetState]:
        """Where everything stands, as it is sent along with each request."""
        every = (*self.widgets.values(), *self.folds.values())
        return [w.state for w in every if not isinstance(w, StripRow) or w.state.json_trigger_value]

    def sent(self) -> None:
        """What is told once has been told."""
        for widget in self.widgets.values():
            widget.state.ClearField("json_trigger_value")

    def cached(self) -> list[str]:
        """The messages that are kept and need not be sent again."""
        oldest = self._runs - CACHE_RUNS
        self._cache = {k: v for k, v in self._cache.items() if v[0] >= oldest}
        return list(self._cache)

    def begin(self, fragments: Iterable[str]) -> None:
        """A run begins; of the whole page where no fragments are named."""
        self.fragments, self._seen = set(fragments), set()
        if not self.fragments:
            self._runs += 1
            self._places.clear()
            self.followed.clear()
            self.folds.clear()
            self.buttons.clear()

    def end(self) -> None:
        """A run of the whole page has ended: what it did not show is gone."""
        self._forget(set(self.widgets) - self._seen)

    def end_of(self, fragments: set[str]) -> None:
        """A run of these fragments has ended: what they, and those in them, did not show is gone."""
        within = self._within(fragments)
        self._forget({n for n, w in self.widgets.items() if w.fragment in within} - self._seen)
        self.folds = {n: f for n, f in self.folds.items() if f.fragment not in within or n in self._seen}

    def take(self, delta: Delta, path: Sequence[int]) -> None:
        """Keep the widget a delta shows at a path of the page, and count an exception."""
        if delta.fragment_id:
            place = self._places.get(delta.fragment_id)
            self._places[delta.fragment_id] = tuple(path) if place is None else _shared(place, path)
        if delta.WhichOneof("type") == "add_block":
            self._take_fold(delta)
            return
        elements = [delta.new_element]
        if delta.WhichOneof("type") == "new_transient":
            elements = list(delta.new_transient.elements)
        for element in elements:
            if element.WhichOneof("type") == "exception":
                shown = element.exception
                self.errors[f"{shown.type}: {shown.message[:120]}"] += 1
                continue
            kind: Any = element.WhichOneof("type")
            if kind == "button":
                state = WidgetState(id=element.button.id, trigger_value=True)
                self.buttons[element.button.id] = Widget("button", element.button, delta.fragment_id, state)
            if kind == "bidi_component":
                self._take_component(element.bidi_component, delta.fragment_id)
            name = getattr(getattr(element, kind), "id", "") if kind else ""
            widget = read_widget(element, delta.fragment_id, self.widgets.get(name))
            if widget is not None:
                self.widgets[name] = widget
                self._seen.add(name)

    def _take_fold(self, delta: Delta) -> None:
        """Keep a fold that tells the server when it is opened, open where it was."""
        block = delta.add_block
        if block.WhichOneof("type") == "expandable" and block.expandable.id:
            fold = block.expandable
            state = WidgetState(id=fold.id, bool_value=fold.expanded)
            self.folds[fold.id] = Widget("fold", fold, delta.fragment_id, state)
            self._seen.add(fold.id)

    def _take_component(self, component: Any, fragment: str) -> None:
        """Keep what a component of ours was told to ask the feed for, or what can be moved in it."""
        if component.component_name.endswith(FOLLOWERS):
            self.followed[component.component_name] = json.loads(component.json or component.mixed.json)
        if component.component_name.endswith(STRIP):
            for row in json.loads(component.json)["rows"]:
                name = f"{component.id}:{row['name']}"
                self.widgets[name] = StripRow.of(component.id, row, fragment)
                self._seen.add(name)

    def take_cached(self, name: str, path: Sequence[int]) -> None:
        """The server names a message it expects the browser to have kept."""
        if name not in self._cache:
            self.errors["a cached message is missing"] += 1
            return
        delta = self._cache[name][1]
        self._cache[name] = (self._runs, delta)
        self.take(delta, path)

    def keep(self, name: str, delta: Delta) -> None:
        """A message that the server will name and not send again."""
        self._cache[name] = (self._runs, delta)

    def _within(self, fragments: set[str]) -> set[str]:
        """These fragments, and those that lie in them, whoever drew them."""
        outer = [self._places[name] for name in fragments if name in self._places]
        inner = {name for name, path in self._places.items() for place in outer if path[: len(place)] == place}
        return fragments | inner

    def _forget(self, names: set[str]) -> None:
        """Drop widgets that are no longer on the page."""
        for name in names:
            del self.widgets[name]


def _shared(one: Sequence[int], other: Sequence[int]) -> tuple[int, ...]:
    """What two paths begin with alike."""
    return tuple(a for a, _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
