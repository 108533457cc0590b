"""Voice notes from phones: kept beside the photos as they come, and never parsed."""

from pathlib import Path

from data.errors import InvalidError, Need
from data.files.photos import write_file

LONGEST_S = 30
"""A driver's page records no longer."""

MOST_BYTES = 1_000_000
"""Half a minute of AAC at 256 kbit/s; Opus, as most phones record it, takes a tenth."""

SUFFIXES = {".webm": "audio/webm", ".mp4": "audio/mp4", ".ogg": "audio/ogg"}
"""What is taken in, and as what it is served."""


def save_voice(city_folder: Path, content: bytes) -> str:
    """Store a voice note and return the name of its file; its kind follows from its first bytes.

    Raises `InvalidError` for what no phone records, and `DiskFullError`.
    """
    return write_file(city_folder, _suffix(content), content)


def media_type(name: str) -> str:
    """Return the media type of a voice note."""
    return SUFFIXES[Path(name).suffix]


def _suffix(content: bytes) -> str:
    if content.startswith(b"\x1a\x45\xdf\xa3"):
        return ".webm"
    if content[4:8] == b"ftyp":
        return ".mp4"
    if content.startswith(b"OggS"):
        return ".ogg"
    raise InvalidError("voice", f"{len(content)} bytes", Need("a WebM, MP4 or Ogg recording"))
