"""Colours that mean something are told apart by every eye, and are seen against the page."""

from __future__ import annotations

import itertools
import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

from core.charts.look import DARK, LIGHT, Look

ROOT = Path(__file__).parents[2]
# What an eye sees that lacks one kind of cone, in linear RGB (Machado, Oliveira and Fernandes 2009, severity 1).
EYES = {
    "all cones": np.eye(3),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
MEANINGS = ("network", "simple", "today", "outcome")
FAR = 20  # CIE 1976 distance; 2.3 is what a trained eye just sees of two patches side by side
LOOKS = pytest.mark.parametrize("look", [LIGHT, DARK], ids=lambda look: look.name)


def linear(colour: str) -> np.ndarray:
    value = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    xyz = _XYZ @ np.clip(rgb, 0, 1) / (_XYZ @ np.ones(3))
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def distance(a: str, b: str, eye: str) -> float:
    return float(np.linalg.norm(lab(EYES[eye] @ linear(a)) - lab(EYES[eye] @ linear(b))))


def contrast(a: str, b: str) -> float:
    light, dark = sorted((float(_XYZ[1] @ linear(c)) for c in (a, b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_distance_and_contrast_are_those_of_the_books() -> None:
    assert distance("#ffffff", "#000000", "all cones") == pytest.approx(100, abs=0.1)
    assert distance("#ff0000", "#00ff00", "all cones") == pytest.approx(170.6, abs=0.5)
    assert contrast("#ffffff", "#767676") == pytest.approx(4.54, abs=0.01)
    assert distance("#0b6e6e", "#5b6777", "deuteranopia") < 3  # a teal and a grey that were taken for one another


@LOOKS
def test_every_eye_tells_network_simple_method_today_and_outcome_apart(look: Look) -> None:
    for a, b in [*itertools.combinations(MEANINGS, 2), ("good", "bad")]:
        for eye in EYES:
            far = distance(getattr(look, a), getattr(look, b), eye)
            assert far >= FAR, f"{a} and {b} are {far:.1f} apart for {eye}"


@LOOKS
def test_marks_and_words_are_seen_on_the_page(look: Look) -> None:
    for ground in (look.surface, look.background):
        for name in MEANINGS:  # marks of a chart: WCAG 1.4.11
            assert contrast(getattr(look, name), ground) >= 3, name
        for name in ("text", "muted", "accent", "good", "bad", "warn"):  # these are written with, too: 1.4.3
            assert contrast(getattr(look, name), ground) >= 4.5, name


@LOOKS
def test_the_theme_has_the_same_colours(look: Look) -> None:
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"][look.name]
    assert theme == {
        "primaryColor": look.accent,
        "linkColor": look.accent,
        "backgroundColor": look.background,
        "secondaryBackgroundColor": look.surface,
        "textColor": look.text,
        "borderColor": look.grid,
    }


def test_fallback_colours_of_panels_are_those_of_the_light_look() -> None:
    css = (ROOT / "pages" / "components" / "curve_panel.css").read_text("utf-8")
    found = re.findall(r"var\(--pg-(\w+), (#[0-9a-f]{6})\)", css)
    assert found
    assert all(getattr(LIGHT, name) == colour for name, colour in found)
