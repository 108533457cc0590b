"""The menu in the top strip of every page, by role."""

from collections.abc import Iterable
from dataclasses import dataclass

from data.model import Role
from maps.pages.i18n import Translator

_LEADING = frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR})

_WATCHING = _LEADING | {Role.DISPATCHER}


@dataclass(frozen=True, slots=True)
class MenuPage:
    """A page by its address; `name` is a msgid, `icon` a file of the icon set."""

    path: str
    name: str
    icon: str
    roles: frozenset[Role]


PAGES = (
    MenuPage("/", "Board", "map", _WATCHING),
    MenuPage("/operator", "New service request", "phone-incoming", _WATCHING | {Role.OPERATOR}),
    MenuPage("/requests", "Requests", "inbox", _WATCHING | {Role.OPERATOR}),
    MenuPage("/followup", "Complaints office", "clock-alert", _WATCHING),
    MenuPage("/inspect", "Inspections", "clipboard-check", _WATCHING),
    MenuPage("/followup/messages", "Messages not sent", "mail-x", frozenset({Role.OPERATOR})),
    MenuPage("/plans", "Compare plans", "columns-2", _WATCHING),
    MenuPage("/storms", "Storms", "snowflake", _WATCHING),
    MenuPage("/routes", "Planned vs actual", "route", _WATCHING),
    MenuPage("/vehicles", "AVL history", "clipboard-clock", _WATCHING),
    MenuPage("/roster", "Roster", "calendar-clock", _WATCHING),
    MenuPage("/machine-limits", "Machine restrictions", "truck", _WATCHING),
    MenuPage("/durations", "Durations of work", "gauge", _WATCHING),
    MenuPage("/crews", "Crews", "hard-hat", _WATCHING),
    MenuPage("/reserve", "Call-outs", "phone-call", _WATCHING),
    MenuPage("/council", "Council", "landmark", _WATCHING | {Role.COUNCIL}),
    MenuPage("/replay", "Replay", "history", _WATCHING | {Role.COUNCIL}),
    MenuPage("/audit-log", "Audit log", "scroll-text", _WATCHING),
    MenuPage("/classes", "Priority classes of streets", "layers", _WATCHING),
    MenuPage("/setup", "Set-up", "settings", frozenset({Role.ADMINISTRATOR})),
    MenuPage("/drive", "Drive", "truck", frozenset({Role.DRIVER})),
    MenuPage("/crew", "My list", "hard-hat", frozenset({Role.CREW})),
    MenuPage("/training", "Training", "monitor-play", _LEADING),
    MenuPage("/training/lessons", "Lessons", "graduation-cap", frozenset(Role) - {Role.WALL}),
    MenuPage("/account", "My account", "circle-user", frozenset(Role) - {Role.WALL}),
)
"""In the order of the menu."""


PAGES_OF_TRAINING = (
    MenuPage("/training/seats", "Seats", "armchair", _WATCHING | {Role.OPERATOR, Role.DRIVER}),
    MenuPage("/training/instructor", "Lead the training", "presentation", _LEADING),
    MenuPage(
        "/training/debrief",
        "Debrief",
        "messages-square",
        _WATCHING | {Role.OPERATOR, Role.DRIVER},
    ),
)
"""Before those, in a training alone."""

REAL_CITY = frozenset({"/training"})
"""Addresses of pages that a training does not have."""


def pages_of(roles: Iterable[Role], *, training: bool = False) -> tuple[MenuPage, ...]:
    """Return the pages that these roles may open, in a city or in a training."""
    mine = frozenset(roles)
    if training:
        here = (page for page in PAGES if page.path not in REAL_CITY)
        return tuple(page for page in (*PAGES_OF_TRAINING, *here) if page.roles & mine)
    return tuple(page for page in PAGES if page.roles & mine)


def name_of_page(address: str, t: Translator) -> str:
    """Return what the page at a path and query is called, by its own entry or one above it.

    "" where the menu knows none.
    """
    entry = _entry_of(address)
    return t(entry.name) if entry else ""


def knows_page(address: str) -> bool:
    """Whether a path and query is a page of the menu or below one, on this server."""
    return _entry_of(address) is not None


def _entry_of(address: str) -> MenuPage | None:
    path = address.partition("?")[0]
    above = [
        page
        for page in (*PAGES_OF_TRAINING, *PAGES)
        if path == page.path or (page.path != "/" and path.startswith(f"{page.path}/"))
    ]
    return max(above, key=lambda page: len(page.path), default=None)
