"""Streets as a table to take home."""

import csv
import io

import pytest

from data.model import SegmentId
from maps.pages.i18n import translator
from maps.reports.coverage_table import (
    CoveragePicture,
    coverage_columns,
    streets_csv,
    table_columns,
)
from tests.maps.reports.pictures import a_picture, covered, named
from tests.village import ROSE, YARD, village, village_segments

ENGLISH = translator("en", "Asia/Tehran")


def table(picture: CoveragePicture, t=ENGLISH) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(streets_csv(picture, t).removeprefix("\ufeff"))))


def test_there_is_a_line_for_every_street_in_order():
    assert [row["number"] for row in table(a_picture())] == [str(s.id) for s in village_segments()]


def test_a_line_tells_each_direction_by_itself():
    main = table(a_picture(coverages=[covered()]))[0]

    assert (main["one way: state"], main["other way: state"]) == (
        "Cleared recently",
        "Not cleared, not due so far",
    )
    assert (main["one way: passes"], main["one way: passes needed"]) == ("2", "2")
    assert main["one way: last cleared (local time)"] == "2026-12-21 08:00"
    assert main["one way: evidence"] == "the blade was down"


def test_the_direction_that_a_one_way_street_lacks_is_empty():
    columns = coverage_columns(a_picture())
    rose = [segment.id for segment in village().segments].index(ROSE)

    assert columns["state_forward"][rose] == "not_due"
    assert columns["state_backward"][rose] is None
    assert columns["passes_backward"][rose] is None


def test_a_street_on_request_has_no_cycle():
    columns = coverage_columns(a_picture())
    yard = [segment.id for segment in village().segments].index(YARD)

    assert (columns["service_class"][yard], columns["cycle_h"][yard]) == ("P4", None)


def test_every_column_is_as_long_as_the_city():
    assert {len(column) for column in coverage_columns(a_picture()).values()} == {12}
    assert all(len(row) == len(table_columns()) for row in table(a_picture()))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_street_name_is_never_a_formula(start):
    main = table(a_picture(named(f"{start}HYPERLINK(1)")))[0]

    assert main["name"].startswith("'")


def test_commas_quotes_and_lines_in_a_name_stay_inside_its_cell():
    name = 'A "good", long\nstreet'

    assert table(a_picture(named(name)))[0]["name"] == name


def test_coverage_of_a_street_that_is_gone_is_left_out():
    picture = a_picture(coverages=[covered(SegmentId(99))])

    assert {row["one way: passes"] for row in table(picture)} == {"0"}
