"""The map that opens without a network."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from fleet.coverage.coverage_states import NO_DIRECTION, TELLING, CoverageState
from maps.pages.i18n import translator
from maps.reports.coverage_file import coverage_html
from tests.maps.reports.pictures import a_picture, covered, named
from tests.village import NOW, a_storm

ENGLISH = translator("en", "Asia/Tehran")


def page(language: str = "en", **changes) -> str:
    return coverage_html(a_picture(**changes), translator(language, "Asia/Tehran"))


def test_it_fetches_nothing():
    html = page()

    assert re.findall(r'<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)="[^"]+"', html) == []
    assert re.findall(r"url\((?!data:|#)[^)]*\)", html) == []
    assert "sourceMappingURL" not in html


def test_every_street_is_in_it_once():
    assert page().count('"type": "LineString"') == 12


def test_classes_are_layers_that_can_be_switched():
    html = page()

    for name in ("P1, first", "P2, second", "P3, third", "P4, on request"):
        assert f'"{name}" : feature_group' in html


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
    html = coverage_html(replace(picture, city=replace(picture.city, name="<b>X</b>")), ENGLISH)

    assert "<i>Snow</i>" not in html
    assert "<b>X</b>" not in html


def test_a_storm_that_is_over_has_nothing_being_cleared_now():
    over = a_storm(ended_at=NOW + timedelta(hours=1))

    assert "Being plowed now" in page()
    assert "Being plowed now" not in page(storm=over)
    assert "Begun and not finished" in page(storm=over)


def test_every_state_has_its_place_on_one_line():
    assert set(TELLING) == set(CoverageState)
    assert NO_DIRECTION not in TELLING
