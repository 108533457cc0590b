"""Photos as files of a city under random names; photos of unknown senders are re-encoded."""

import os
import secrets
from collections.abc import Collection
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from data.errors import DiskFullError, InvalidError, Need, is_disk_full
from data.files.picture_size import picture_size

FOLDER = "photos"
"""Beside the database; never served as files."""

MOST_BYTES = 8_000_000
"""A phone's photo; the driver's page sends smaller ones."""

MOST_PIXELS = 16_000_000
"""Our pages send 2 million at most; a small file may claim far more, to fill the memory."""

REDRAWN_SIDE = 1600
"""Longest side in pixels of what is kept of a stranger's photo: a street's snow is well seen."""

REDRAWN_QUALITY = 82

THUMBNAIL_SIDE = 360
"""Longest side in pixels of the small picture in a list: sharp at 120 points on a phone."""

SHRUNK_AS_THEY_ARE = ("RGB", "RGBA", "L", "LA")
"""Kinds of pixels that can be averaged; a copy in colors would take as much memory again."""

PICTURE = "a JPEG, PNG or WebP picture"

SUFFIXES = {".jpg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}
"""What is taken in, and as what it is served."""


def save_photo(city_folder: Path, content: bytes) -> str:
    """Store a photo and return the name of its file; its type follows from its first bytes.

    It is kept byte for byte, with whatever the camera wrote into it, whole or not at all. Raises
    `InvalidError` for what is no picture, or has more than `MOST_PIXELS`, and `DiskFullError`.
    """
    name = secrets.token_urlsafe(18) + _suffix(content)
    require_few_pixels(content)
    folder = city_folder / FOLDER
    folder.mkdir(exist_ok=True)
    handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException as error:
        remove_photo(city_folder, name)
        if is_disk_full(error):
            raise DiskFullError from error
        raise
    return name


def require_few_pixels(content: bytes) -> None:
    """Raise `InvalidError` for a picture whose header claims more than `MOST_PIXELS`."""
    try:
        width, height = picture_size(content)
    except ValueError as error:
        raise _no_picture(content) from error
    if width * height > MOST_PIXELS:
        most = Need("at most {most} megapixels", most=MOST_PIXELS // 1_000_000)
        raise InvalidError("photo", f"{width} × {height}", most)


def redrawn(content: bytes) -> bytes:
    """Return a photo re-encoded as JPEG: its pixels and no metadata.

    Place, time and owner, which cameras write into photos, are gone. Raises `InvalidError` for
    what is no picture, or larger than `MOST_BYTES` or `MOST_PIXELS`.
    """
    if len(content) > MOST_BYTES:
        most = Need("at most {most} MB", most=MOST_BYTES // 1_000_000)
        raise InvalidError("photo", f"{len(content)} bytes", most)
    _suffix(content)
    require_few_pixels(content)
    try:
        return _redrawn(content)
    except Exception as error:  # a decoder may stumble in any way over what unknown senders send
        raise _no_picture(content) from error


def thumbnail(city_folder: Path, name: str) -> bytes:
    """Return a stored photo as a small JPEG; raise `FileNotFoundError` where none can be read."""
    path = photo_path(city_folder, name)
    try:
        return _redrawn(path.read_bytes(), THUMBNAIL_SIDE)
    except UnidentifiedImageError as error:
        raise FileNotFoundError(path) from error


def _redrawn(content: bytes, side: int = REDRAWN_SIDE) -> bytes:
    kept = BytesIO()
    with Image.open(BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as picture:
        picture.draft("RGB", (side, side))
        plain = picture if picture.mode in SHRUNK_AS_THEY_ARE else picture.convert("RGB")
        plain.thumbnail((side, side))
        small = ImageOps.exif_transpose(plain).convert("RGB")
    small.info.clear()
    small.save(kept, "JPEG", quality=REDRAWN_QUALITY)
    return kept.getvalue()


def photo_path(city_folder: Path, name: str) -> Path:
    """Return where the photo of this name lies."""
    return city_folder / FOLDER / name


def remove_photo(city_folder: Path, name: str) -> None:
    """Remove a photo; it may be gone already."""
    if name:
        photo_path(city_folder, name).unlink(missing_ok=True)


def remove_orphans(city_folder: Path, known: Collection[str], before_s: float) -> int:
    """Remove the files that are no known photo and older than a moment; return how many."""
    folder = city_folder / FOLDER
    orphans = [
        file
        for file in (folder.iterdir() if folder.is_dir() else ())
        if file.is_file() and file.name not in known and file.stat().st_mtime < before_s
    ]
    for file in orphans:
        file.unlink(missing_ok=True)
    return len(orphans)


def media_type(name: str) -> str:
    """Return the media type of a photo."""
    return SUFFIXES[Path(name).suffix]


def _suffix(content: bytes) -> str:
    if content.startswith(b"\xff\xd8\xff"):
        return ".jpg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return ".png"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return ".webp"
    raise _no_picture(content)


def _no_picture(content: bytes) -> InvalidError:
    return InvalidError("photo", f"{len(content)} bytes", PICTURE)
