"""Photos as files of a city: taken in as they come, under names that nobody guesses."""

import os
import secrets
from pathlib import Path

from data.errors import InvalidError

FOLDER = "photos"
"""Beside the database; never served as files."""

MOST_BYTES = 8_000_000
"""A phone's photo; the driver's page sends smaller ones."""

SUFFIXES = {".jpg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}
"""What is taken in, and as what it is served."""


def save_photo(city_folder: Path, content: bytes) -> str:
    """Keep a photo and return the name of its file; its kind is told by its first bytes.

    It is kept byte for byte, with whatever the camera wrote into it.
    """
    name = secrets.token_urlsafe(18) + _suffix(content)
    folder = city_folder / FOLDER
    folder.mkdir(exist_ok=True)
    handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return name


def photo_path(city_folder: Path, name: str) -> Path:
    """Return where the photo of this name lies."""
    return city_folder / FOLDER / name


def remove_photo(city_folder: Path, name: str) -> None:
    """Remove a photo that nothing names; it may be gone already."""
    if name:
        photo_path(city_folder, name).unlink(missing_ok=True)


def media_type(name: str) -> str:
    """Return as what a photo is served."""
    return SUFFIXES[Path(name).suffix]


def _suffix(content: bytes) -> str:
    if content.startswith(b"\xff\xd8\xff"):
        return ".jpg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return ".png"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return ".webp"
    raise InvalidError("photo", f"{len(content)} bytes", "a JPEG, PNG or WebP picture")
