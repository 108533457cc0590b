"""Streets and turns that are impossible for types of machines, for the planner's page."""

from collections.abc import Mapping
from dataclasses import dataclass

from data.model import Blockage, DirectedSegment, VehicleId
from data.model.machines import LimitState, MachineLimit
from data.streets.network import StreetNetwork
from maps.pages.i18n import Translator
from maps.streets.street import called, street_name


@dataclass(frozen=True, slots=True)
class TypeChoice:
    """A type of machines, and whether a limit is for it."""

    code: str
    name: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class LimitRow:
    """A limit as the planner reads it; `until` is as it is typed, empty without an end.

    `headline` says what it is for which machines, `what` is the street, or from where into which
    street a turn leads, and `proposed` who reported it or what storms showed.
    """

    id: int
    report_id: int | None
    state: LimitState
    turn: bool
    what: str
    headline: str
    choices: tuple[TypeChoice, ...]
    both_ways: bool
    direction: str
    until: str
    until_words: str
    note: str
    proposed: str
    decided: str
    photo: bool
    voice: bool


@dataclass(frozen=True, slots=True)
class LimitContext:
    """What rows are made with: streets, names of machines, all types of the fleet, and people.

    `people` are what colleagues call people, by login.
    """

    network: StreetNetwork
    machines: Mapping[VehicleId, str]
    types: tuple[str, ...]
    people: Mapping[str, str]
    t: Translator


def limit_row(limit: MachineLimit, report: Blockage | None, around: LimitContext) -> LimitRow:
    """Return a limit with the report that it came from, if it did."""
    t = around.t
    decided = ""
    if limit.decided_at is not None:
        who = around.people.get(limit.decided_by, limit.decided_by)
        decided = t("{name}, {time}", name=who, time=t.day_time(limit.decided_at))
    until = limit.until_at
    return LimitRow(
        id=limit.id,
        report_id=limit.blockage_id,
        state=limit.state,
        turn=limit.came is not None,
        what=_what(limit, around),
        headline=_headline(limit, t),
        choices=tuple(
            TypeChoice(name, t(f"machine:{name}"), name in limit.types) for name in around.types
        ),
        both_ways=limit.both_ways,
        direction=t("both directions") if limit.both_ways else t("only as it was driven"),
        until="" if until is None else t.written(until),
        until_words=t("until it is taken back")
        if until is None
        else t("until {time}", time=t.day_time(until)),
        note=limit.note,
        proposed=_proposed(limit, around),
        decided=decided,
        photo=report is not None and bool(report.photo),
        voice=report is not None and bool(report.voice),
    )


def _headline(limit: MachineLimit, t: Translator) -> str:
    machines = t.listed([t(f"machine:{name}") for name in limit.types])
    if limit.blockage_id is None:
        if limit.came is None:
            return t("Street never driven by: {machines}", machines=machines)
        return t("Turn never taken by: {machines}", machines=machines)
    if limit.came is None:
        return t("Impossible street for: {machines}", machines=machines)
    return t("Impossible turn for: {machines}", machines=machines)


def _proposed(limit: MachineLimit, around: LimitContext) -> str:
    t, time = around.t, around.t.day_time(limit.proposed_at)
    if limit.blockage_id is None:
        counts = {"chances": t.number(limit.chances), "drivers": t.number(limit.drivers)}
        return t(
            "By tracks of storms, {time}: routes led there {chances} times, {drivers} drivers, "
            "never taken",
            time=time,
            **counts,
        )
    who = t("{name}, {time}", name=around.machines.get(limit.vehicle_id, ""), time=time)
    return t("Reported by {who}", who=who)


def _what(limit: MachineLimit, around: LimitContext) -> str:
    t = around.t
    streets = t.listed(list(dict.fromkeys(_name(way, around) for way in limit.ways)))
    if limit.came is None:
        return streets
    return t("{start} into {end}", start=_name(limit.came, around), end=streets)


def _name(way: DirectedSegment, around: LimitContext) -> str:
    segment = around.network.find(way.segment_id)
    return called(street_name(segment), around.t) if segment else around.t("a former street")
