"""`barfrub match` in the village."""

import csv
import gc
import gzip
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.main import commands
from data.errors import InvalidError
from tests import village as v

pytestmark = pytest.mark.usefixtures("only_city")

HEAD = "vehicle,time,lat,lon"


def line(vehicle: str, seconds: int, east_m: float, north_m: float = 0.0) -> str:
    place = v.at_m(east_m, north_m)
    return f"{vehicle},2026-12-21T04:00:{seconds:02}Z,{place.lat:.7f},{place.lon:.7f}"


def matched(file: Path) -> list[dict[str, str]]:
    result = CliRunner().invoke(commands, ["match", str(file)], catch_exceptions=False)
    assert result.exit_code == 0
    return list(csv.DictReader(result.output.splitlines()))


def test_every_line_has_its_answer_in_the_order_of_the_file(tmp_path: Path) -> None:
    lines = [line("B", 30, 350), line("A", 0, 20), line("A", 20, 180), line("A", 10, 100)]
    lines += [line("A", 10, 100), line("B", 20, 300), line("A", 30, 100, -300), line("B", 10, 250)]
    file = tmp_path / "log.csv.gz"
    file.write_bytes(gzip.compress("\n".join((HEAD, *lines)).encode()))
    rows = matched(file)
    assert [(r["vehicle"], r["time"]) for r in rows] == [tuple(x.split(",")[:2]) for x in lines]
    assert ",".join(rows[0]) == (
        "vehicle,time,lon,lat,segment_id,osm_way_id,forward,offset_m,confidence"
    )
    main_west = [row for row in rows if row["segment_id"] == str(v.MAIN_WEST)]
    assert [round(float(row["offset_m"])) for row in main_west] == [20, 180, 100, 100]
    assert {row["osm_way_id"] for row in main_west} == {str(1000 + v.MAIN_WEST)}
    assert {row["forward"] for row in rows if row["segment_id"]} == {"true"}
    assert set(list(rows[6].values())[2:]) == {""}
    assert float(rows[3]["lon"]) == pytest.approx(v.at_m(100, 0).lon, abs=1e-6)
    assert 0 < float(rows[3]["confidence"]) <= 1
    assert gc.isenabled()


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ("A,2026-12-21T04:00:00Z,95,45", "line 3, lat: expected a number from -90 to 90, got '95'"),
        ("A,2026-12-21T04:00:00Z,,45", "line 3, lat: expected a number from -90 to 90, got ''"),
        ("A,yesterday,37,45", "line 3, time: expected a time such as"),
        (",2026-12-21T04:00:00Z,37,45", "line 3, vehicle: expected a name, got ''"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_and_its_fields_stay_empty(
    tmp_path: Path, bad: str, says: str
) -> None:
    file = tmp_path / "log.csv"
    file.write_text("\n".join((HEAD, line("A", 0, 20), bad, line("A", 9, 80))))
    result = CliRunner().invoke(commands, ["match", str(file)], catch_exceptions=False)
    assert result.stderr.startswith(says)
    before, empty, after = csv.DictReader(result.stdout.splitlines())
    assert before["segment_id"] == after["segment_id"] == str(v.MAIN_WEST)
    assert list(empty.values()) == [*bad.split(",")[:2], *[""] * 7]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "line 1: expected the column vehicle, got ''"),
        ("vehicle,time,lat\n", "line 1: expected the column lon, got 'vehicle,time,lat'"),
        (f"{HEAD}\nA,2026-12-21T04:00:00Z,37\n", "line 2: expected 4 fields"),
    ],
)
def test_what_is_no_log_is_refused(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "log.csv"
    file.write_bytes(text.encode())
    with pytest.raises(InvalidError) as caught:
        CliRunner().invoke(commands, ["match", str(file)], catch_exceptions=False)
    assert str(caught.value).startswith(says)


def test_a_log_may_come_from_any_program(tmp_path: Path) -> None:
    """A mark before the text, semicolons, Windows' line ends, and times of every kind."""
    times = ["2026-12-21T07:30:00+03:30", "2026-12-21 04:00:05", "1797825610", "1797825615000"]
    places = [v.at_m(20 + 40 * i, 0) for i in range(4)]
    rows = [f"{p.lon:.7f};-1;{t};x;{p.lat:.7f};511" for t, p in zip(times, places, strict=True)]
    head = "lng;Speed;Timestamp;Truck;Latitude;heading"
    file = tmp_path / "log.csv"
    file.write_bytes("\r\n".join((head, *rows, "")).encode("utf-8-sig"))
    found = matched(file)
    assert [row["time"] for row in found] == times
    assert [round(float(row["offset_m"])) for row in found] == [20, 60, 100, 140]
    assert {row["forward"] for row in found} == {"true"}


def test_a_log_without_lines_has_an_answer_without_lines(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text(HEAD + "\n")
    assert matched(file) == []
