"""What a sandbox would have sent: kept as lines of a file, to be read by the instructor."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

NEWEST = 200
"""Messages that are read at most."""


@dataclass(frozen=True, slots=True)
class KeptMessage:
    """A message that went nowhere: when, to which number or mailbox, and its text."""

    at: datetime
    to: str
    title: str
    body: str


def keep_message(file: Path, message: KeptMessage) -> None:
    """Add a message."""
    line = json.dumps(asdict(message) | {"at": message.at.isoformat()}, ensure_ascii=False)
    with file.open("a", encoding="utf-8") as kept:
        kept.write(f"{line}\n")


def kept_messages(file: Path, most: int = NEWEST) -> list[KeptMessage]:
    """Return what was kept, the newest first."""
    return [_read(line) for line in reversed(_lines(file)[-most:])]


def forget_later(file: Path, moment: datetime) -> None:
    """Take out what would have gone after a moment to which everything was set back."""
    left = [line for line in _lines(file) if _read(line).at <= moment]
    if file.exists():
        file.write_text("".join(f"{line}\n" for line in left), encoding="utf-8")


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []


def _read(line: str) -> KeptMessage:
    said = json.loads(line)
    at = datetime.fromisoformat(said["at"])
    return KeptMessage(at, said["to"], said["title"], said["body"])
