"""Route sheets as PDF, by role, and what they say in both languages."""

import re
import zlib
from dataclasses import replace

import pytest

from data.model import PlanState, SegmentId
from data.store.database.engine import transaction
from data.store.planning.plans import add_plan
from data.store.schema import shift as shift_table
from data.streets.network import StreetNetwork
from maps.pages.i18n import translator
from maps.pages.pdf import sheets_pdf
from maps.routes.route_sheet import SheetRoute, sheet_of, sheets_data
from maps.routes.route_steps import Surroundings
from tests import village as v
from tests.files_of_runs import make_file
from tests.maps.plans import a_plan
from tests.village_plan import a_leg


@pytest.fixture
def plan(app, storm):
    with transaction(app.engine) as tx:
        tx.execute(shift_table.update().where(shift_table.c.id == 1).values(driver_id=4))
        return add_plan(tx, a_plan(state=PlanState.DRAFT, unserved=()))


def pages(pdf: bytes) -> int:
    """Return how many pages a file has, whose objects may lie in compressed streams."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    whole = pdf
    for stream in streams:
        try:
            whole += zlib.decompress(stream)
        except zlib.error:
            continue
    return len(re.findall(rb"/Type\s*/Page\b", whole))


def test_a_dispatcher_gets_all_sheets_and_a_driver_his_own(client, sign_in, plan, app, clock):
    asked = client.get(f"/api/plans/{plan.id}/sheets.pdf?wait_s=0")
    make_file(app, clock)
    whole = client.get(asked.headers["location"])
    assert whole.headers["content-type"] == "application/pdf"
    assert whole.content.startswith(b"%PDF-")
    assert pages(whole.content) == sum(bool(route.legs) for route in plan.routes)
    sign_in("driver")
    assert client.get(asked.headers["location"]).status_code == 403
    own = client.get(f"/api/plans/{plan.id}/routes/1/sheet.pdf?language=fa")
    assert (own.status_code, pages(own.content)) == (200, 1)
    assert "-fa.pdf" in own.headers["content-disposition"]
    assert client.get(f"/api/plans/{plan.id}/routes/2/sheet.pdf").status_code == 403
    assert client.get(f"/api/plans/{plan.id}/sheets.pdf").status_code == 403
    sign_in("dispatcher")
    assert client.get(f"/api/plans/{plan.id}/routes/99/sheet.pdf").status_code == 404
    assert client.get(f"/api/plans/{plan.id}/routes/1/sheet.pdf?language=xx").status_code == 422


def a_trip(network: StreetNetwork, shut: dict[SegmentId, str]) -> SheetRoute:
    route = a_plan(state=PlanState.DRAFT).routes[0]
    around = Surroundings(network, [v.a_reload_site()], "Yard")
    return SheetRoute(route, v.a_vehicle(1), v.a_shift(1), "sara", around, shut)


def test_a_sheet_says_what_to_do_where_and_what_to_beware_of():
    network, t = v.village(), translator("en", "Asia/Tehran")
    way = a_trip(network, {}).route.legs[0].path[0]
    sheet = sheet_of(a_trip(network, {way.segment_id: "blocked"}), t)
    lines = [line for part in sheet.parts for line in part.lines]
    assert [line.number for line in lines] == [str(i + 1) for i in range(len(lines))]
    assert "sara" in sheet.subtitle
    assert any("blocked" in line.caution for line in lines)
    assert [one for one in sheet.cautions if one.endswith(": blocked")]
    assert sheet.facts[0].value == t.time(a_trip(network, {}).route.legs[0].starts_at)
    for part in sheet.parts:
        assert f">{part.lines[0].number}</text>" in part.map


LEGS, RUNS = 740, 520
"""A long route: legs on one street follow each other and are one run."""


@pytest.mark.parametrize("language", ["en", "fa"])
def test_a_route_of_740_legs_prints_on_eight_pages(language: str) -> None:
    network, t = v.village(), translator(language, "Asia/Tehran")
    streets = (v.MAIN_WEST, v.SCHOOL, v.MILL, v.ORCHARD, v.MAIN_EAST, v.TULIP)
    legs = tuple(
        a_leg(segment_id=streets[run % len(streets)], forward=forward)
        for run in range(RUNS)
        for forward in ((True, False) if run < LEGS - RUNS else (True,))
    )
    around = Surroundings(network, [v.a_reload_site()], "Yard")
    assert len(legs) == LEGS
    plan = a_plan(state=PlanState.DRAFT)
    route = replace(plan.routes[0], legs=legs)
    trip = SheetRoute(route, v.a_vehicle(1), v.a_shift(1), "sara", around, {})
    sheets = sheets_data(v.a_storm(), plan, [trip], "OSM", v.NOW, t)
    (truck,) = sheets["trucks"]
    assert sum(len(part["lines"]) for part in truck["parts"]) == RUNS
    assert pages(sheets_pdf(sheets)) <= 8


def test_persian_sheets_have_persian_digits_and_run_from_the_right():
    network, t = v.village(), translator("fa", "Asia/Tehran")
    storm = v.a_storm()
    sheets = sheets_data(
        storm, a_plan(state=PlanState.DRAFT), [a_trip(network, {})], "OSM", v.NOW, t
    )
    assert sheets["rtl"] is True
    (truck,) = sheets["trucks"]
    told = [fact["value"] for fact in truck["facts"]] + [truck["parts"][0]["title"]]
    assert not re.search("[0-9]", "".join(told))
    assert str(sheets["made"]).endswith(t.time(v.NOW))
