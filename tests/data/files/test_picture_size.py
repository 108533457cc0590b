import pytest

from data.files.picture_size import picture_size
from tests.pictures import a_bomb, a_lossless_webp, a_picture, a_png_of_height, an_extended_webp


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_size_of_a_picture_is_read_from_its_header(kind):
    picture = a_picture(kind, 300, 200)
    assert picture_size(picture) == (300, 200)
    assert picture_size(a_bomb(kind, 7_000)) == (7_000, 7_000)


def test_every_kind_of_webp_says_its_size():
    assert picture_size(an_extended_webp(16_384)) == (16_384, 16_384)
    assert picture_size(a_lossless_webp(16_384)) == (16_384, 16_384)


def test_a_png_may_claim_billions():
    assert picture_size(a_png_of_height(2**31 - 1)) == (1, 2**31 - 1)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8",
        b"\xff\xd8\xff\xe0",
        b"RIFF\0\0\0\0WEBPVP8L",
    ],
)
def test_what_says_no_size_is_no_picture(content):
    with pytest.raises(ValueError, match="picture"):
        picture_size(content)
