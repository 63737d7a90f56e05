"""Pictures that a network makes: as they grew out of noise, as a plane to walk on, and among real ones."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from core.contracts.answers import MadeSheet
from core.contracts.events import EpochEvent, Generated, Shades, epochs_of
from core.formatting import numbers, png
from core.formatting.text import _
from core.store.runs import Run
from pages.components.look import BOTH_LOOKS
from pages.components.scripts import javascript

_HERE = Path(__file__).parent
_CSS = (_HERE / "growing.css").read_text(encoding="utf-8")
_MOST_EPOCHS = 60
_growing = st.components.v2.component(
    "proving_ground_growing",
    html='<section class="growing" data-testid="growing"></section>',
    css=_CSS,
    js=javascript("look", "svg", "made_pictures", "growing"),
)
_plane = st.components.v2.component(
    "proving_ground_plane",
    html='<section class="plane" data-testid="plane"></section>',
    css=_CSS,
    js=javascript("look", "svg", "latent_plane"),
)


def told_of(run: Run) -> list[tuple[EpochEvent, Generated]]:
    """The epochs that tell what was made in them, in order."""
    return [(e, e["generated"]) for e in epochs_of(run.progress()) if "generated" in e]


def draw_growing(run: Run, key: str) -> None:
    """What a run's network made of the same noise, epoch by epoch; nothing where the run does not tell."""
    told = told_of(run)
    if not told:
        return
    places = np.unique(np.linspace(0, len(told) - 1, min(len(told), _MOST_EPOCHS)).round().astype(int))
    epochs = [
        {
            "number": told[place][0]["epoch"],
            "pictures": told[place][1]["pictures"],
            "said": _("Epoch {epoch}").format(epoch=numbers.count(told[place][0]["epoch"])),
        }
        for place in places
    ]
    words = {
        "play": _("Play"),
        "stop": _("Stop"),
        "epoch": _("Epoch"),
        "alt": _("Pictures that the network made of noise"),
    }
    _growing(key=key, data={"epochs": epochs, "words": words, "look": BOTH_LOOKS})


def draw_sheet(sheet: MadeSheet, alt: str) -> None:
    """Pictures side by side, as wide as their place."""
    source, said = html.escape(sheet["picture"]), html.escape(alt)
    st.html(
        f'<img src="{source}" alt="{said}" style="display:block;width:100%;max-width:720px;image-rendering:pixelated;'
        'border-radius:8px;background:black">'
    )


def draw_plane(sheet: MadeSheet, key: str) -> None:
    """A plane of pictures to walk on."""
    words = {"across": _("Across"), "down": _("Down"), "alt": _("What the network makes of noise that lies between")}
    data: dict[str, Any] = {**sheet, "words": words, "look": BOTH_LOOKS}
    _plane(key=key, data=data)


def addresses(shades: Shades) -> list[str]:
    """Each picture of some, as an address."""
    shape = shades["high"], shades["wide"], 1
    return [
        png.address(np.array([17 * int(digit, 16) for digit in one], dtype=np.uint8).reshape(shape))
        for one in shades["of"]
    ]
