"""The gateway of a sandbox, through which nothing goes out."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from data.store.requests.requests import Caller
from fleet.training.sandbox.outbox import KeptMessage, keep_message
from maps.requests.notices import NoticeText


class KeptGateway:
    """Keeps messages to callers, followers of streets and agencies in a file."""

    def __init__(self, file: Path, now: Callable[[], datetime]) -> None:
        self._file = file
        self._now = now

    def send(self, who: Caller, text: NoticeText) -> str:
        """Return "": a file takes everything."""
        body = "\n".join(filter(None, (text.body, text.link)))
        keep_message(self._file, KeptMessage(self._now(), who.phone or who.email, text.title, body))
        return ""
