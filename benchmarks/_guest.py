"""A visitor who walks through a visit: opens a page, presses buttons, chooses sections, moves what is there, leaves."""

from __future__ import annotations

import asyncio

from benchmarks._plan import Plan, Tally
from benchmarks._visitor import Visitor
from benchmarks._widgets import Widget, change, option_text


class Guest(Visitor):
    """Presses buttons too, which a crowd that only moves sliders need not."""

    def __init__(self, plan: Plan, tally: Tally, seed: int) -> None:
        super().__init__(plan, tally, seed)
        self.pressed: set[str] = set()

    async def visit(self, steps: int, train: bool, pause_s: tuple[float, float]) -> None:
        """One visit: so many steps on the page, and a training if asked for; always leaves."""
        try:
            await self.open()
            if train and await self.choose_section("Train"):
                for number in range(2):  # the shortest training: the first stop of these sliders
                    await self.lowest(("Epochs", "Width")[number])
                await self.press("Train")
            for _ in range(steps):
                if self.lost:
                    return
                await asyncio.sleep(self.random.uniform(*pause_s))
                await self.step()
        finally:
            await self.close()

    async def step(self) -> None:
        """Another section, or another value of something on the page."""
        sections = self._sections()
        if sections and self.random.random() < 0.4:
            await self.choose_section(self.random.choice([option_text(o) for o in sections.proto.options]))
        elif self.choices():
            widget = self.random.choice(self.choices())
            change(widget, self.random)
            await self._timed(widget.fragment)

    async def choose_section(self, title: str) -> bool:
        """Open a section by its visible name; False where the page has none."""
        sections = self._sections()
        if sections is None:
            return False
        sections.state.string_array_value.data[:] = [title]
        await self._timed(sections.fragment)
        return True

    async def lowest(self, label: str) -> None:
        """Move a stepped slider to its first stop."""
        for widget in list(self.page.widgets.values()):
            if widget.kind == "slider" and widget.label.startswith(label) and len(widget.proto.options) > 1:
                widget.state.string_array_value.data[:] = [widget.proto.options[0]]
                await self._timed(widget.fragment)
                return

    async def press(self, label: str) -> bool:
        """Press a button; False where it is absent or disabled."""
        for name, button in self.page.buttons.items():
            if button.label == label and not button.proto.disabled:
                self.page.widgets[name] = button
                self.pressed.add(name)
                self.tally.labels[f"pressed {label}"] += 1
                await self._timed(button.fragment)
                return True
        return False

    def sections(self) -> list[str]:
        """The visible names of the page's sections."""
        found = self._sections()
        return [option_text(option) for option in found.proto.options] if found else []

    def _sections(self) -> Widget | None:
        found = (w for w in self.page.widgets.values() if w.kind == "button_group" and w.label == "Section")
        return next(found, None)

    async def _timed(self, fragment: str) -> None:
        started = asyncio.get_running_loop().time()
        if await self._run(fragment) is not None:
            self.tally.action_ms.append((asyncio.get_running_loop().time() - started) * 1000)

    async def _send(self, fragment: str, first: bool = False, automatic: bool = False) -> None:
        """A button is pressed in one request alone."""
        await super()._send(fragment, first, automatic)
        for name in self.pressed:
            self.page.widgets.pop(name, None)
        self.pressed.clear()
