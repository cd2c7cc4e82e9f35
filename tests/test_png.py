"""The PNG writer loses nothing."""

import io

import numpy as np
import pytest
from PIL import Image

from lossviz.png import encode, image_tag


def decoded(data):
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (5, 1), (40, 30)])
@pytest.mark.parametrize("channels", [3, 4])
def test_decoding_returns_every_pixel(shape, channels, rng):
    pixels = rng.integers(0, 256, (*shape, channels), dtype=np.uint8)
    np.testing.assert_array_equal(decoded(encode(pixels)), pixels[:, :, :3])


def test_a_view_into_a_larger_array_is_written_like_a_copy(rng):
    pixels = rng.integers(0, 256, (20, 20, 4), dtype=np.uint8)[::2, ::-1]
    np.testing.assert_array_equal(decoded(encode(pixels)), pixels[:, :, :3])


def test_pixels_are_left_unchanged(rng):
    pixels = rng.integers(0, 256, (8, 8, 4), dtype=np.uint8)
    before = pixels.copy()
    encode(pixels)
    np.testing.assert_array_equal(pixels, before)


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((4, 4, 3)),
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 2), np.uint8),
        np.zeros((0, 4, 3), np.uint8),
    ],
)
def test_anything_but_pixels_is_refused(pixels):
    with pytest.raises(ValueError, match="^pixels must be uint8 of shape"):
        encode(pixels)


def test_alternative_text_cannot_break_out_of_its_attribute():
    tag = image_tag(b"", 'a "quoted" <b>', 10, 20)
    assert 'alt="a &quot;quoted&quot; &lt;b&gt;"' in tag
    assert 'width="10" height="20"' in tag
