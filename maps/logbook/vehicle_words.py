"""Texts of vehicles' logs: places, durations, distances and material."""

from collections.abc import Callable, Sequence
from datetime import datetime

from data.geocode import Address
from data.model import LonLat
from data.policy.city_policy import Policy
from fleet.logbook.trips import Doing, Entry
from fleet.logbook.vehicle_days import material_kg
from fleet.work.totals import Sums
from maps.pages.i18n import Translator
from maps.pages.tables import span_text

type Say = Callable[[LonLat, str], Address | None]
"""Says where a place is, in a language."""

LONG_S = 24 * 3600.0
"""A fleet's hours are read without their minutes from here on."""

MATERIALS = ("salt", "sand", "brine")
"""Those that have a name in every language."""


def where_text(one: Entry, say: Say, t: Translator) -> str:
    """Return the place of an entry of the log: its site, or the address of a stop."""
    if one.site:
        return one.site
    return place_text(one.place, say, t) if one.doing is Doing.STOP else ""


def place_text(place: LonLat, say: Say, t: Translator) -> str:
    """Return the address of a place."""
    address = say(place, t.language)
    return t("away from all streets") if address is None else address.text


def from_to_text(since: datetime | None, until: datetime | None, t: Translator) -> str:
    """Return two times of day; a dash where there are none."""
    if since is None or until is None:
        return "–"
    return t("{since} to {until}", since=t.time(since), until=t.time(until))


def lasts_text(seconds: float, t: Translator) -> str:
    """Return a total duration in hours and minutes; a dash for none."""
    if seconds <= 0.0:
        return "–"
    if seconds >= LONG_S:
        return t.plural("{count} h", round(seconds / 3600))
    return span_text(seconds, t)


def visits_text(count: int, seconds: float, t: Translator) -> str:
    """Return the number of visits and their total duration."""
    if not count:
        return t.number(0)
    return t("{count} in {span}", count=count, span=lasts_text(seconds, t))


def km_text(metres: float, t: Translator) -> str:
    """Return metres as kilometres."""
    return t.number(metres / 1000, 1)


def material_text(sums: Sums, policy: Policy, t: Translator) -> str:
    """Return the amounts of material that were spread; a dash for none."""
    amounts = material_kg(sums, policy)
    if not amounts:
        return "–"
    words = (
        t("{kg} kg {material}", kg=round(kg), material=_material_name(name, t))
        for name, kg in sorted(amounts.items())
    )
    return t(", ").join(words)


def _material_name(name: str, t: Translator) -> str:
    """Return the name of a material; one that a device sent and no catalog has stays as it is."""
    return t(f"material:{name}") if name in MATERIALS else name


def listed(names: Sequence[str], t: Translator) -> str:
    """Return names as a list; a dash for none."""
    return t.listed(names) or "–"
