"""Pages of vehicles' days: activities, distances, material and shifts of each vehicle."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import quote

from data.model.periods import Period, PeriodKind
from data.policy.city_policy import Policy
from fleet.logbook.trips import MOVING, Doing, Entry, Trip
from fleet.logbook.vehicle_days import VehicleDay, material_known
from fleet.work.totals import summed
from maps.logbook.duty_tables import Clock, checks_table, shifts_table
from maps.logbook.vehicle_bar import (
    BarLine,
    BarPart,
    TickView,
    bar_of,
    doings_of,
    lines_of,
    ticks_of,
)
from maps.logbook.vehicle_words import (
    Say,
    from_to_text,
    km_text,
    lasts_text,
    listed,
    material_text,
    place_text,
    visits_text,
    where_text,
)
from maps.pages.i18n import Translator
from maps.pages.tables import FigureView, TableView, query_of, when_text

ROWS = 50
"""Vehicles on one page."""

LINES = 100
"""Lines of a log on one page."""

A_DAY = timedelta(hours=25)
"""Over a longer time, clock times need their day: 25 hours is the longest day of a city."""

DAYS_HEADS = (
    "Vehicle",
    "Driver",
    "On the move",
    "km",
    "km at work",
    "Deadhead",
    "At work",
    "Stops",
    "Idling",
    "Times in a yard",
    "Reloads",
    "Material",
)
LOG_HEADS = ("Begins", "Ends", "How long", "Activity", "Where", "km", "Idling", "Material")
TRIP_HEADS = (
    "Begins",
    "Ends",
    "How long",
    "Where from",
    "Where to",
    "km",
    "km at work",
    "Material",
)
"""Headings of tables: texts of the catalog."""


class Table(StrEnum):
    """A table of a vehicle's page."""

    LOG = "log"
    TRIPS = "trips"


@dataclass(slots=True)
class LogPeriod:
    """A period to report on; `unread` while not all of its positions have been processed."""

    period: Period
    now: datetime
    title: str = ""
    next_at: datetime | None = None
    unread: bool = False


@dataclass(frozen=True, slots=True)
class VehicleRowView:
    """A vehicle in the list."""

    id: int
    name: str
    driver: str
    over: bool
    bar: tuple[BarLine, ...]
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FrameView:
    """Head of both pages: period, links to other periods, key figures."""

    span: PeriodKind
    title: str
    when: str
    unread: bool
    query: str
    earlier: str
    later: str
    figures: tuple[FigureView, ...]
    since: str
    lasts_s: int
    page: int
    pages: int

    @property
    def before(self) -> int:
        """The page before."""
        return self.page - 1

    @property
    def after(self) -> int:
        """The next page."""
        return self.page + 1


@dataclass(frozen=True, slots=True)
class DaysView:
    """The list of vehicles."""

    frame: FrameView
    named: str
    heads: tuple[str, ...]
    rows: tuple[VehicleRowView, ...]
    doings: tuple[Doing, ...]
    ticks: tuple[TickView, ...]

    @property
    def more(self) -> str:
        """Query parameters that keep the search."""
        return f"&named={quote(self.named)}" if self.named else ""


@dataclass(frozen=True, slots=True)
class LogView:
    """The page of one vehicle: bar, log or trips, shifts, and checks before them.

    `spans` are the seconds of each of the `lines`, counted from the beginning of the period.
    """

    frame: FrameView
    id: int
    name: str
    drivers: str
    show: Table
    bar: tuple[BarPart, ...]
    ticks: tuple[TickView, ...]
    doings: tuple[Doing, ...]
    lines: TableView
    spans: tuple[tuple[int, int], ...]
    shifts: TableView
    checks: TableView

    @property
    def base(self) -> str:
        """The address of the page."""
        return f"/vehicles/{self.id}"

    @property
    def more(self) -> str:
        """Query parameters that keep the table."""
        return f"&show={self.show}"


def days_view(
    asked: LogPeriod,
    days: Sequence[VehicleDay],
    policy: Policy,
    named: str,
    page: int,
    t: Translator,
) -> DaysView:
    """Return a page of the vehicles with `named` in their name; the figures count all of them."""
    wanted = named.strip().casefold()
    shown = [day for day in days if wanted in day.vehicle.name.casefold()]
    pages = max(1, -(-len(shown) // ROWS))
    page = min(page, pages)
    rows = [_row(day, asked, policy, t) for day in shown[(page - 1) * ROWS : page * ROWS]]
    return DaysView(
        frame=_frame(asked, shown, policy, page, pages, t),
        named=named,
        heads=tuple(t(head) for head in DAYS_HEADS),
        rows=tuple(rows),
        doings=doings_of(part.doing for row in rows for part in row.bar),
        ticks=ticks_of(asked.period, t),
    )


def log_view(
    asked: LogPeriod,
    day: VehicleDay,
    policy: Policy,
    show: Table,
    page: int,
    say: Say,
    t: Translator,
) -> LogView:
    """Return a page of a vehicle's log or trips."""
    entries, trips = day.log.entries, day.log.trips
    pages = max(1, -(-len(entries if show is Table.LOG else trips) // LINES))
    page = min(page, pages)
    clock = t.time if asked.period.until - asked.period.since <= A_DAY else t.day_time
    cut = slice((page - 1) * LINES, page * LINES)
    lines = (
        _log_table(entries[cut], clock, policy, say, t)
        if show is Table.LOG
        else _trips_table(trips[cut], clock, policy, say, t)
    )
    return LogView(
        frame=_frame(asked, [day], policy, page, pages, t),
        id=day.vehicle.id,
        name=day.vehicle.name,
        drivers=listed(day.drivers, t),
        show=show,
        bar=bar_of(entries, asked.period, t),
        ticks=ticks_of(asked.period, t),
        doings=doings_of(one.doing for one in entries),
        lines=lines,
        spans=_spans((entries if show is Table.LOG else trips)[cut], asked.period.since),
        shifts=shifts_table(day.shifts, t),
        checks=checks_table(day.checks, clock, t),
    )


def _spans(lines: Iterable[Entry | Trip], since: datetime) -> tuple[tuple[int, int], ...]:
    """Return when each line begins and ends, in seconds after the beginning of the period."""
    moments = ((one.starts_at - since, one.ends_at - since) for one in lines)
    return tuple((int(a.total_seconds()), int(b.total_seconds())) for a, b in moments)


def _frame(
    asked: LogPeriod,
    days: Sequence[VehicleDay],
    policy: Policy,
    page: int,
    pages: int,
    t: Translator,
) -> FrameView:
    period = asked.period
    later = asked.next_at if period.span is PeriodKind.STORM else period.until
    return FrameView(
        span=period.span,
        title=asked.title or t(f"report:{period.span}"),
        when=when_text(period, t),
        unread=asked.unread,
        query=query_of(period.span, period.since),
        earlier=query_of(period.span, period.since - timedelta(seconds=1)),
        later=query_of(period.span, later) if later is not None and later <= asked.now else "",
        figures=_figures(days, policy, t),
        since=period.since.isoformat(),
        lasts_s=int((period.until - period.since).total_seconds()),
        page=page,
        pages=pages,
    )


def _figures(days: Sequence[VehicleDay], policy: Policy, t: Translator) -> tuple[FigureView, ...]:
    logs = [day.log.figures for day in days]
    sums = summed(one.sums for one in logs)
    reloads = sum(one.visits[Doing.RELOAD] for one in logs)
    reload_s = sum(one.stood_s[Doing.RELOAD] for one in logs)
    stops = sum(one.visits[Doing.STOP] for one in logs)
    idle_s = sum(one.idle_s for one in logs)
    share = sums.work_m / sums.moved_m * 100 if sums.moved_m else 0.0
    return (
        FigureView(
            km_text(sums.moved_m, t),
            t("km on the streets"),
            t("{share} % of them at work", share=round(share)),
        ),
        FigureView(
            km_text(sums.work_m, t),
            t("km at work"),
            t("blade down or spreader on, by sensors"),
        ),
        FigureView(
            lasts_text(sums.work_s, t),
            t("At work"),
            t("and {span} deadhead", span=lasts_text(sums.drive_s, t)),
        ),
        FigureView(
            lasts_text(idle_s, t), t("Idling"), t.plural("{count} stops outside the yards", stops)
        ),
        FigureView(t.number(reloads), t("Reloads"), lasts_text(reload_s, t) if reloads else ""),
        FigureView(
            material_text(sums, policy, t),
            t("Material spread"),
            t(", ").join(t(f"known:{way}") for way in material_known(sums)),
        ),
    )


def _row(day: VehicleDay, asked: LogPeriod, policy: Policy, t: Translator) -> VehicleRowView:
    figures = day.log.figures
    return VehicleRowView(
        id=day.vehicle.id,
        name=day.vehicle.name,
        driver=listed(day.drivers, t),
        over=any(one.over for one in day.shifts),
        bar=lines_of(day.log.entries, asked.period, t),
        cells=(
            from_to_text(figures.first_moved_at, figures.last_moved_at, t),
            km_text(figures.sums.moved_m, t),
            km_text(figures.sums.work_m, t) if figures.knows_work else "–",
            lasts_text(figures.sums.drive_s, t),
            lasts_text(figures.sums.work_s, t) if figures.knows_work else "–",
            *(
                visits_text(figures.visits[each], figures.stood_s[each], t)
                for each in (Doing.STOP,)
            ),
            lasts_text(figures.idle_s, t),
            *(
                visits_text(figures.visits[each], figures.stood_s[each], t)
                for each in (Doing.YARD, Doing.RELOAD)
            ),
            material_text(figures.sums, policy, t),
        ),
    )


def _log_table(
    entries: Iterable[Entry], clock: Clock, policy: Policy, say: Say, t: Translator
) -> TableView:
    rows = tuple(
        (
            clock(one.starts_at),
            clock(one.ends_at),
            lasts_text(one.seconds, t),
            t(f"doing:{one.doing}"),
            where_text(one, say, t),
            km_text(one.sums.moved_m, t) if one.doing in MOVING else "",
            lasts_text(one.idle_s, t) if one.idle_s else "",
            material_text(one.sums, policy, t) if one.sums.spread else "",
        )
        for one in entries
    )
    return TableView(t("Detailed log"), tuple(t(head) for head in LOG_HEADS), rows)


def _trips_table(
    trips: Iterable[Trip], clock: Clock, policy: Policy, say: Say, t: Translator
) -> TableView:
    rows = tuple(
        (
            clock(one.starts_at),
            clock(one.ends_at),
            lasts_text((one.ends_at - one.starts_at).total_seconds(), t),
            place_text(one.start, say, t),
            place_text(one.place, say, t),
            km_text(one.sums.moved_m, t),
            km_text(one.sums.work_m, t) if one.sums.sensed_s else "–",
            material_text(one.sums, policy, t) if one.sums.spread else "",
        )
        for one in trips
    )
    return TableView(t("Trips from stop to stop"), tuple(t(head) for head in TRIP_HEADS), rows)
