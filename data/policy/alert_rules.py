"""When something needs a dispatcher: the section `[alerts]` of `policy.toml`, with defaults."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from data.files.toml_reader import TomlTable
from data.files.toml_writer import toml_number

_MINUTE = timedelta(minutes=1)
_DAY_MIN = 24 * 60


@dataclass(frozen=True, slots=True)
class AlertRules:
    """Thresholds of alerts.

    A truck is wrong that is silent, stands or leaves its route for so long, drives faster than its
    street allows by `speed_over_kmh`, or drives so far with its blade down where it has no work.
    Nor does it work with its blade up for `blade_up_m` on streets of its route, go on for
    `reload_late` without the reload it needs, or have work left when its shift ends in `hours`.
    Streets are at risk that are expected after their time, and due within `risk`; an alert that is
    over closes after `calm`, and one that begins again within `again` is the same.
    """

    silent: timedelta = 10 * _MINUTE
    stop: timedelta = 10 * _MINUTE
    off_route: timedelta = 3 * _MINUTE
    speed_over_kmh: float = 20.0
    blade_down_m: float = 1500.0
    blade_up_m: float = 500.0
    reload_late: timedelta = 15 * _MINUTE
    hours: timedelta = 30 * _MINUTE
    risk: timedelta = 120 * _MINUTE
    risk_late: timedelta = 10 * _MINUTE
    calm: timedelta = 1 * _MINUTE
    again: timedelta = 10 * _MINUTE


def alert_rules_of(root: TomlTable) -> AlertRules:
    """Return the rules of a `policy.toml`; raise `InvalidError` naming field, value and need."""
    if "alerts" not in root:
        return AlertRules()
    table, usual = root.table("alerts"), AlertRules()
    rules = AlertRules(
        silent=_minutes(table, "silent_min", usual.silent),
        stop=_minutes(table, "stop_min", usual.stop),
        off_route=_minutes(table, "off_route_min", usual.off_route),
        speed_over_kmh=table.number("speed_over_kmh", 0, 100, usual.speed_over_kmh),
        blade_down_m=table.number("blade_down_m", 100, 100_000, usual.blade_down_m),
        blade_up_m=table.number("blade_up_m", 100, 100_000, usual.blade_up_m),
        reload_late=_minutes(table, "reload_late_min", usual.reload_late),
        hours=_minutes(table, "hours_min", usual.hours),
        risk=_minutes(table, "risk_min", usual.risk),
        risk_late=_minutes(table, "risk_late_min", usual.risk_late),
        calm=_minutes(table, "calm_min", usual.calm),
        again=_minutes(table, "again_min", usual.again),
    )
    table.done()
    return rules


def alert_rules_toml(rules: AlertRules) -> Iterator[str]:
    """Yield the lines of a `policy.toml` that say these rules."""
    yield "[alerts]"
    yield f"silent_min = {toml_number(rules.silent / _MINUTE)}"
    yield f"stop_min = {toml_number(rules.stop / _MINUTE)}"
    yield f"off_route_min = {toml_number(rules.off_route / _MINUTE)}"
    yield f"speed_over_kmh = {toml_number(rules.speed_over_kmh)}"
    yield f"blade_down_m = {toml_number(rules.blade_down_m)}"
    yield f"blade_up_m = {toml_number(rules.blade_up_m)}"
    yield f"reload_late_min = {toml_number(rules.reload_late / _MINUTE)}"
    yield f"hours_min = {toml_number(rules.hours / _MINUTE)}"
    yield f"risk_min = {toml_number(rules.risk / _MINUTE)}"
    yield f"risk_late_min = {toml_number(rules.risk_late / _MINUTE)}"
    yield f"calm_min = {toml_number(rules.calm / _MINUTE)}"
    yield f"again_min = {toml_number(rules.again / _MINUTE)}"
    yield ""


def _minutes(table: TomlTable, key: str, usual: timedelta) -> timedelta:
    return table.number(key, 0.5, _DAY_MIN, usual / _MINUTE) * _MINUTE
