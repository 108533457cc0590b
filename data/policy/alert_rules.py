"""When something needs a dispatcher, and where the weather comes from.

The sections `[alerts]`, `[forecast]` and `[weather_feed]` of `policy.toml`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, Field

from data.files.toml_reader import FieldMistake, TomlTable, needed
from data.files.toml_values import IF_ANY, Flag, Number

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_ADDRESS = re.compile(r"https?://[^\s/@?#]+([/?][^\s#]*)?")
_LONGEST_ADDRESS = 500
_Minutes = Annotated[timedelta, Number(0.5, 24 * 60, _MINUTE)]


def _address(value: object) -> str | None:
    if value is None or value == "":
        return None
    address = value.strip() if isinstance(value, str) else ""
    if len(address) > _LONGEST_ADDRESS or not _ADDRESS.fullmatch(address):
        raise needed("an address like {example}", example="https://weather.example.org/city.json")
    return address


_Address = Annotated[str | None, BeforeValidator(_address), IF_ANY]


@dataclass(frozen=True, slots=True)
class AlertRules(TomlTable):
    """Thresholds of alerts.

    A truck is wrong that is silent, stands or leaves its route for so long, drives faster than its
    street allows by `speed_over_kmh`, or drives so far with its blade down where it has no work.
    Nor does it work with its blade up for `blade_up_m` on streets of its route, go on for
    `reload_late` without the reload it needs, or have work left when its shift ends in `hours`.
    Streets are at risk that are expected after their time, and due within `risk`; an alert that is
    over closes after `calm`, and one that begins again within `again` is the same.
    """

    silent: Annotated[_Minutes, Field(alias="silent_min")] = 10 * _MINUTE
    stop: Annotated[_Minutes, Field(alias="stop_min")] = 10 * _MINUTE
    off_route: Annotated[_Minutes, Field(alias="off_route_min")] = 3 * _MINUTE
    speed_over_kmh: Annotated[float, Number(0, 100)] = 20.0
    blade_down_m: Annotated[float, Number(100, 100_000)] = 1500.0
    blade_up_m: Annotated[float, Number(100, 100_000)] = 500.0
    reload_late: Annotated[_Minutes, Field(alias="reload_late_min")] = 15 * _MINUTE
    hours: Annotated[_Minutes, Field(alias="hours_min")] = 30 * _MINUTE
    risk: Annotated[_Minutes, Field(alias="risk_min")] = 120 * _MINUTE
    risk_late: Annotated[_Minutes, Field(alias="risk_late_min")] = 10 * _MINUTE
    calm: Annotated[_Minutes, Field(alias="calm_min")] = 1 * _MINUTE
    again: Annotated[_Minutes, Field(alias="again_min")] = 10 * _MINUTE


@dataclass(frozen=True, slots=True)
class ForecastRules(TomlTable):
    """What a forecast of snow begins.

    A storm is forecast where `depth_cm` are expected within so many hours: by default as much as
    the most urgent class is plowed at. It is on alert `alert` before the first flake. Only where
    `begins` says so is it active at the first flake without a dispatcher.
    """

    depth_cm: Annotated[float | None, Number(0.1, 200), IF_ANY] = None
    within: Annotated[timedelta, Number(1, 72, _HOUR), Field(alias="within_h")] = 12 * _HOUR
    alert: Annotated[timedelta, Number(0, 72, _HOUR), Field(alias="alert_h")] = 6 * _HOUR
    begins: Flag = False


@dataclass(frozen=True, slots=True)
class WeatherFeedRules(TomlTable):
    """Whether the weather is asked for by itself, at which addresses and how often.

    Nothing is asked until an administrator turns it `on`. `{lat}` and `{lon}` in an address are the
    city's middle. MET Norway wants a forecast not to be asked for oftener than it is made.
    """

    on: Flag = False
    forecast: _Address = None
    forecast_every: Annotated[timedelta, Number(30, 180, _MINUTE), Field(alias="forecast_min")] = (
        60 * _MINUTE
    )
    road: _Address = None
    road_every: Annotated[timedelta, Number(5, 180, _MINUTE), Field(alias="road_min")] = (
        15 * _MINUTE
    )

    def mistakes(self) -> Iterator[FieldMistake]:
        """Return that a feed which is on has no address."""
        if self.on and not (self.forecast or self.road):
            need = "an address of a forecast or of road weather"
            yield FieldMistake(("forecast",), self.forecast, need)
