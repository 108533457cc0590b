"""Texts spoken by espeak-ng as small MP3 files of a city, each made once.

The program is called, never linked (docs/decisions/0091). It is optional: without it nothing is
spoken here.
"""

import secrets
import shutil
import subprocess
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

PROGRAM = "espeak-ng"

FOLDER = "spoken"
"""Beside the database; what is missing in it is made again."""

LONGEST_TEXT = 200
"""Letters: longer names are not spoken."""

LONGEST_S = 10.0
"""For one text; a twentieth of a second is usual."""

_SETTINGS = ("-s", "150", "-a", "85", "-z")
"""Words a minute for a loud cab; the loudness (at the program's own 100 MP3 clips the peaks); no
pause behind a text.
"""

_HEADER_BYTES = 44
_RATE_AT = slice(24, 28)
_SILENT = 300
"""Of 32,768: quieter samples at both ends are cut off, so that phrases follow each other."""

_SQUEEZED = 0.95
"""How much of the quality goes for size, up to 1: 21 kbit/s."""


@dataclass(frozen=True, slots=True)
class SpokenText:
    """What is to be said, and the language of the voice that says it."""

    voice: str
    text: str


def can_speak() -> bool:
    """Whether the program is installed."""
    return shutil.which(PROGRAM) is not None


def find_clip(city: Path, said: SpokenText) -> bytes | None:
    """Return the MP3 file of a text; an empty one where there is nothing to hear."""
    try:
        return _path(city, said).read_bytes()
    except FileNotFoundError:
        return None


def make_clip(city: Path, said: SpokenText) -> None:
    """Speak a text into its file.

    Raises `OSError`, `ValueError` or `subprocess.SubprocessError` where the program fails.
    """
    sound, rate_hz = _spoken(said)
    loud = np.flatnonzero(np.abs(sound.astype(np.int32)) > _SILENT)
    clip = _packed(sound[loud[0] : loud[-1] + 1], rate_hz) if len(loud) else b""
    at = _path(city, said)
    at.parent.mkdir(exist_ok=True)
    made = at.with_suffix(f".{secrets.token_hex(4)}")
    made.write_bytes(clip)
    made.replace(at)


def _path(city: Path, said: SpokenText) -> Path:
    name = sha256(" ".join((said.voice, *_SETTINGS, said.text)).encode()).hexdigest()
    return city / FOLDER / f"{name}.mp3"


def _spoken(said: SpokenText) -> tuple[NDArray[np.int16], int]:
    """Return samples, and how many there are in a second."""
    done = subprocess.run(  # noqa: S603 - no shell; the text goes in as input, never as an argument
        [PROGRAM, "-v", said.voice, *_SETTINGS, "--stdin", "--stdout"],
        input=said.text.encode(),
        capture_output=True,
        timeout=LONGEST_S,
        check=True,
    )
    head, sound = done.stdout[:_HEADER_BYTES], done.stdout[_HEADER_BYTES:]
    if not head.startswith(b"RIFF"):
        raise ValueError("no sound came")
    samples = np.frombuffer(sound[: len(sound) // 2 * 2], "<i2")
    return samples, int.from_bytes(head[_RATE_AT], "little")


def _packed(sound: NDArray[np.int16], rate_hz: int) -> bytes:
    clip = BytesIO()
    soundfile.write(
        clip,
        sound,
        rate_hz,
        format="MP3",
        subtype="MPEG_LAYER_III",
        compression_level=_SQUEEZED,
        bitrate_mode="AVERAGE",
    )
    return clip.getvalue()
