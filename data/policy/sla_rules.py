"""How long requests may wait: a section of `policy.toml`, each part with a default."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta

from data.files.toml_reader import TomlTable
from data.files.toml_writer import toml_list, toml_number
from data.model import RequestKind, ServiceClass
from data.policy.street_rules import WEEK_H

_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)
_DAY_MIN = 24 * 60


@dataclass(frozen=True, slots=True)
class FollowUpRules:
    """How long a request may wait for a place, for being done, and its caller for an answer.

    A kind and class that `done` does not have is to be done by the deadline of its class; what is
    dangerous within `danger` at the latest. What is late by `escalate` is the supervisor's.
    `shifts` are the hours of the city's clock at which the office changes hands. A photo taken
    within `spot_m` of the street shows that somebody was on the spot.
    """

    place: timedelta = 30 * _MINUTE
    tell: timedelta = 120 * _MINUTE
    escalate: timedelta = 60 * _MINUTE
    danger: timedelta = 1 * _HOUR
    done: Mapping[tuple[RequestKind, ServiceClass], timedelta] = field(default_factory=dict)
    shifts: tuple[time, ...] = (time(7), time(15), time(23))
    spot_m: float = 100.0

    def on_the_spot(self, away_m: float | None) -> bool | None:
        """Whether a photo taken so far from the street is of it; `None` where nobody knows."""
        return None if away_m is None else away_m <= self.spot_m

    def work_target(
        self, kind: RequestKind, service_class: ServiceClass, deadline: timedelta, *, danger: bool
    ) -> timedelta:
        """Return how long work may take; `deadline` is that of the class."""
        target = self.done.get((kind, service_class), deadline)
        return min(target, self.danger) if danger else target


def followup_rules_of(root: TomlTable) -> FollowUpRules:
    """Return the rules of a `policy.toml`; raise `InvalidError` naming field, value and need."""
    if "followup" not in root:
        return FollowUpRules()
    table, usual = root.table("followup"), FollowUpRules()
    rules = FollowUpRules(
        place=_minutes(table, "place_min", usual.place),
        tell=_minutes(table, "tell_min", usual.tell),
        escalate=_minutes(table, "escalate_min", usual.escalate),
        danger=table.number("danger_h", 0.25, WEEK_H, usual.danger / _HOUR) * _HOUR,
        done=dict(_targets(table.table("done_h"))) if "done_h" in table else {},
        shifts=_shifts(table) if "shifts" in table else usual.shifts,
        spot_m=table.number("spot_m", 10, 5000, usual.spot_m),
    )
    table.done()
    return rules


def followup_rules_toml(rules: FollowUpRules) -> Iterator[str]:
    """Yield the lines of a `policy.toml` that say these rules."""
    yield "[followup]"
    yield f"place_min = {toml_number(rules.place / _MINUTE)}"
    yield f"tell_min = {toml_number(rules.tell / _MINUTE)}"
    yield f"escalate_min = {toml_number(rules.escalate / _MINUTE)}"
    yield f"danger_h = {toml_number(rules.danger / _HOUR)}"
    yield f"shifts = {toml_list([f'{at:%H:%M}' for at in rules.shifts])}"
    yield f"spot_m = {toml_number(rules.spot_m)}"
    yield ""
    for kind in RequestKind:
        mine = {its: target for (each, its), target in rules.done.items() if each is kind}
        if mine:
            yield f"[followup.done_h.{kind}]"
            for service_class in sorted(mine):
                yield f"{service_class} = {toml_number(mine[service_class] / _HOUR)}"
            yield ""


def _minutes(table: TomlTable, key: str, usual: timedelta) -> timedelta:
    return table.number(key, 1, _DAY_MIN, usual / _MINUTE) * _MINUTE


def _targets(
    table: TomlTable,
) -> Iterator[tuple[tuple[RequestKind, ServiceClass], timedelta]]:
    for kind in RequestKind:
        if kind not in table:
            continue
        hours = table.table(kind)
        for service_class in ServiceClass:
            if service_class in hours:
                yield (kind, service_class), hours.number(service_class, 0.25, WEEK_H) * _HOUR
        hours.done()
    table.done()


def _shifts(table: TomlTable) -> tuple[time, ...]:
    hours: list[time] = []
    for text in table.texts("shifts"):
        try:
            hours.append(time.fromisoformat(text).replace(tzinfo=None))
        except ValueError:
            table.refuse("shifts", text, "times of day like 07:00, each later than the one before")
    if hours != sorted(set(hours)):
        table.refuse("shifts", "", "times of day like 07:00, each later than the one before")
    return tuple(hours)
