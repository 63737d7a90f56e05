"""A visitor's own picture: a file is answered or told why not, and what is like nothing that was learned is found."""

import io
import os
import secrets
import signal
import struct
import subprocess
import sys
import time
import tracemalloc
import zlib

import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageOps

from core import pipeline
from core.answering.own_picture import Likeness, delete_left, on_their_ground, pixels_of, read_own
from core.answering.picture_decoding import scans
from core.answering.senses import Sense
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


@pytest.mark.parametrize(("even", "grey"), [(0, 0), (1000, 4), (40_000, 156), (65_535, 255)])
def test_an_even_picture_of_sixteen_bits_keeps_its_brightness(even, grey):
    assert set(pixels_of(file_of(np.full((40, 40), even, np.uint16)), FILM).ravel()) == {grey}


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("deep", [False, True])
def test_every_way_to_hold_a_camera_is_turned_as_pillow_turns_it(turn, deep):
    exif = Image.Exif()
    exif[0x0112] = turn
    pixels = np.add.outer(np.arange(60) * 3, np.arange(40)).astype(np.uint8)
    told = file_of(pixels.astype(np.uint16) * 256 if deep else pixels, exif=exif.tobytes())
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(file_of(pixels, exif=exif.tobytes()))))
    expected = np.asarray(ImageOps.fit(upright, (20, 12), Image.Resampling.BICUBIC), float)
    found = pixels_of(told, (12, 20, 1))[..., 0].astype(float)
    assert np.corrcoef(found.ravel(), expected.ravel())[0, 1] > 0.999
    if not deep:
        assert np.abs(found - expected).max() <= 2


def noted(*entries):
    """EXIF of these entries: tag, type, how many, four bytes of value."""
    told = b"".join(struct.pack(">HHI4s", *entry) for entry in entries)
    return b"Exif\0\0MM\0*" + struct.pack(">IH", 8, len(entries)) + told + bytes(4)


@pytest.mark.parametrize("width", [(2, 3, b"abc\0"), (7, 4, b"abcd"), (11, 1, b"abcd"), (9, 1, b"\xff" * 4)])
def test_what_else_a_camera_notes_may_be_anything(width):
    exif = noted((0x0100, *width), (0x0112, 3, 1, b"\0\3\0\0"))
    found = pixels_of(file_of(half(60, 60), "JPEG", exif=exif), FILM)
    assert found[4, 14, 0] < 30 < 190 < found[23, 14, 0]


@pytest.mark.parametrize(
    "exif",
    [
        *(noted((0x0112, 3, 1, struct.pack(">HH", turn, 0))) for turn in (0, 9, 65_535)),
        noted((0x0112, 2, 3, b"abc\0")),
        noted((0x0112, 5, 1, bytes(4))),
        noted((0x0112, 3, 1, b"\0\3\0\0"))[:20],
        b"Exif\0\0MM\0*" + b"\xff" * 4,
        b"Exif\0\0 nothing",
    ],
)
def test_a_camera_that_notes_nonsense_of_how_it_was_held_is_not_believed(exif):
    found = pixels_of(file_of(half(60, 60), "JPEG", exif=exif), FILM)
    assert found[4, 14, 0] > 190 > 30 > found[23, 14, 0]


@pytest.mark.parametrize("mode", ["LA", "RGBA", "P"])
def test_what_shows_through_lies_on_black_whatever_colour_it_hides(mode):
    pixels = np.full((40, 40, 4), 255, np.uint8)
    pixels[:20, :, 3] = 0
    clear = Image.fromarray(pixels)
    written = io.BytesIO()
    if mode == "P":
        palette = Image.fromarray((pixels[..., 3] > 0).astype(np.uint8), "P")
        palette.putpalette([255] * 6)
        palette.save(written, "PNG", transparency=0)
    else:
        clear.convert(mode).save(written, "PNG")
    found = pixels_of(written.getvalue(), FILM)
    assert set(found[:12].ravel()) == {0}
    assert set(found[16:].ravel()) == {255}


def test_colours_become_grey_and_grey_becomes_colour():
    colour = np.repeat(half(40, 40)[..., None], 3, axis=2)
    assert abs(int(pixels_of(file_of(colour), FILM)[4, 14, 0]) - 200) < 6
    assert pixels_of(file_of(half(40, 40)), (64, 64, 3)).shape == (64, 64, 3)


def test_one_pixel_is_answered():
    assert pixels_of(file_of(np.full((1, 1), 7, np.uint8)), FILM).tolist() == np.full(FILM, 7).tolist()


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "L"), ("PNG", "I;16"), ("PNG", "RGBA"), ("JPEG", "RGB")])
def test_sixty_four_million_pixels_are_answered_in_the_memory_that_the_decoder_has(kind, mode):
    """The system holds the decoder to a gigabyte; this process decodes nothing."""
    light = {"L": 200, "I;16": 50_000, "RGBA": (200, 200, 200, 255), "RGB": (200, 200, 200)}[mode]
    picture = Image.new(mode, (8000, 8000))
    picture.paste(light, (0, 0, 8000, 4000))
    if mode == "RGBA":
        picture.putalpha(255)
    written = io.BytesIO()
    picture.save(written, kind, **({"compress_level": 1} if kind == "PNG" else {}))
    del picture
    content = written.getvalue()
    tracemalloc.start()
    found = pixels_of(content, FILM)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found[4, 14, 0] > 190
    assert found[23, 14, 0] < 10
    assert most < 2 * len(content) + 4_000_000


def test_a_picture_that_takes_more_memory_than_the_decoder_has_is_refused(monkeypatch):
    content = file_of(np.zeros((4000, 4000, 4), np.uint8), compress_level=1)
    pixels_of(content, FILM)
    monkeypatch.setattr("core.answering.own_picture._MOST_MEMORY", 120_000_000)
    pixels_of(file_of(half(40, 40)), FILM)
    with pytest.raises(UserError, match="too much work"):
        pixels_of(content, FILM)


def test_the_decoder_ends_after_its_processor_time():
    code = "from core.answering.picture_decoding import bound\nbound(1, 2**30)\nwhile True: pass"
    ended = subprocess.run([sys.executable, "-c", code], timeout=120, check=False)
    assert ended.returncode == -signal.SIGXCPU


@pytest.mark.parametrize("ended", [-signal.SIGXCPU, -signal.SIGKILL, None])
def test_a_decoder_that_was_ended_is_told_in_a_sentence(monkeypatch, ended):
    def run(command, timeout, **_):
        if ended is None:
            raise subprocess.TimeoutExpired(command, timeout)
        return subprocess.CompletedProcess(command, ended, b"")

    monkeypatch.setattr("core.answering.own_picture.subprocess.run", run)
    with pytest.raises(UserError, match="too much work"):
        pixels_of(file_of(half(10, 10)), FILM)


def test_the_scans_of_a_jpeg_are_counted_by_its_markers():
    ordinary, progressive = (file_of(half(90, 90), "JPEG", progressive=p) for p in (False, True))
    assert scans(ordinary, 100) == 1
    assert 3 < scans(progressive, 100) == progressive.count(b"\xff\xda") < 20
    assert scans(progressive, 2) == 3, "no further than it must"
    noted = Image.Exif()
    noted[0x010F] = "maker \xff\xda \xff\xda"
    assert scans(file_of(half(90, 90), "JPEG", exif=noted.tobytes(), comment=b"\xff\xda" * 9), 100) == 1
    assert scans(file_of(half(90, 90)), 100) == scans(b"", 100) == 0


def test_a_jpeg_of_too_many_scans_is_refused(monkeypatch):
    progressive = file_of(half(90, 90), "JPEG", progressive=True)
    assert pixels_of(progressive, FILM)[4, 14, 0] > 190
    monkeypatch.setattr("core.answering.own_picture._MOST_SCANS", 2)
    assert pixels_of(file_of(half(90, 90), "JPEG"), FILM)[4, 14, 0] > 190
    with pytest.raises(UserError, match="at most 2 scans"):
        pixels_of(progressive, FILM)


def test_networks_that_learned_on_another_scale_are_not_asked():
    what = use_case("testing/tiny_pictures")
    examples = pipeline.load_examples(what)
    sense = Sense(what.arrays[0])
    sense.check(examples.arrays["picture"])
    with pytest.raises(UserError, match="not of bytes"):
        sense.check(examples.arrays["picture"] / np.float32(16))


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
        (8001, 8000, "this one has 8001 x 8000"),
        (1, 64_000_001, "at most 64,000,000 pixels"),
        (60_000, 60_000, "cannot be read as a picture"),
    ],
)
def test_nothing_is_decoded_of_a_small_file_that_promises_a_huge_picture(monkeypatch, width, height, words):
    def decoded(*_, **__):
        raise AssertionError("decoded")

    monkeypatch.setattr("core.answering.own_picture.subprocess.run", decoded)
    with pytest.raises(AssertionError, match="decoded"):
        pixels_of(promising(8000, 8000), FILM)
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
    likeness = Likeness.of(examples.arrays["film"], fold)
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
    return examples, fold, Likeness.of(examples.arrays["film"], fold)


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


def test_a_picture_on_white_is_swapped_where_those_that_are_known_lie_on_black():
    rng = np.random.default_rng(0)
    on_black = np.zeros((40, 28, 28, 1), dtype=np.uint8)
    on_black[:, 6:22, 6:22] = rng.integers(30, 256, (40, 16, 16, 1))
    own = 255 - on_black[3]
    found, swapped = on_their_ground(own, on_black)
    assert swapped
    np.testing.assert_array_equal(found, on_black[3])
    same, again = on_their_ground(found, on_black)
    assert same is found
    assert not again
    films = rng.integers(40, 200, (40, 28, 28, 1)).astype(np.uint8)
    assert not on_their_ground(own, films)[1]
    mixed = np.concatenate([on_black[:30], 255 - on_black[30:]])
    assert not on_their_ground(own, mixed)[1]
