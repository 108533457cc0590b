import json
import re

import pytest

from maps.pages.i18n import translator
from maps.routes.plan_map import write_plan_map
from tests.maps.plans import a_plan
from tests.village import village


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "plan.html"
    names = {1: "Plow <7>", 2: "Plow 8"}
    write_plan_map(a_plan(), village(), path, names, "© nobody", translator("fa", "Asia/Tehran"))
    return path.read_text(encoding="utf-8")


def test_the_file_asks_nobody_for_anything(page):
    assert re.findall(r"<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)=[^>]*>", page) == []
    assert re.findall(r'(?:src|href)="https?://', page) == []
    assert re.findall(r"url\((?!data:|#)[^)]*\)", page) == []


def test_leaflet_lies_inside(page):
    assert "Leaflet 1." in page
    assert ".leaflet-pane" in page


def test_vehicles_that_drive_are_layers_and_idle_ones_are_not(page):
    assert r'"Plow \u0026lt;7\u0026gt;" : feature_group' in page
    assert "Plow 8" not in page


def test_names_cannot_break_out_of_the_page(page):
    assert "Plow <7>" not in page


def test_legs_say_their_street_and_local_time_in_the_readers_language(page):
    assert json.dumps("۰۷:۳۰ · خیابان امام")[1:-1] in page


def test_the_source_of_the_streets_is_named(page):
    assert "nobody" in page


def test_a_plan_without_names_is_numbered(tmp_path):
    write_plan_map(a_plan(), village(), tmp_path / "plan.html")
    assert '"1" : feature_group' in (tmp_path / "plan.html").read_text(encoding="utf-8")
