"""How use cases and industries appear on cards: what is declared is a symbol and a colour that can be seen and read."""

from __future__ import annotations

import dataclasses

import pytest
from streamlit.material_icon_names import ALL_MATERIAL_ICONS

from core.charts.look import DARK, HUES, LIGHT, Look
from core.contracts import ArrayInput, Colour, Industry, InputKind, LooksAt, UseCase
from core.errors import UnknownNameError, UserError
from core.use_cases import all_industries, all_use_cases, use_case

_LEAST_CONTRAST = 4.5  # WCAG AA, of text


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("colour", list(Colour))
def test_an_industry_can_be_read_in_its_colour(colour: Colour, look: Look) -> None:
    for ground in (look.surface, look.background):
        assert _contrast(HUES[colour][look.name], ground) >= _LEAST_CONTRAST
    assert len({HUES[one][look.name] for one in Colour}) == len(Colour)


@pytest.mark.parametrize("declared", [u for u in all_use_cases() if u.industry != "testing"], ids=lambda u: u.name)
def test_a_use_case_has_a_symbol_of_its_own(declared: UseCase) -> None:
    assert declared.icon in ALL_MATERIAL_ICONS
    assert [u.name for u in all_use_cases() if u.icon == declared.icon] == [declared.name]


def test_an_industry_has_a_symbol_and_a_colour_of_its_own() -> None:
    shipped = [i for i in all_industries() if i.name != "testing"]
    assert {i.icon for i in shipped} <= ALL_MATERIAL_ICONS
    assert len({i.icon for i in shipped}) == len({i.colour for i in shipped}) == len(shipped)


def test_what_is_no_symbol_or_no_colour_is_refused_where_it_is_declared() -> None:
    told = {"title": "T", "summary": "S.", "earns": (), "hard": ()}
    with pytest.raises(UserError, match="name of a Material symbol"):
        Industry(name="x", icon="<b>", **told)  # type: ignore[arg-type]
    with pytest.raises(UnknownNameError, match="Did you mean 'green'"):
        Industry(name="x", colour="gren", **told)  # type: ignore[arg-type]
    declared = use_case("retail/churn")
    with pytest.raises(UserError, match="name of a Material symbol"):
        dataclasses.replace(declared, icon="Local Shipping")
    with pytest.raises(UnknownNameError, match="Did you mean 'picture'"):
        dataclasses.replace(declared, looks_at="pictures")


def test_an_industry_without_a_colour_always_has_the_same() -> None:
    made = [Industry(name=n, title="T", summary="S.", earns=(), hard=()).colour for n in ("energy", "energy", "energx")]
    assert made[0] == made[1] != made[2]


def test_what_a_network_looks_at_follows_from_its_inputs() -> None:
    declared = use_case("retail/churn")
    tones = ArrayInput(name="tone", kind=InputKind.WAVEFORM, shape=(8,))
    assert declared.seen is LooksAt.TABLE
    assert dataclasses.replace(declared, arrays=(tones,)).seen is LooksAt.SOUND
    assert dataclasses.replace(declared, looks_at="series").seen is LooksAt.SERIES
    assert {u.seen for u in all_use_cases() if u.image} == {LooksAt.PICTURE}
    assert {u.seen for u in all_use_cases() if u.text} == {LooksAt.TEXT}
