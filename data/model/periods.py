"""What a report is about: a shift of the office, a day, a storm."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PeriodKind(StrEnum):
    """What a report is about: the office's shift, a day of the city, a storm."""

    SHIFT = "shift"
    DAY = "day"
    STORM = "storm"


@dataclass(frozen=True, slots=True)
class Period:
    """A time that a report is about, from `since` to before `until`."""

    span: PeriodKind
    since: datetime
    until: datetime
