"""Hours of service that the city allows its drivers: the section `[hours]` of `policy.toml`."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from pydantic import Field

from data.files.toml_reader import TomlTable
from data.files.toml_values import Number

WITHIN = timedelta(hours=24)
"""Hours on duty are counted over so long."""

_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class HoursRules(TomlTable):
    """How long a driver may be on duty within 24 hours, and work without a rest of some length.

    Between two shifts he is off duty for `between` at least; shifts without a gap are one.

    Usual are 14 of 24 hours, breaks included (49 CFR 395.3(a)(2)), and four and a half hours at the
    wheel (Regulation (EC) 561/2006, article 7), with a rest of half an hour.
    """

    on_duty: Annotated[timedelta, Number(1, 24, _HOUR), Field(alias="on_duty_h")] = 14 * _HOUR
    without_rest: Annotated[timedelta, Number(0.5, 24, _HOUR), Field(alias="without_rest_h")] = (
        4.5 * _HOUR
    )
    between: Annotated[timedelta, Number(0, 24, _HOUR), Field(alias="between_h")] = 8 * _HOUR
    rest: Annotated[timedelta, Number(5, 240, _MINUTE), Field(alias="rest_min")] = 30 * _MINUTE
