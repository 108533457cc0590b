"""Files of weather services in their own shapes, and a city that asks for them."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from data.policy.city_policy import DEFAULT_POLICY
from data.store.database.engine import Tx
from data.store.setup.city import next_revision, set_policy_text

HOUR = timedelta(hours=1)


def met_no_file(
    begins_at: datetime, hours: Sequence[tuple[str, float]], made_at: datetime | None = None
) -> dict[str, Any]:
    """Return a locationforecast/2.0 whose hours have such symbols and mm of water."""
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [45.07, 37.55, 1332]},
        "properties": {
            "meta": {
                "updated_at": f"{made_at or begins_at:%Y-%m-%dT%H:%M:%SZ}",
                "units": {
                    "air_temperature": "celsius",
                    "precipitation_amount": "mm",
                    "wind_speed": "m/s",
                },
            },
            "timeseries": [
                {
                    "time": f"{begins_at + index * HOUR:%Y-%m-%dT%H:%M:%SZ}",
                    "data": {
                        "instant": {
                            "details": {
                                "air_pressure_at_sea_level": 1014.2,
                                "air_temperature": -2.0,
                                "cloud_area_fraction": 98.4,
                                "relative_humidity": 92.1,
                                "wind_from_direction": 301.5,
                                "wind_speed": 3.4,
                            }
                        },
                        "next_12_hours": {"summary": {"symbol_code": "snow"}, "details": {}},
                        "next_1_hours": {
                            "summary": {"symbol_code": symbol},
                            "details": {"precipitation_amount": water_mm},
                        },
                    },
                }
                for index, (symbol, water_mm) in enumerate(hours)
            ],
        },
    }


def open_meteo_file(begins_at: datetime, snow_cm: Sequence[float | None]) -> dict[str, Any]:
    """Return an Open-Meteo forecast in Tehran's time; each value is of the hour before its time."""
    offset = timedelta(hours=3.5)
    times = [f"{begins_at + offset + index * HOUR:%Y-%m-%dT%H:%M}" for index in range(len(snow_cm))]
    return {
        "latitude": 37.55,
        "longitude": 45.0625,
        "generationtime_ms": 0.078,
        "utc_offset_seconds": 12600,
        "timezone": "Asia/Tehran",
        "timezone_abbreviation": "GMT+3:30",
        "elevation": 1332.0,
        "hourly_units": {
            "time": "iso8601",
            "temperature_2m": "°C",
            "snowfall": "cm",
            "wind_speed_10m": "km/h",
        },
        "hourly": {
            "time": times,
            "temperature_2m": [-3.0] * len(snow_cm),
            "snowfall": list(snow_cm),
            "wind_speed_10m": [10.0] * len(snow_cm),
        },
    }


def turn_feeds_on(tx: Tx, **rules: str | int) -> None:
    """Let a city ask for its weather: `[weather_feed]` of its policy with such values."""
    lines = "\n".join(f"{name} = {json.dumps(value)}" for name, value in rules.items())
    rest = DEFAULT_POLICY.split("[weather_feed]")[0]
    set_policy_text(tx, f"{rest}[weather_feed]\non = true\n{lines}\n")
    next_revision(tx)
