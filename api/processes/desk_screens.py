"""What trainees of a rehearsal have on their screens, for who leads it: in memory."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from threading import Lock


@dataclass(frozen=True, slots=True)
class DeskScreen:
    """The page that somebody has open, by path and query; "" as long as nobody knows.

    Of an operator with a call on the line also the words typed so far, and the place chosen.
    """

    page: str = ""
    words: str = ""
    place: str = ""


class DeskScreens:
    """The newest screen of each trainee, by sign-in name. A sandbox has one server."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._screens: dict[str, DeskScreen] = {}

    def open_page(self, login: str, page: str) -> None:
        """Keep which page somebody has opened; what was typed on the one before is gone."""
        with self._lock:
            self._screens[login] = DeskScreen(page)

    def type_in(self, login: str, words: str, place: str) -> None:
        """Keep what somebody has typed on the page that is open."""
        with self._lock:
            screen = self._screens.get(login, DeskScreen())
            self._screens[login] = replace(screen, words=words, place=place)

    def of(self, login: str) -> DeskScreen:
        """Return what somebody saw last."""
        return self.seen().get(login, DeskScreen())

    def seen(self) -> Mapping[str, DeskScreen]:
        """Return what everybody saw last."""
        with self._lock:
            return dict(self._screens)
