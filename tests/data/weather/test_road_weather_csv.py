"""Road weather of stations from a spreadsheet."""

from datetime import UTC, datetime

import pytest

from data.model.storm_conditions import RoadState, RoadWeather
from data.weather.road_weather_csv import road_weather_from_csv


def read(text):
    return road_weather_from_csv(text.encode(), "Asia/Tehran")


def test_columns_are_known_by_their_usual_headers():
    found, mistakes = read(
        "Station ID,Observation Time,Surface Temperature,Air Temperature,Surface Condition,"
        "Snow Depth\nR1,2026-12-21 06:30,-1.5,-4,Snow/Ice Warning,3\n"
        "R2,2026-12-21T03:00:00Z,,-3.5,Dry,\n"
    )
    assert mistakes == []
    half_past = datetime(2026, 12, 21, 3, 0, tzinfo=UTC)
    assert found == [
        RoadWeather("R1", half_past, -1.5, -4.0, RoadState.ICE, 30.0),
        RoadWeather("R2", half_past, None, -3.5, RoadState.DRY, None),
    ]


def test_a_file_in_fahrenheit_and_one_in_persian_are_read():
    found, mistakes = read("station,obtime,tfs0,tmpf,tfs0_text\nIA1,2026-12-21 06:30,32,14,M\n")
    assert mistakes == []
    assert (found[0].road_c, found[0].air_c, found[0].state) == (0.0, -10.0, None)
    found, mistakes = read("ایستگاه؛زمان؛دمای جاده؛وضعیت جاده\nپل شهید؛۱۴۰۵/۰۹/۳۰ ۰۶:۳۰؛-۲٫۵؛یخ")
    assert mistakes == []
    assert (found[0].station, found[0].road_c, found[0].state) == ("پل شهید", -2.5, RoadState.ICE)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", [(0, "")]),
        ("station,time\nR1,2026-12-21 06:30", [(1, "road_c")]),
        ("time,road_c\n2026-12-21 06:30,1", [(1, "station")]),
        ("station,time,road_c\n,now,hot", [(2, "station"), (2, "time"), (2, "road_c")]),
        ("station,time,state\nR1,2026-12-21 06:30,lava", [(2, "state")]),
        ("station,time,road_c\nR1,2026-12-21 06:30,99", [(2, "road_c")]),
    ],
)
def test_a_mistake_is_named_by_line_and_field(text, where):
    found, mistakes = read(text)
    assert ([(one.line, one.field) for one in mistakes], found) == (where, [])


@pytest.mark.parametrize("head", ["utc_valid", "Time (UTC)"])
def test_times_under_a_header_that_names_utc_are_that(head):
    found, mistakes = read(f"station,{head},road_c\nR1,2026-12-21 06:30,-1\n")
    assert mistakes == []
    assert found[0].at == datetime(2026, 12, 21, 6, 30, tzinfo=UTC)
