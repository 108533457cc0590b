"""Route sheets: the printed route of a driver, and all of a storm in one file."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import batched
from math import ceil

from data.model import LegKind, Plan, Route, SegmentId, Shift, Storm, Vehicle
from maps.pages.i18n import Translator
from maps.routes.end_window import end_of_route
from maps.routes.route_steps import StageView, Surroundings
from maps.routes.run_words import said_length, stretch
from maps.routes.sheet_map import sheet_map
from maps.routes.sheet_runs import SheetRun, on_known_streets, sheet_runs
from maps.streets.street import called, street_name
from routing.problem.finish_odds import FinishOdds

RUNS_A_MAP = 70
"""Numbers that are still read on one map."""

MOST_MAPS = 4
"""A longer route has more runs on each map, or it would take more paper than a driver turns."""

TOLD_M = 150.0
"""How far to go, after a turn or to a crossing, is told from here on."""

NARROW_M = 3.5
"""A street narrower than that is worth a warning."""

STEEP_PERCENT = 8.0
"""From this incline on a street is worth a warning."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure at the head of a sheet."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class SheetTurn:
    """A turn on the way to a run, one of `TURNS`, and the street that it leads into, if named."""

    turn: str
    street: str


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A run as a line of the list, in the driver's language.

    `way` is the drive there, turn by turn, and `turn` the one into the street of the work, "" for
    none. `task` is empty where it is the usual one of the sheet.
    """

    number: str
    time: str
    way: tuple[SheetTurn, ...]
    turn: str
    where: str
    stretch: str
    task: str
    caution: str
    measure: str


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A range of runs with their map."""

    title: str
    map: str
    scale: str
    lines: tuple[SheetLine, ...]


@dataclass(frozen=True, slots=True)
class PrintedRoute:
    """The route sheet of one truck; `running` heads each of its pages, `usual` is at the foot."""

    truck: str
    running: str
    usual: str
    subtitle: str
    facts: tuple[Fact, ...]
    cautions: tuple[str, ...]
    parts: tuple[SheetPart, ...]


@dataclass(frozen=True, slots=True)
class SheetRoute:
    """A route with its vehicle, shift and driver.

    `shut` are streets that are blocked or closed, with the reason; `around` has the streets. `odds`
    tell how sure its end is, where that is known.
    """

    route: Route
    vehicle: Vehicle
    shift: Shift
    driver: str
    around: Surroundings
    shut: Mapping[SegmentId, str]
    odds: FinishOdds | None = None


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
            "page": t("Page {page} of {pages}"),
        },
        "trucks": [asdict(sheet_of(trip, t)) for trip in trips],
    }


def sheet_of(trip: SheetRoute, t: Translator) -> PrintedRoute:
    """Return the sheet of one truck."""
    shown = sheet_runs(on_known_streets(trip.route.legs, trip.around.network), trip.around)
    tasks = Counter(_task(run.stage, t) for run in shown if run.works)
    usual = tasks.most_common(1)[0][0] if tasks else ""
    many = max(RUNS_A_MAP, ceil(len(shown) / MOST_MAPS))
    parts = [list(part) for part in batched(shown, many, strict=False)]
    kind = t(f"machine:{trip.vehicle.type}")
    hours = t("shift {hours}", hours=t.times(trip.shift.starts_at, trip.shift.ends_at))
    who = trip.driver or t("No driver assigned")
    return PrintedRoute(
        truck=trip.vehicle.name,
        running=" · ".join((trip.vehicle.name, hours)),
        usual=t("Where nothing else is said: {task}", task=usual) if usual else "",
        subtitle=" · ".join((kind, who, hours)),
        facts=tuple(_facts(trip, t)),
        cautions=tuple(_cautions(trip, t)),
        parts=tuple(_part(trip, part, len(shown), usual, t) for part in parts),
    )


def _facts(trip: SheetRoute, t: Translator) -> Iterator[Fact]:
    legs = trip.route.legs
    if not legs:
        return
    work_m = sum(leg.length_m for leg in legs if leg.kind is LegKind.WORK)
    drive_m = sum(leg.length_m for leg in legs if leg.kind is LegKind.DRIVE)
    yield Fact(t("Begins"), t.time(legs[0].starts_at))
    yield Fact(t("Ends"), _end(trip, t))
    yield Fact(t("To plow"), said_length(work_m, t))
    yield Fact(t("Deadhead"), said_length(drive_m, t))
    yield Fact(t("Refills"), t.number(sum(leg.kind is LegKind.RELOAD for leg in legs)))


def _end(trip: SheetRoute, t: Translator) -> str:
    time, end = t.time(trip.route.legs[-1].ends_at), end_of_route(trip.route, trip.odds)
    if end is None:
        return time
    return t("{time} ({window})", time=time, window=t.times(end.earliest_at, end.latest_at))


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
    trip: SheetRoute, shown: Sequence[SheetRun], count: int, usual: str, t: Translator
) -> SheetPart:
    first, last = shown[0].number, shown[-1].number
    return SheetPart(
        title=t("Runs {first} to {last} of {count}", first=first, last=last, count=count),
        map=sheet_map(shown, trip.around.network, t),
        scale=t("North is up. Filled numbers are work, hollow ones are deadhead."),
        lines=tuple(_line(trip, run, usual, t) for run in shown),
    )


def _line(trip: SheetRoute, run: SheetRun, usual: str, t: Translator) -> SheetLine:
    stage, task = run.stage, _task(run.stage, t)
    enters = stage.kind == LegKind.WORK and stage.turn != "straight"
    return SheetLine(
        number=t.number(run.number),
        time=t.time(stage.starts_at),
        way=tuple(_way(stage, t)),
        turn=stage.turn if enters else "",
        where=_where(run, t),
        stretch=t(", ").join(_stretch(run, t)),
        task="" if task == usual else task,
        caution=t(", ").join(_warnings(trip, run, t)),
        measure=_measure(run, t),
    )


def _measure(run: SheetRun, t: Translator) -> str:
    """Return how long a run is; a short one that ends at a named crossing does without."""
    least_m = 0.0 if run.run.end is None else TOLD_M
    return said_length(run.run.length_m, t) if run.run.length_m > least_m else ""


def _where(run: SheetRun, t: Translator) -> str:
    """Return the street or streets of a run in words, or the place that its drive leads to."""
    street = run.stage.street
    if street is None:
        return run.stage.place
    several = not street and len(set(run.worked)) > 1
    return t("Streets without a name") if several else called(street, t)


def _task(stage: StageView, t: Translator) -> str:
    """Return the task of a run in a few words, those of the driver's page."""
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


def _stretch(run: SheetRun, t: Translator) -> Iterator[str]:
    """Yield what of its street a run works: between which crossings, which ways, how often."""
    yield from stretch(run.run, t)
    if len(run.visits) > 1:
        yield t.plural("passes:{count}", len(run.visits))
    elif run.passes > 1:
        number = run.visits[0] if run.visits else 1
        yield t("pass {pass} of {passes}", **{"pass": number, "passes": run.passes})


def _way(stage: StageView, t: Translator) -> Iterator[SheetTurn]:
    """Yield the turns of the drive, each with its street and how far to go there."""
    for step in stage.steps:
        far = f" ({said_length(step.length_m, t)})" if step.length_m >= TOLD_M else ""
        yield SheetTurn(step.turn, f"{called(step.street, t) if step.street else ''}{far}".strip())


def _warnings(trip: SheetRoute, run: SheetRun, t: Translator) -> Iterator[str]:
    network = trip.around.network
    streets = {step.segment_id for i in run.legs for step in trip.route.legs[i].path}
    segments = [network.segment(one) for one in streets]
    yield from sorted({trip.shut[one] for one in streets if one in trip.shut})
    if any(_incline_percent(one.incline) >= STEEP_PERCENT for one in segments):
        yield t("steep")
    if run.works and any(one.width_m < NARROW_M for one in segments):
        yield t("narrow")


def _incline_percent(text: str) -> float:
    """Return the incline of the street file in per cent; 0 where it is no number."""
    number = text.strip().removesuffix("%").lstrip("+-")
    return float(number) if number.replace(".", "", 1).isdecimal() else 0.0
