"""A visitor's own picture: a file is answered or told why not, and what is like nothing that was learned is found."""

import io
import os
import secrets
import struct
import time
import zlib

import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageFile

from core import pipeline
from core.answering.own_picture import Likeness, delete_left, pixels_of, read_own
from core.checks import examples_check
from core.contracts import Examples, Fold
from core.errors import UserError
from core.use_cases import use_case

FILM = (28, 28, 1)


def file_of(pixels, kind="PNG", mode=None, **more):
    written = io.BytesIO()
    Image.fromarray(pixels, mode).save(written, kind, **more)
    return written.getvalue()


def half(height, width, top=200, bottom=20):
    pixels = np.full((height, width), bottom, np.uint8)
    pixels[: height // 2] = top
    return pixels


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize(("height", "width"), [(28, 28), (400, 300), (90, 31)])
def test_a_file_is_cut_to_a_square_and_scaled(kind, height, width):
    found = pixels_of(file_of(half(height, width), kind), FILM)
    assert found.shape == FILM
    assert found.dtype == np.uint8
    assert abs(int(found[4, 14, 0]) - 200) < 6
    assert abs(int(found[23, 14, 0]) - 20) < 6


def test_a_camera_that_was_held_upside_down_says_so_in_its_file():
    exif = Image.Exif()
    exif[0x0112] = 3
    found = pixels_of(file_of(half(60, 60), "JPEG", exif=exif.tobytes()), FILM)
    assert found[4, 14, 0] < 30 < 190 < found[23, 14, 0]


def test_sixteen_bits_of_grey_are_stretched():
    deep = np.where(half(64, 64) > 100, 3000, 1000).astype(np.uint16)
    found = pixels_of(file_of(deep), FILM)
    assert found[4, 14, 0] > 250
    assert found[23, 14, 0] < 5


def test_colours_and_what_shows_through_become_grey_and_grey_becomes_colour():
    for channels in (3, 4):
        colour = np.repeat(half(40, 40)[..., None], channels, axis=2)
        assert abs(int(pixels_of(file_of(colour), FILM)[4, 14, 0]) - 200) < 6
    assert pixels_of(file_of(half(40, 40)), (64, 64, 3)).shape == (64, 64, 3)


def test_one_pixel_and_sixty_four_million_are_answered():
    assert pixels_of(file_of(np.full((1, 1), 7, np.uint8)), FILM).tolist() == np.full(FILM, 7).tolist()
    began = time.process_time()
    large = pixels_of(file_of(half(8000, 8000), compress_level=1), FILM)
    assert large[4, 14, 0] > 190
    assert time.process_time() - began < 20


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "cannot be read as a picture"),
        (b"GIF89a not one of ours", "cannot be read as a picture"),
        (file_of(half(300, 300))[:200], "cannot be read as a picture"),
        (file_of(half(300, 300), "JPEG")[:20], "cannot be read as a picture"),
    ],
    ids=["empty", "another format", "a PNG cut off", "a JPEG cut off"],
)
def test_what_cannot_be_read_is_told_in_a_sentence(content, words):
    with pytest.raises(UserError, match=words):
        pixels_of(content, FILM)


def test_a_picture_with_too_many_pixels_is_refused_before_it_is_decoded(monkeypatch):
    monkeypatch.setattr("core.answering.own_picture._MOST_PIXELS", 99)
    with pytest.raises(UserError, match="at most 99 pixels; this one has 10 x 10"):
        pixels_of(file_of(half(10, 10)), FILM)


def promising(width, height):
    """A PNG of a few bytes whose header says how many pixels they become."""
    parts = ((b"IHDR", struct.pack(">2I5B", width, height, 8, 0, 0, 0, 0)), (b"IDAT", zlib.compress(bytes(9))))
    told = [
        struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in (*parts, (b"IEND", b""))
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(told)


@pytest.mark.parametrize(
    ("width", "height", "words"),
    [
        (9000, 8889, "this one has 9000 x 8889"),
        (1, 80_000_001, "at most 80,000,000 pixels"),
        (60_000, 60_000, "cannot be read as a picture"),
    ],
)
def test_nothing_is_decoded_of_a_small_file_that_promises_a_huge_picture(monkeypatch, width, height, words):
    def decoded(self):
        raise AssertionError("decoded")

    monkeypatch.setattr(ImageFile.ImageFile, "load", decoded)
    with pytest.raises(AssertionError, match="decoded"):
        pixels_of(promising(9000, 8888), FILM)
    with pytest.raises(UserError, match=words):
        pixels_of(promising(width, height), FILM)


def test_what_an_ended_server_has_left_is_deleted_and_what_is_asked_about_is_not(tmp_path):
    old, new = tmp_path / secrets.token_hex(32), tmp_path / secrets.token_hex(32)
    for path in (old, new):
        path.write_bytes(b"film")
    os.utime(old, (time.time() - 3700,) * 2)
    os.utime(new, (time.time() - 3500,) * 2)
    delete_left(tmp_path)
    assert list(tmp_path.iterdir()) == [new]
    delete_left(tmp_path / "never there")


def test_only_what_a_page_has_laid_down_is_read(tmp_path):
    name = secrets.token_hex(32)
    (tmp_path / name).write_bytes(b"film")
    assert read_own(tmp_path, name) == b"film"
    for other in ("../secret", name[:-1], "0" * 64, ""):
        with pytest.raises(UserError, match="Choose it again"):
            read_own(tmp_path, other)


def test_likeness_by_a_slow_way_and_what_is_like_nothing():
    rng = np.random.default_rng(4)
    form = rng.normal(size=(12, 12, 1))
    films = (128 + 30 * form + 20 * rng.normal(size=(60, 12, 12, 1))).clip(0, 255).astype(np.uint8)
    fold = Fold(name="one", train=np.arange(40), validation=np.arange(40, 60), test=np.arange(40, 60))
    examples = Examples(
        features=pd.DataFrame(index=range(60)),
        unit=np.arange(60),
        info=pd.DataFrame(index=range(60)),
        arrays={"film": films},
    )
    likeness = Likeness.of(examples, fold, "film")
    slow = [np.corrcoef(films[50].ravel(), films[row].ravel())[0, 1] for row in range(40)]
    nearest, alike, share = likeness.nearest(films[50])
    assert nearest == int(np.argmax(slow))
    assert alike == pytest.approx(max(slow), abs=1e-5)
    assert share == pytest.approx(np.mean(likeness.usual < alike))
    assert likeness.nearest(films[7])[::2] == (7, 1.0)
    for strange in (255 - films[50], np.full((12, 12, 1), 90, np.uint8)):
        assert likeness.nearest(strange)[2] == 0


@pytest.fixture(scope="module")
def films():
    what = use_case("healthcare/chest_xray")
    examples = pipeline.load_examples(what)
    fold = examples_check.plan_of(what, examples).folds[0]
    return examples, fold, Likeness.of(examples, fold, "film")


def test_a_film_that_was_learned_from_is_its_own_nearest_and_test_films_are_familiar(films):
    examples, fold, likeness = films
    row = int(fold.train[17])
    nearest, alike, share = likeness.nearest(examples.arrays["film"][row])
    assert (nearest, share) == (row, 1.0)
    assert alike == pytest.approx(1, abs=1e-5)
    shares = [likeness.nearest(examples.arrays["film"][row])[2] for row in fold.test[::40]]
    assert np.mean(np.array(shares) == 0) < 0.15


def test_what_is_no_film_is_unlike_all_of_them(films):
    _, _, likeness = films
    noise = np.random.default_rng(0).integers(0, 256, FILM, dtype=np.uint8)
    film = films[0].arrays["film"][films[1].test[0]]
    for strange in (noise, np.full(FILM, 90, np.uint8), 255 - film, np.ascontiguousarray(film[::-1])):
        assert likeness.nearest(strange)[2] == 0
