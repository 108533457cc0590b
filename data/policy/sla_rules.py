"""SLA targets of requests: a section of `policy.toml`, each part with a default."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer

from data.files.toml_reader import TomlTable, keys, needed
from data.files.toml_values import Number
from data.model import RequestKind, ServiceClass
from data.policy.street_rules import HOUR, Hours

_MINUTE = timedelta(minutes=1)

_Minutes = Annotated[timedelta, Number(1, 24 * 60, _MINUTE)]
_Targets = Mapping[ServiceClass, Hours]


def _said(targets: Mapping[RequestKind, _Targets]) -> Mapping[RequestKind, _Targets]:
    return {kind: hours for kind, hours in targets.items() if hours}


def _hours_of_day(value: object) -> list[time]:
    texts = value if isinstance(value, list) else []
    try:
        hours = [time.fromisoformat(str(text)).replace(tzinfo=None) for text in texts]
    except ValueError:
        hours = []
    if not hours or hours != sorted(set(hours)):
        raise needed("times of day like 07:00, each later than the one before")
    return hours


_TimeOfDay = Annotated[time, PlainSerializer(lambda at: f"{at:%H:%M}")]


@dataclass(frozen=True, slots=True)
class FollowUpRules(TomlTable):
    """Targets of a request for being placed, being done, and answering its caller.

    A kind and class that `done` does not have is to be done by the deadline of its class; what is
    dangerous within `danger` at the latest. What is late by `escalate` is the supervisor's.
    `shifts` are the hours of the city's clock at which the office changes hands. A photo taken
    within `spot_m` of the street shows that somebody was on the spot.
    """

    place: Annotated[_Minutes, Field(alias="place_min")] = 30 * _MINUTE
    tell: Annotated[_Minutes, Field(alias="tell_min")] = 120 * _MINUTE
    escalate: Annotated[_Minutes, Field(alias="escalate_min")] = 60 * _MINUTE
    danger: Annotated[Hours, Field(alias="danger_h")] = 1 * HOUR
    shifts: Annotated[tuple[_TimeOfDay, ...], BeforeValidator(_hours_of_day)] = (
        time(7),
        time(15),
        time(23),
    )
    spot_m: Annotated[float, Number(10, 5000)] = 100.0
    done: Annotated[
        Mapping[RequestKind, _Targets],
        AfterValidator(_said),
        keys(RequestKind),
        Field(alias="done_h"),
    ] = field(default_factory=dict)

    def classes(self) -> Iterator[tuple[tuple[str, ...], ServiceClass]]:
        """Return the classes that have targets, each with where it stands in the file."""
        for kind, targets in self.done.items():
            for service_class in targets:
                yield ("followup", "done_h", kind.value, service_class), service_class

    def on_the_spot(self, away_m: float | None) -> bool | None:
        """Whether a photo taken so far away shows the street; `None` if unknown."""
        return None if away_m is None else away_m <= self.spot_m

    def work_target(
        self, kind: RequestKind, service_class: ServiceClass, deadline: timedelta, *, danger: bool
    ) -> timedelta:
        """Return the target time of work; `deadline` is that of the class."""
        target = self.done.get(kind, {}).get(service_class, deadline)
        return min(target, self.danger) if danger else target
