"""Pictures in a real browser: a press on a wall opens one, it is damaged, and files of one's own are answered."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from core.formatting.png import png
from core.pipeline import load_examples
from core.use_cases import use_case
from tests.browser.conftest import App, link_of, linked, picture, settled
from tests.browser.test_journey import drag_slider

NAME = "healthcare/chest_xray"
SAID = ".st-key-what-if-said"
REMOVE = "Remove this picture"


def film() -> np.ndarray:
    """One of the test, (28, 28)."""
    examples = load_examples(use_case(NAME))
    found: np.ndarray = examples.arrays["film"][use_case(NAME).plan(examples).folds[0].test[5], :, :, 0]
    return found


def file_of(shown: Image.Image, kind: str = "PNG", **more: object) -> bytes:
    written = io.BytesIO()
    shown.save(written, kind, **more)
    return written.getvalue()


def held_sideways() -> bytes:
    """A JPEG of a film of which the camera says how it was held."""
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = Image.fromarray(film()).resize((280, 280)).transpose(Image.Transpose.ROTATE_90)
    return file_of(turned, "JPEG", exif=exif.tobytes())


def huge() -> bytes:
    """64 million pixels, in one colour."""
    return file_of(Image.new("L", (8000, 8000), 90), compress_level=1)


FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "film.png": (lambda: png(film()[..., None]), "chance of “pneumonia”"),
    "sideways.jpg": (held_sideways, "chance of “pneumonia”"),
    "deep.png": (lambda: file_of(Image.fromarray(film().astype(np.uint16) * 257)), "chance of “pneumonia”"),
    "one.png": (lambda: file_of(Image.new("L", (1, 1), 7)), "I don't know"),
    "huge.png": (huge, "I don't know"),
}


def bring(page: Page, name: str, content: bytes) -> None:
    kind = "image/jpeg" if name.endswith("jpg") else "image/png"
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        FilePayload(name=name, mimeType=kind, buffer=content)
    )


def own(app: App, page: Page) -> None:
    page.goto(f"{app.url}/healthcare-chest_xray?use_case={NAME}&section=understand")
    expect(page.get_by_role("slider", name="Noise")).to_be_visible(
        timeout=90_000
    )  # the answer worker may have to begin
    page.get_by_role("radio", name="Your own picture").click()
    expect(page.get_by_test_id("stFileUploaderDropzoneInput")).to_be_attached(
        timeout=60_000
    )  # curves are measured first
    settled(page)


def test_a_film_of_the_wall_opens_in_what_if_is_damaged_and_gives_way_to_an_own_one(app: App, page: Page) -> None:
    page.goto(f"{app.url}/healthcare-chest_xray?use_case={NAME}&section=results")
    settled(page)
    page.get_by_role("radio", name="False alarms").click()
    wall = page.get_by_test_id("wall")
    expect(wall.get_by_role("button")).to_have_count(30)
    wall.get_by_role("button", name=re.compile("Picture 3 of 30")).click()
    expect(page.locator(SAID)).to_contain_text("chance of “pneumonia”: treat", timeout=60_000)
    settled(page)
    row = link_of(page)["record"]
    happened = page.get_by_text("What really happened:")
    expect(happened).to_contain_text("no pneumonia")
    before = page.locator("figure img").first.get_attribute("src")
    assert drag_slider(page, "Noise", "End", 1, "damage.noise") == "40%"
    assert link_of(page)["damage.noise"] == "0.4"
    assert link_of(page)["record"] == row
    expect(page.locator(SAID)).to_contain_text("I don't know")
    assert page.locator("figure img").first.get_attribute("src") != before
    expect(page.locator("img[alt^='AUC at each strength']")).to_have_count(6, timeout=60_000)
    picture(page, "break-it")
    page.get_by_role("button", name="As it was").click()
    expect(page.locator(SAID)).to_contain_text("chance of “pneumonia”: treat")
    page.get_by_role("radio", name="Your own picture").click()
    bring(page, "film.png", png(film()[..., None]))
    expect(page.get_by_role("button", name=REMOVE)).to_be_visible(timeout=60_000)
    settled(page)
    expect(happened).to_have_count(0)
    expect(page.locator("figure img")).to_have_count(4)


@pytest.mark.long
@pytest.mark.parametrize("name", list(FILES))
def test_every_file_that_is_a_picture_is_answered(app: App, page: Page, name: str) -> None:
    made, said = FILES[name]
    own(app, page)
    bring(page, name, made())
    expect(page.locator(SAID)).to_contain_text(said, timeout=60_000)
    expect(page.locator("figure img")).to_have_count(4)


@pytest.mark.long
def test_a_broken_file_is_told_in_one_sentence_and_the_next_one_is_answered(app: App, page: Page) -> None:
    own(app, page)
    bring(page, "broken.png", png(film()[..., None])[:60])
    warning = page.get_by_test_id("stAlert").filter(has_text="cannot be read as a picture")
    expect(warning).to_be_visible(timeout=60_000)
    page.get_by_role("button", name=REMOVE).click()
    expect(warning).to_have_count(0)
    bring(page, "film.png", png(film()[..., None]))
    expect(page.locator(SAID)).to_contain_text("chance of “pneumonia”", timeout=60_000)


@pytest.mark.long
def test_a_link_opens_on_a_damaged_film_on_a_phone(app: App, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{app.url}/healthcare-chest_xray?use_case={NAME}&section=understand&damage.noise=0.4")
    expect(page.locator(SAID)).to_contain_text("I don't know", timeout=60_000)
    linked(page, "damage.noise", "0.4")
