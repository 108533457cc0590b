"""The page of one street for everybody, in plain sentences that need no script."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from data.geocode import Geocoder
from data.geocode.places.candidate import Candidate
from data.model import SegmentId, Snap
from data.model.requests.promises import KeptCount
from data.streets.network import StreetNetwork
from fleet.public.street_answer import (
    DirectionCleared,
    PublicOutlook,
    StreetAnswer,
)
from fleet.requests.promises import TrackRecord
from maps.pages.i18n import Translator
from maps.pages.tables import span_text
from maps.requests.call_answer import AGAIN, EXPECTED, spoken_name
from maps.requests.understood_place import NearbyReport, nearby_report
from maps.streets.street import called, name_of_end

LIKE_CALLERS = frozenset(
    {
        PublicOutlook.CLOSED,
        PublicOutlook.NO_PLAN,
        PublicOutlook.UNSERVED,
        PublicOutlook.NEXT_PLAN,
    }
)
"""Why there is no time, in the words in which callers are told."""


class DirectionRow(NamedTuple):
    """Where a direction leads, and when it was cleared."""

    toward: str
    cleared: str


@dataclass(frozen=True, slots=True)
class StreetPage:
    """A street as everybody reads of it.

    `headline` is when it was cleared, `planned` when it is again or why nobody can say, `reliable`
    how well such times are kept; empty where nothing is to be said.
    """

    id: SegmentId
    at_m: int
    place: str
    headline: str
    directions: tuple[DirectionRow, ...]
    planned: str
    reliable: str
    as_of: str
    service_class: str
    promised: tuple[str, ...]
    kept: tuple[str, ...]
    nearby: tuple[NearbyReport, ...]


class FoundPlace(NamedTuple):
    """A place that somebody may mean, with what leads to its page."""

    id: SegmentId
    at_m: int
    said: str


def street_page(
    answer: StreetAnswer,
    snap: Snap,
    place: str,
    network: StreetNetwork,
    t: Translator,
    now: datetime,
) -> StreetPage:
    """Return the page of a street; `place` is where on it, as people say it."""
    on = answer.storm is not None and not answer.ended
    late = (now - answer.at).total_seconds()
    as_of = [t("As of {time}.", time=t.time(answer.at))]
    if late >= 60:
        said = "It is shown {span} later on purpose, so that nobody can follow a truck."
        as_of.append(t(said, span=span_text(late, t)))
    return StreetPage(
        id=answer.segment.id,
        at_m=round(snap.offset_m),
        place=place or spoken_name(answer.segment, t),
        headline=_headline(answer, t, now),
        directions=_directions(answer, network, t, now),
        planned=_planned(answer, t, now),
        reliable=_reliable(answer.record, t) if answer.window is not None else "",
        as_of=" ".join(as_of) if on else "",
        service_class=t.named("class", answer.rule.service_class),
        promised=_promised(answer, t),
        kept=_kept(answer, t),
        nearby=tuple(nearby_report(each, None, network, t, now) for each in answer.nearby),
    )


def found_places(
    candidates: list[Candidate], geocoder: Geocoder, t: Translator
) -> tuple[FoundPlace, ...]:
    """Return the places that words may mean, each once, the likeliest first."""
    found: dict[str, FoundPlace] = {}
    for each in candidates:
        said = geocoder.said(each, t.language)
        found.setdefault(said, FoundPlace(each.segment_id, round(each.offset_m), said))
    return tuple(found.values())


def digits_of(code: str) -> str:
    """Return a code that was typed, in any digits and however it is spaced."""
    return "".join(str(unicodedata.decimal(one)) for one in code if one.isdecimal())


def _headline(answer: StreetAnswer, t: Translator, now: datetime) -> str:
    storm, street = answer.storm, spoken_name(answer.segment, t)
    if storm is None:
        return t("No snow is being cleared at the moment.")
    times = [one.last_at for one in answer.directions]
    cleared = [at for at in times if at is not None]
    parts = [one.partly_at for one in answer.directions if one.partly_at is not None]
    if cleared and len(cleared) == len(times):
        when = t.moment_as_said(min(cleared), now)
        return t("{street} was last cleared {when}.", street=street, when=when)
    if cleared:
        when = t.moment_as_said(max(cleared), now)
        return t(
            "{street}: one direction was cleared {when}, the other not yet.",
            street=street,
            when=when,
        )
    if parts:
        when = t.moment_as_said(max(parts), now)
        return t("A part of {street} was cleared {when}.", street=street, when=when)
    if answer.ended and storm.ended_at is not None:
        when = t.moment_as_said(storm.ended_at, now)
        return t(
            "{street} was not cleared in the storm that ended {when}.", street=street, when=when
        )
    when = t.moment_as_said(storm.started_at, now)
    said = "{street} has not been cleared so far in the storm that began {when}."
    return t(said, street=street, when=when)


def _directions(
    answer: StreetAnswer, network: StreetNetwork, t: Translator, now: datetime
) -> tuple[DirectionRow, ...]:
    """Return a row per direction of a street that has two, where any of them was cleared."""
    shown = len(answer.directions) > 1 and any(
        one.last_at or one.partly_at for one in answer.directions
    )
    if not shown:
        return ()
    rows = []
    for each in answer.directions:
        end = name_of_end(network, answer.segment, forward=each.forward)
        other = "One direction" if each.forward else "The other direction"
        toward = t("toward {street}", street=called(end, t)) if end else t(other)
        rows.append(DirectionRow(toward, _when_cleared(each, t, now)))
    return tuple(rows)


def _when_cleared(one: DirectionCleared, t: Translator, now: datetime) -> str:
    if one.last_at is not None:
        return t.moment_as_said(one.last_at, now)
    if one.partly_at is not None:
        return t("a part of it {when}", when=t.moment_as_said(one.partly_at, now))
    return t("not cleared in this storm so far")


def _planned(answer: StreetAnswer, t: Translator, now: datetime) -> str:
    outlook, window = answer.outlook, answer.window
    if outlook is PublicOutlook.NO_STORM:
        return ""
    if outlook in LIKE_CALLERS:
        return t(f"outlook:{outlook}")
    if window is None:
        return t(f"street:{outlook}")
    if outlook is PublicOutlook.AWAITED:
        return t("street:awaited", when=t.deadline_as_said(window.to_at, now))
    cleared = all(one.last_at for one in answer.directions)
    when = (
        t.deadline_as_said(window.to_at, now)
        if window.from_at <= now
        else t.span_as_said(window.from_at, window.to_at, now)
    )
    return t(AGAIN if cleared else EXPECTED, when=when)


def _reliable(record: TrackRecord | None, t: Translator) -> str:
    if record is None:
        return t("There is no record yet of how well such times are kept.")
    said = "Of the last {measured} such times that were promised, {kept} were kept."
    return t(said, measured=record.measured, kept=record.kept)


def _promised(answer: StreetAnswer, t: Translator) -> tuple[str, ...]:
    rule = answer.rule
    every = (
        t("cleared on request only")
        if rule.cycle is None
        else t("cleared at least every {span}", span=span_text(rule.cycle.total_seconds(), t))
    )
    within = span_text(rule.deadline.total_seconds(), t)
    return every, t("what is reported there is done within {span}", span=within)


def _kept(answer: StreetAnswer, t: Translator) -> tuple[str, ...]:
    here, lately = answer.kept_in_storm, answer.kept_lately
    said = []
    if answer.storm is not None:
        said.append(_kept_of(here, "street:kept_in_storm", t))
    if answer.storm is None or lately != here:  # else it has all of them in it
        said.append(_kept_of(lately, "street:kept_lately", t))
    return tuple(filter(None, said))


def _kept_of(count: KeptCount, msgid: str, t: Translator) -> str:
    return t(msgid, kept=count.kept, decided=count.decided) if count.decided else ""
