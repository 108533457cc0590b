"""Route sheets: the printed route of a driver, and all of a storm in one file."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import batched

from data.model import ByLanguage, LegKind, Plan, Route, SegmentId, Shift, Storm, Vehicle
from maps.pages.i18n import Translator
from maps.routes.route_steps import StageView, Surroundings, stages
from maps.routes.sheet_map import said_length, sheet_map
from maps.streets.street import called, street_name

STAGES_A_MAP = 50
"""Numbers that are still read on one map."""

NARROW_M = 3.5
"""A street narrower than that is worth a warning."""

STEEP_PERCENT = 8.0
"""From this incline on a street is worth a warning."""

COLUMNS = ("No.", "Time", "What to do", "Length")


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure at the head of a sheet."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class SheetStage:
    """A line of the list, in the driver's language."""

    number: str
    time: str
    task: str
    where: str
    until: str
    steps: str
    caution: str
    measure: str


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A range of stages with their map."""

    title: str
    map: str
    scale: str
    stages: tuple[SheetStage, ...]


@dataclass(frozen=True, slots=True)
class PrintedRoute:
    """The route sheet of one truck."""

    truck: str
    subtitle: str
    facts: tuple[Fact, ...]
    cautions: tuple[str, ...]
    parts: tuple[SheetPart, ...]


@dataclass(frozen=True, slots=True)
class SheetRoute:
    """A route with its vehicle, shift and driver.

    `shut` are streets that are blocked or closed, with the reason; `around` has the streets.
    """

    route: Route
    vehicle: Vehicle
    shift: Shift
    driver: str
    around: Surroundings
    shut: Mapping[SegmentId, str]


def sheets_data(
    storm: Storm,
    plan: Plan,
    trips: Iterable[SheetRoute],
    attribution: str,
    now: datetime,
    t: Translator,
) -> dict[str, object]:
    """Return what `routes/sheet.typ` prints: a sheet for each trip."""
    made = t("Plan {revision} of {time}", revision=plan.revision, time=t.day_time(plan.made_at))
    return {
        "language": t.language,
        "rtl": t.speech.rtl,
        "digits": list(t.speech.digits),
        "title": t("Route sheets: {storm}", storm=storm.name),
        "running": f"{storm.name} · {made}",
        "made": t("Printed {time}", time=t.day_time(now)),
        "attribution": attribution,
        "words": {
            "cautions": t("Take care"),
            "nothing": t("This truck has no route in this plan."),
            "columns": [t(column) for column in COLUMNS],
        },
        "trucks": [asdict(sheet_of(trip, t)) for trip in trips],
    }


def sheet_of(trip: SheetRoute, t: Translator) -> PrintedRoute:
    """Return the sheet of one truck."""
    shown = list(enumerate(stages(trip.route.legs, (), trip.around), start=1))
    parts = [list(part) for part in batched(shown, STAGES_A_MAP, strict=False)]
    kind = t(f"machine:{trip.vehicle.type}")
    hours = t.times(trip.shift.starts_at, trip.shift.ends_at)
    who = trip.driver or t("No driver assigned")
    return PrintedRoute(
        truck=trip.vehicle.name,
        subtitle=" · ".join((kind, who, t("shift {hours}", hours=hours))),
        facts=tuple(_facts(trip, t)),
        cautions=tuple(_cautions(trip, t)),
        parts=tuple(_part(trip, part, len(shown), t) for part in parts),
    )


def _facts(trip: SheetRoute, t: Translator) -> Iterator[Fact]:
    legs = trip.route.legs
    if not legs:
        return
    work_m = sum(leg.length_m for leg in legs if leg.kind is LegKind.WORK)
    drive_m = sum(leg.length_m for leg in legs if leg.kind is LegKind.DRIVE)
    yield Fact(t("Begins"), t.time(legs[0].starts_at))
    yield Fact(t("Ends"), t.time(legs[-1].ends_at))
    yield Fact(t("To plow"), said_length(work_m, t))
    yield Fact(t("Deadhead"), said_length(drive_m, t))
    yield Fact(t("Refills"), t.number(sum(leg.kind is LegKind.RELOAD for leg in legs)))


def _cautions(trip: SheetRoute, t: Translator) -> Iterator[str]:
    """Yield the warnings at the head of a sheet: each shut street on the route, once."""
    network = trip.around.network
    on_way = dict.fromkeys(step.segment_id for leg in trip.route.legs for step in leg.path)
    said = {
        f"{called(street_name(network.segment(one)), t)}: {trip.shut[one]}"
        for one in on_way
        if one in trip.shut
    }
    yield from sorted(said)


def _part(
    trip: SheetRoute, shown: Sequence[tuple[int, StageView]], count: int, t: Translator
) -> SheetPart:
    picture = sheet_map(shown, trip.around.network, t)
    first, last = shown[0][0], shown[-1][0]
    return SheetPart(
        title=t("Legs {first} to {last} of {count}", first=first, last=last, count=count),
        map=picture,
        scale=t("North is up. Filled numbers are work, hollow ones are deadhead."),
        stages=tuple(_stage(trip, number, stage, t) for number, stage in shown),
    )


def _stage(trip: SheetRoute, number: int, stage: StageView, t: Translator) -> SheetStage:
    return SheetStage(
        number=t.number(number),
        time=t.time(stage.starts_at),
        task=_task(stage, t),
        where=_said(stage.street, t) if stage.street else stage.place,
        until=t("as far as {street}", street=_said(stage.until, t)) if stage.until else "",
        steps=t(" → ").join(_steps(stage, t)),
        caution=t(", ").join(_warnings(trip, stage, t)),
        measure=" · ".join(_measures(stage, t)),
    )


def _task(stage: StageView, t: Translator) -> str:
    """Return the task of a stage in a few words, those of the driver's page."""
    if stage.kind == LegKind.RELOAD:
        return t("Fill the hopper")
    if stage.kind == LegKind.REST:
        return t("Take a rest")
    if stage.kind == LegKind.DRIVE:
        if stage.street:
            return t("Drive to")
        return t("Drive back to") if stage.place else t("Drive on")
    if stage.spreader and not stage.blade:
        return t("Spread salt")
    return t("Plow right lane") if stage.side == "right" else t("Plow full width")


def _steps(stage: StageView, t: Translator) -> Iterator[str]:
    """Yield the turns of the drive, and the turn into the street where the work begins."""
    for step in stage.steps:
        street = _said(step.street, t)
        yield f"{t(f'turn:{step.turn}')} {street} ({said_length(step.length_m, t)})"
    if stage.kind == LegKind.WORK and (stage.turn != "straight" or stage.steps):
        yield t(f"turn:{stage.turn}")


def _measures(stage: StageView, t: Translator) -> Iterator[str]:
    if stage.length_m > 0:
        yield said_length(stage.length_m, t)
    if stage.passes > 1:
        yield t("pass {pass} of {passes}", **{"pass": stage.pass_number, "passes": stage.passes})


def _warnings(trip: SheetRoute, stage: StageView, t: Translator) -> Iterator[str]:
    network = trip.around.network
    legs = trip.route.legs[stage.first : stage.last + 1]
    streets = {step.segment_id for leg in legs for step in leg.path}
    segments = [network.segment(one) for one in streets]
    yield from sorted({trip.shut[one] for one in streets if one in trip.shut})
    if any(_incline_percent(one.incline) >= STEEP_PERCENT for one in segments):
        yield t("steep")
    if stage.kind == LegKind.WORK and any(one.width_m < NARROW_M for one in segments):
        yield t("narrow")


def _incline_percent(text: str) -> float:
    """Return the incline of the street file in per cent; 0 where it is no number."""
    number = text.strip().removesuffix("%").lstrip("+-")
    return float(number) if number.replace(".", "", 1).isdecimal() else 0.0


def _said(street: ByLanguage, t: Translator) -> str:
    return called(street, t)
