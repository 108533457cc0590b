"""The overview of a province: its cities in a table, those that need help first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import floor

from data.model import ServiceClass, Storm
from fleet.reports.performance import Performance, Share
from fleet.storms.machine_counts import MachineCounts
from maps.pages.i18n import Translator
from maps.reports.figures import figures_view

ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class CityFigures:
    """What is counted of a city: its storm, the council's figures in it, requests, machines.

    `storm` goes on or is expected; `performance` is of one that goes on.
    """

    storm: Storm | None
    performance: Performance | None
    open_requests: int
    machines: MachineCounts


@dataclass(frozen=True, slots=True)
class CityOfProvince:
    """A city by its name and address; `figures` are `None` where it cannot be read.

    `opened` is whether the server has it open: else it could not be read from the beginning.
    """

    name: str
    address: str
    figures: CityFigures | None
    opened: bool = True


@dataclass(frozen=True, slots=True)
class OwnCity:
    """A city in which a reader has a role: its name and the address of its entry."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class ShareView:
    """A share of lane metres within target, as text and as a whole number of percent."""

    text: str
    percent: int


@dataclass(frozen=True, slots=True)
class CityRow:
    """A row of the table; `shares` are by the overview's classes, `None` without such streets.

    `fault` is why the city's figures cannot be read, "" where they can.
    """

    name: str
    address: str
    fault: str
    storm: str
    phase: str
    since: str
    snow: str
    within: ShareView | None
    shares: tuple[ShareView | None, ...]
    open_requests: str
    machines_out: str
    machines_ready: str
    machines_lent: str


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A figure of the whole province, with its name and what it is of."""

    name: str
    figure: str
    note: str


@dataclass(frozen=True, slots=True)
class OverviewView:
    """The cities of a province, with the sums of those that can be read; `without` names others."""

    at: str
    classes: tuple[ServiceClass, ...]
    keys: tuple[KeyFigure, ...]
    without: str
    rows: tuple[CityRow, ...]


def overview_view(cities: Sequence[CityOfProvince], now: datetime, t: Translator) -> OverviewView:
    """Return the overview: cities that cannot be read first, then storms with the least done."""
    classes = tuple(dict.fromkeys(code for each in cities for code in _classes(each)))
    return OverviewView(
        at=t.time(now),
        classes=classes,
        keys=_keys(cities, t),
        without=t.listed(each.name for each in cities if each.figures is None),
        rows=tuple(_row(each, classes, t) for each in sorted(cities, key=_urgency)),
    )


def _urgency(city: CityOfProvince) -> tuple[int, float, str]:
    if city.figures is None:
        return 0, 0.0, city.name
    if city.figures.performance is not None:
        share = city.figures.performance.city.share.within
        return 1, 1.0 if share is None else share, city.name
    return (2 if city.figures.storm is not None else 3), 0.0, city.name


def _classes(city: CityOfProvince) -> Iterable[ServiceClass]:
    performance = city.figures.performance if city.figures else None
    if performance is None:
        return ()
    return (code for code, part in performance.classes.items() if part.share.lane_m > 0)


def _row(city: CityOfProvince, classes: Sequence[ServiceClass], t: Translator) -> CityRow:
    figures = city.figures
    storm = figures.storm if figures else None
    performance = figures.performance if figures else None
    shares = {} if performance is None else performance.classes
    return CityRow(
        name=city.name,
        address=city.address,
        fault="" if figures else _fault(city, t),
        storm=storm.name if storm else "",
        phase=t(f"phase:{storm.phase}") if storm else "",
        since=t.day_time(storm.started_at) if storm else "",
        snow=_snow(storm, t),
        within=_share(figures_view(performance.city).within, t) if performance else None,
        shares=tuple(
            _share(figures_view(shares[code]).within, t) if code in shares else None
            for code in classes
        ),
        open_requests=t.number(figures.open_requests) if figures else "",
        machines_out=t.number(figures.machines.out) if figures else "",
        machines_ready=t.number(figures.machines.ready) if figures else "",
        machines_lent=t.number(figures.machines.lent) if figures else "",
    )


def _fault(city: CityOfProvince, t: Translator) -> str:
    if city.opened:
        return t("The server cannot read this town now and tries again every minute.")
    return t("This town could not be opened when the server started.")


def _snow(storm: Storm | None, t: Translator) -> str:
    if storm is None or not storm.snowfall:
        return ""
    return t("{cm} cm of snow", cm=t.number(storm.snowfall[-1][1] / 10, 1))


def _share(share: float | None, t: Translator) -> ShareView | None:
    if share is None:
        return None
    percent = floor(100 * share + ROUNDING)  # all is all only where nothing is late
    return ShareView(t("{value} %", value=percent), percent)


def _keys(cities: Sequence[CityOfProvince], t: Translator) -> tuple[KeyFigure, ...]:
    read = [each.figures for each in cities if each.figures is not None]
    storms = [each.performance for each in read if each.performance is not None]
    parts = [each.city.share for each in storms]
    whole = Share(
        sum(each.clear_m for each in parts),
        sum(each.waiting_m for each in parts),
        sum(each.late_m for each in parts),
    )
    within = _share(whole.within, t)
    out, ready = sum(one.machines.out for one in read), sum(one.machines.ready for one in read)
    return (
        KeyFigure(t("Towns with a storm"), t.number(len(storms)), t("of {count}", count=len(read))),
        KeyFigure(
            t("Within target"),
            within.text if within else "–",
            t("of {km} lane-km in these storms", km=t.number(whole.lane_m / 1000)),
        ),
        KeyFigure(
            t("Open requests"),
            t.number(sum(one.open_requests for one in read)),
            t.plural("in towns:{count}", len(read)),
        ),
        KeyFigure(
            t("Machines on the road"), t.number(out), t("{count} more in service", count=ready)
        ),
    )
