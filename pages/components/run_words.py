"""Which run the numbers on a page are of, in words."""

from __future__ import annotations

from core.contracts import UseCase
from core.formatting.moments import moment
from core.formatting.text import _
from core.store import runs, store_folder
from core.store.runs import Run


def run_words(use_case: UseCase, run: Run) -> str:
    """Which run the numbers are of: the showcase, another recorded one, or one that was trained here, and when.
    use_case: in the run's variant."""
    if not run.recorded:
        return _("Run of {when}").format(when=moment(run.config["created"]))
    titles = {p.name: p.title for p in use_case.presets}
    preset = _(titles.get(str(run.config.get("preset")), "Recommended"))
    showcase = runs.showcase(store_folder(), use_case)
    words = _("Preset {preset}, recorded {when}")
    if showcase and showcase.id == run.id:
        words = _("Showcase: preset {preset}, recorded {when}")
    return words.format(preset=preset, when=moment(str(run.config["created"])[:10]))
