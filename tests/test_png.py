"""PNG files of our own making are read by others as the pixels they were made of."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from core.formatting import png


@pytest.mark.parametrize("shape", [(1, 1, 1), (28, 28, 1), (5, 9, 3)])
def test_others_read_the_pixels(shape):
    pixels = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    kind, _, content = png.address(pixels).partition(",")
    assert kind == "data:image/png;base64"
    with Image.open(io.BytesIO(base64.b64decode(content))) as found:
        np.testing.assert_array_equal(np.asarray(found).reshape(shape), pixels)


def test_of_another_number_of_channels_it_shows_the_mean():
    pixels = np.stack([np.full((3, 4), 10), np.full((3, 4), 30)], axis=2).astype(np.uint8)
    with Image.open(io.BytesIO(png.png(pixels))) as found:
        np.testing.assert_array_equal(np.asarray(found), np.full((3, 4), 20))


def test_other_numbers_go_from_the_lowest_to_the_highest_and_bytes_stay():
    np.testing.assert_array_equal(png.as_bytes(np.array([[[-1.0], [0.0], [1.0]]]))[0, :, 0], [0, 128, 255])
    assert png.as_bytes(np.full((2, 2, 1), 3.5)).max() == 0
    pixels = np.array([[[7]]], dtype=np.uint8)
    assert png.as_bytes(pixels) is pixels
