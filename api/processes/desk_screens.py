"""What operators of a rehearsal have typed of the call on the line, for who leads it: in memory."""

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock


@dataclass(frozen=True, slots=True)
class DeskScreen:
    """The words that an operator has typed so far, and the place that he has chosen."""

    words: str = ""
    place: str = ""


class DeskScreens:
    """The newest screen of each operator, by sign-in name. A sandbox has one server."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._screens: dict[str, DeskScreen] = {}

    def show(self, login: str, screen: DeskScreen) -> None:
        """Keep what somebody sees now."""
        with self._lock:
            self._screens[login] = screen

    def seen(self) -> Mapping[str, DeskScreen]:
        """Return what everybody saw last."""
        with self._lock:
            return dict(self._screens)
