"""The map that opens without a network."""

import json
import re
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from data.model import DirectedSegment
from data.streets.network import build_network
from fleet.coverage.coverage_states import NO_DIRECTION, TELLING, CoverageState
from fleet.replay.color_history import StreetChanges
from fleet.replay.storm_moments import StormCourse, storm_moments
from maps.pages.i18n import translator
from maps.reports.coverage_file import coverage_html
from tests.maps.reports.pictures import a_picture, covered, named
from tests.village import MAIN_WEST, NOW, a_storm, village, village_segments

HOUR = timedelta(hours=1)
ENGLISH = translator("en", "Asia/Tehran")


def page(language: str = "en", **changes) -> str:
    return drawn(a_picture(**changes), translator(language, "Asia/Tehran"))


def drawn(picture, t=ENGLISH) -> str:
    segments = picture.network.segments
    first = np.array([picture.states[segment.id] for segment in segments], np.int8)
    nothing = np.zeros(0, np.int32)
    changes = StreetChanges(first, nothing, nothing, np.zeros((0, 2), np.int8))
    served = {DirectedSegment(MAIN_WEST, way): [NOW + HOUR / 2] for way in (True, False)}
    course = StormCourse(NOW, changes, served)
    moments = storm_moments(picture.network, course, picture.at, picture.states)
    return coverage_html(picture, t, moments)


def table_of(html: str) -> dict:
    found = re.search(r'<script id="moments" type="application/json">(.*?)</script>', html)
    return json.loads(found[1])


def test_it_fetches_nothing():
    html = page()

    assert re.findall(r'<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)="[^"]+"', html) == []
    assert re.findall(r"url\((?!data:|#)[^)]*\)", html) == []
    assert "sourceMappingURL" not in html
    assert "user-scalable" not in html  # a phone may make it larger


def test_every_street_is_in_it_once():
    assert page().count('"type": "LineString"') == 12


def test_classes_are_layers_that_can_be_switched():
    html = page()

    for name in ("P1, first", "P2, second", "P3, third", "P4, on request"):
        assert f'"{name}" : feature_group' in html


def test_districts_are_layers_too_and_every_street_has_its_own():
    north, *others = village_segments()
    html = page(network=build_network([replace(north, district="North"), *others]))

    layers = re.findall(r'<input type="checkbox" value="(\w+)" checked>([^<]+)</label>', html)
    assert layers == [("all", "All districts"), ("0", "North"), ("1", "Outside all districts")]
    assert sorted(re.findall(r'"d": (\d+)', html)) == ["0"] + ["1"] * 11


def test_the_states_of_each_moment_are_a_letter_a_street():
    told = table_of(page(at=NOW + 3 * HOUR))

    main = [segment.id for segment in village().segments].index(MAIN_WEST)
    assert [len(one["states"]) for one in told["moments"]] == [12] * 4
    assert [one["ages"][main] for one in told["moments"]] == ["5", "0", "1", "1"]
    assert told["moments"][1]["label"] == "As of Monday 21 December 2026, 08:30"
    assert told["words"]["ages"] == [
        "under 1 h",
        "1 to 3 h",
        "3 to 6 h",
        "6 to 12 h",
        "over 12 h",
        "not in this storm",
    ]


def test_nobody_is_said_to_plow_now_at_a_moment_that_is_past():
    words = table_of(page())["words"]

    assert (words["states"][4], words["earlier"][4]) == (
        "Being plowed now",
        "Begun and not finished",
    )


@pytest.mark.parametrize(
    ("language", "direction", "words"),
    [
        ("en", "ltr", ("Snow clearing in Village", "Cleared recently", "21 December 2026, 08:30")),
        ("fa", "rtl", ("برف‌روبی در \u2068Village\u2069", "تازه پاک‌شده", "۳۰ آذر ۱۴۰۵، ساعت ۰۸:۳۰")),
    ],
)
def test_it_says_what_it_shows_in_the_readers_language(language, direction, words):
    html = page(language)

    assert f'<html lang="{language}" dir="{direction}"' in html
    assert [word for word in words if word not in html] == []


def test_a_street_tells_when_and_how_it_was_cleared():
    html = page(coverages=[covered()])

    assert "cleared on Monday 21 December 2026 08:00" in html
    assert "the blade was down" in html


def test_a_name_of_a_street_cannot_run_or_draw_anything():
    html = page(network=named("</script><img src=x onerror=alert(1)>"))

    assert "<img" not in html
    assert "onerror=alert(1)>" not in html
    assert html.count("</script>") == page().count("</script>")


def test_the_names_of_city_and_storm_are_only_text():
    picture = a_picture(storm=a_storm(name="<i>Snow</i>"))
    html = drawn(replace(picture, city=replace(picture.city, name="<b>X</b>")))

    assert "<i>Snow</i>" not in html
    assert "<b>X</b>" not in html


def test_a_storm_that_is_over_has_nothing_being_cleared_now():
    over = a_storm(ended_at=NOW + HOUR)

    assert "Being plowed now" in page()
    assert "Being plowed now" not in page(storm=over)
    assert "Begun and not finished" in page(storm=over)


def test_every_state_has_its_place_on_one_line():
    assert set(TELLING) == set(CoverageState)
    assert NO_DIRECTION not in TELLING
