"""A person's own account: where they are signed in."""

from collections.abc import Iterable
from dataclasses import dataclass

from data.model import Session, SessionId, SignInMethod
from maps.pages.i18n import Translator

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
"""What stands in a browser's name for itself, the most telling first, and how people call it."""

SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session in the list; `current` is the one that the list is shown in."""

    id: SessionId
    browser: str
    address: str
    since: str
    used: str
    by_code: bool
    current: bool


def session_rows(
    sessions: Iterable[Session], current: SessionId, t: Translator
) -> list[SessionRow]:
    """Return the rows of a person's sessions, the present one first."""
    rows = [_row(one, current, t) for one in sessions]
    return sorted(rows, key=lambda row: not row.current)


def browser_name(text: str) -> str:
    """Return browser and system by what the browser calls itself; empty where neither is known."""
    names = [_first_of(BROWSERS, text), _first_of(SYSTEMS, text)]
    return " · ".join(name for name in names if name)


def _first_of(known: Iterable[tuple[str, str]], text: str) -> str:
    return next((name for sign, name in known if sign in text), "")


def _row(session: Session, current: SessionId, t: Translator) -> SessionRow:
    return SessionRow(
        id=session.id,
        browser=browser_name(session.browser) or t("unknown browser"),
        address=session.address,
        since=t.day_time(session.begun_at),
        used=t.day_time(session.used_at),
        by_code=session.method is SignInMethod.CODE,
        current=session.id == current,
    )
