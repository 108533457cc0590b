"""What a sandbox would have sent: kept as lines of a file, to be read by the instructor."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import islice
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
        kept.write(f"\n{line}\n")  # on a line of its own also after a half-written one


def kept_messages(file: Path, most: int = NEWEST) -> list[KeptMessage]:
    """Return what was kept, the newest first."""
    return [message for _, message in islice(_read(file), most)]


def forget_later(file: Path, moment: datetime) -> None:
    """Take out what would have gone after a moment to which everything was set back."""
    left = [line for line, message in _read(file) if message.at <= moment]
    if file.exists():
        new = file.with_name(f"{file.name}.new")
        new.write_text("".join(f"{line}\n" for line in reversed(left)), encoding="utf-8")
        new.replace(file)


def _read(file: Path) -> Iterator[tuple[str, KeptMessage]]:
    """Yield lines with their messages, the newest first, without those that are half-written.

    Only a line feed ends a line: a message's words may hold what else ends lines in Unicode.
    """
    if not file.exists():
        return
    for line in reversed(file.read_text(encoding="utf-8", errors="replace").split("\n")):
        try:
            said = json.loads(line)
            at = datetime.fromisoformat(said["at"])
            yield line, KeptMessage(at, said["to"], said["title"], said["body"])
        except (KeyError, TypeError, ValueError):
            continue
