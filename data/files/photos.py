"""Photos as files of a city under random names; photos of unknown senders are re-encoded."""

import os
import secrets
from collections.abc import Collection
from contextlib import suppress
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

THUMBNAILS = "thumbnails"
"""Beside the photos: what was drawn of them, which may be deleted."""

MOST_THUMBNAILS = 1_000
"""Thumbnails kept, of 10 to 30 kB each."""

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
    suffix = _suffix(content)
    require_few_pixels(content)
    return write_file(city_folder, suffix, content)


def write_file(city_folder: Path, suffix: str, content: bytes) -> str:
    """Store a file under a random name, whole or not at all; raise `DiskFullError`."""
    name = secrets.token_urlsafe(18) + suffix
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
    """Return a stored photo as a small JPEG, drawn once and kept in a folder beside it.

    Raises `FileNotFoundError` where none can be read.
    """
    path, small_path = photo_path(city_folder, name), _thumbnail_path(city_folder, name)
    with suppress(FileNotFoundError):  # not drawn yet, or made room for others
        return small_path.read_bytes()
    try:
        small = _redrawn(path.read_bytes(), THUMBNAIL_SIDE)
    except UnidentifiedImageError as error:
        raise FileNotFoundError(path) from error
    with suppress(OSError):  # a full disk keeps none
        _keep_thumbnail(small_path, small)
    if not path.is_file():  # removed meanwhile
        small_path.unlink(missing_ok=True)
    return small


def _keep_thumbnail(small_path: Path, small: bytes) -> None:
    """Write a thumbnail whole or not at all; those looked at first make room for it."""
    folder = small_path.parent
    folder.mkdir(mode=0o700, exist_ok=True)
    written = folder / secrets.token_urlsafe(18)
    try:
        written.write_bytes(small)
        written.replace(small_path)
    finally:
        written.unlink(missing_ok=True)
    kept = sorted(folder.iterdir(), key=lambda file: file.stat().st_mtime)
    for file in kept[:-MOST_THUMBNAILS]:
        file.unlink(missing_ok=True)


def _thumbnail_path(city_folder: Path, name: str) -> Path:
    return city_folder / FOLDER / THUMBNAILS / f"{Path(name).stem}.jpg"


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
    """Remove a photo and what was drawn of it; it may be gone already."""
    if name:
        photo_path(city_folder, name).unlink(missing_ok=True)
        _thumbnail_path(city_folder, name).unlink(missing_ok=True)


def remove_orphans(city_folder: Path, known: Collection[str], before_s: float) -> int:
    """Remove the files that are no known photo and older than a moment; return how many."""
    folder = city_folder / FOLDER
    orphans = [
        file
        for file in (folder.iterdir() if folder.is_dir() else ())
        if file.is_file() and file.name not in known and file.stat().st_mtime < before_s
    ]
    for file in orphans:
        remove_photo(city_folder, file.name)
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
