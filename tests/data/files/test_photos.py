import errno
import os
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from data.errors import DiskFullError, InvalidError
from data.files import photos as module
from data.files.photos import (
    MOST_BYTES,
    REDRAWN_SIDE,
    photo_path,
    redrawn,
    remove_photo,
    save_photo,
    thumbnail,
)
from tests.pictures import a_bomb

GPS, ORIENTATION = 0x8825, 0x0112


def a_photo(width: int = 40, height: int = 30, kind: str = "JPEG", turned: int = 1) -> bytes:
    picture = Image.new("RGB", (width, height), "white")
    picture.paste("red", (0, 0, width // 2, height))
    exif = Image.Exif()
    exif[ORIENTATION] = turned
    exif[GPS] = {1: "N", 2: (37.0, 33.0, 10.0)}
    exif[0x010F] = "Sara's phone"
    file = BytesIO()
    picture.save(file, kind, exif=exif)
    return file.getvalue()


def seen(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_a_camera_wrote_into_a_photo_is_gone(kind: str) -> None:
    photo = a_photo(kind=kind)
    assert seen(photo).getexif()
    assert b"Sara" in photo
    kept = redrawn(photo)
    assert dict(seen(kept).getexif()) == {}
    assert b"Sara" not in kept
    assert seen(kept).format == "JPEG"


def test_a_photo_that_was_held_upright_stays_upright() -> None:
    kept = seen(redrawn(a_photo(40, 30, turned=6)))
    assert kept.size == (30, 40)
    red, _, blue = kept.getpixel((15, 5))
    assert red > 200
    assert blue < 80


def test_a_large_photo_becomes_a_small_one() -> None:
    assert seen(redrawn(a_photo(4000, 1000))).size == (REDRAWN_SIDE, REDRAWN_SIDE // 4)


def test_what_stands_behind_a_picture_is_not_kept() -> None:
    assert b"<script>" not in redrawn(a_photo() + b"<script>alert(1)</script>")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_small_file_with_a_giant_picture_is_refused_by_its_header(
    kind: str, tmp_path: Path
) -> None:
    bomb = a_bomb(kind)
    assert len(bomb) < 10_000
    with pytest.raises(InvalidError, match="16 megapixels"):
        redrawn(bomb)
    with pytest.raises(InvalidError, match="16 megapixels"):
        save_photo(tmp_path, bomb)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["RGBA", "LA", "P", "1", "L", "I;16", "CMYK"])
def test_pictures_of_every_kind_of_pixels_are_redrawn(kind: str) -> None:
    file = BytesIO()
    form = "JPEG" if kind == "CMYK" else "PNG"
    Image.new(kind, (2 * REDRAWN_SIDE, REDRAWN_SIDE)).save(file, form)
    kept = seen(redrawn(file.getvalue()))
    assert (kept.size, kept.mode) == ((REDRAWN_SIDE, REDRAWN_SIDE // 2), "RGB")


def test_a_photo_that_cannot_be_written_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "no space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFullError):
        save_photo(tmp_path, a_photo())
    assert list((tmp_path / "photos").iterdir()) == []


def test_a_file_that_is_too_large_is_not_even_opened() -> None:
    with pytest.raises(InvalidError, match="at most"):
        redrawn(a_photo() + bytes(MOST_BYTES))


# The decoder warns of damage in the camera's notes, which nobody reads.
@pytest.mark.filterwarnings("ignore::UserWarning")
@settings(max_examples=60)
@given(st.integers(0, 300), st.integers(0, 255), st.sampled_from(["JPEG", "PNG", "WEBP"]))
def test_a_damaged_picture_is_redrawn_or_refused_and_nothing_else(
    cut: int, byte: int, kind: str
) -> None:
    photo = bytearray(a_photo(kind=kind))
    photo[min(cut, len(photo) - 1)] = byte
    for content in (bytes(photo), bytes(photo[: len(photo) - cut])):
        try:
            kept = redrawn(content)
        except InvalidError:
            continue
        assert seen(kept).format == "JPEG"


@pytest.mark.parametrize("content", [b"", b"GIF89a" + bytes(50), b"<svg/>", b"\xff\xd8\xff"])
def test_other_files_are_refused(content: bytes) -> None:
    with pytest.raises(InvalidError, match="picture"):
        redrawn(content)


def test_a_thumbnail_is_drawn_once_bounded_in_number_and_goes_with_its_photo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_THUMBNAILS", 2)
    names = [save_photo(tmp_path, a_photo(900, 600)) for _ in range(3)]
    small = [thumbnail(tmp_path, name) for name in names]
    folder = tmp_path / "photos" / "thumbnails"
    assert {seen(each).size for each in small} == {(360, 240)}
    assert len(list(folder.iterdir())) == 2

    photo_path(tmp_path, names[2]).write_bytes(b"not drawn again")
    assert thumbnail(tmp_path, names[2]) == small[2]
    for name in names[1:]:
        remove_photo(tmp_path, name)
    assert list(folder.iterdir()) == []
    with pytest.raises(FileNotFoundError):
        thumbnail(tmp_path, names[2])


def test_a_thumbnail_that_somebody_has_just_taken_away_is_drawn_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = save_photo(tmp_path, a_photo(900, 600))
    monkeypatch.setattr(Path, "is_file", lambda _: True)  # the last moment somebody looked
    assert seen(thumbnail(tmp_path, name)).size == (360, 240)
