"""A forecast beside what was measured: how much too much, and how much too early."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.model import SnowEntry, Storm
from data.model.storm_conditions import Forecast
from data.store.database.engine import Tx
from data.store.storms.storm_conditions import list_snow_entries
from data.store.weather import find_forecast
from fleet.storms.snowfall import Fallen, holding
from fleet.weather.snow_ahead import HOUR


@dataclass(frozen=True, slots=True)
class ForecastCheck:
    """A forecast of a storm's snow: its curve, and how it differs from what was measured.

    `error_mm` is what it said too much by the last measurement `until`, `late` how much later half
    of what was measured fell than it said; both `None` where nothing tells.
    """

    forecast: Forecast
    curve: tuple[Fallen, ...]
    until: datetime | None
    error_mm: float | None
    late: timedelta | None


def check_forecasts(tx: Tx, storm: Storm, now: datetime) -> list[ForecastCheck]:
    """Return the last forecast made before a storm's snow, and the newest one of its time."""
    seen = measured(list_snow_entries(tx, storm.id), now)
    found = (find_forecast(tx, storm.started_at), find_forecast(tx, storm.ended_at or now))
    known = {one.id: one for one in found if one is not None}
    checks = (_checked(one, storm, seen) for one in known.values())
    return [one for one in checks if one.curve]


def measured(entries: Sequence[SnowEntry], now: datetime) -> list[Fallen]:
    """Return what had fallen by then; entries for a time ahead were forecasts of somebody."""
    return [
        Fallen(one.at, one.fallen_mm)
        for one in holding(entries)
        if one.at <= min(now, one.entered_at)
    ]


def _checked(forecast: Forecast, storm: Storm, seen: Sequence[Fallen]) -> ForecastCheck:
    curve, came = _curve(forecast, storm, seen)
    last = next((one for one in reversed(seen) if curve and one.at > curve[0].at), None)
    if last is None:
        return ForecastCheck(forecast, curve, None, None, None)
    error_mm = _fallen_at(curve, last.at) - last.fallen_mm
    start_mm = curve[0].fallen_mm
    half_mm = (start_mm + last.fallen_mm) / 2
    expected_at, came_at = _when(curve, half_mm), _when(came, half_mm)
    late = came_at - expected_at if half_mm > start_mm and came_at and expected_at else None
    return ForecastCheck(forecast, curve, last.at, error_mm, late)


def _curve(
    forecast: Forecast, storm: Storm, seen: Sequence[Fallen]
) -> tuple[tuple[Fallen, ...], list[Fallen]]:
    """Return how much has fallen by the end of each hour as forecast, and what was measured.

    A forecast tells only of the hours ahead: it goes on from what was measured at its first one.
    """
    until = storm.ended_at
    hours = [one for one in forecast.hours if until is None or one.begins_at < until]
    if not hours:
        return (), []
    first_at = hours[0].begins_at
    came = _from_zero(seen, min(storm.snow_at, first_at))
    fallen_mm = _fallen_at(came, first_at)
    curve = [Fallen(first_at, fallen_mm)]
    for one in hours:
        fallen_mm += one.snow_mm
        curve.append(Fallen(one.begins_at + HOUR, fallen_mm))
    return tuple(curve), came


def _from_zero(seen: Sequence[Fallen], start: datetime) -> list[Fallen]:
    """Return what was measured, from nothing on."""
    if seen and seen[0].fallen_mm == 0:
        return [*seen]
    start = min(start, seen[0].at) if seen else start
    return [Fallen(start, 0.0), *seen]


def _fallen_at(curve: Sequence[Fallen], at: datetime) -> float:
    """Return what had fallen by a time, in a straight line between two points."""
    if at >= curve[-1].at:
        return curve[-1].fallen_mm
    index = next(index for index, one in enumerate(curve) if one.at > at)
    before, after = curve[max(index - 1, 0)], curve[index]
    share = (at - before.at) / (after.at - before.at) if after.at > before.at else 0.0
    return before.fallen_mm + share * (after.fallen_mm - before.fallen_mm)


def _when(curve: Sequence[Fallen], fallen_mm: float) -> datetime | None:
    """Return when so much had fallen, in a straight line between two points."""
    index = next((index for index, one in enumerate(curve) if one.fallen_mm >= fallen_mm), None)
    if index is None:
        return None
    before, after = curve[max(index - 1, 0)], curve[index]
    more_mm = after.fallen_mm - before.fallen_mm
    share = (fallen_mm - before.fallen_mm) / more_mm if more_mm > 0 else 1.0
    return before.at + share * (after.at - before.at)
