"""What the set-up says of a street file, and of a newer one."""

from pathlib import Path
from typing import Any

from data.model import Segment, SegmentId
from data.osm.ways import CityDraft
from fleet.setup.street_update import Newer
from fleet.streets.street_succession import difference_of
from maps.pages.i18n import translator
from maps.setup.city_setup import streets_view
from maps.setup.street_changes import difference_view, unreached_view
from tests import village as v

REPORT: dict[str, Any] = {
    "file": "village.osm",
    "imported_at": "2026-12-21T04:00:00+00:00",
    "segments": 1234,
    "length_km": 99.6,
    "named_share": 0.9371,
    "oneway_share": 0.5,
    "restrictions": 7,
    "restrictions_skipped": 0,
    "addresses": 40,
    "places": 5,
    "timezone": "Asia/Tehran",
    "attribution": "drawn by hand",
    "unreachable": 0,
    "unreachable_km": 0.0,
    "depots_assumed": 0,
}


def facts(language: str, **changes: Any) -> dict[str, str]:
    view = streets_view(REPORT | changes, translator(language, "Asia/Tehran"))
    return {fact.label: fact.value for fact in view.facts}


def test_a_report_is_told_in_the_readers_numbers_and_days() -> None:
    assert facts("en")["Streets"] == "1,234 segments, 100 km"
    assert facts("en")["With a name"] == "93 %"
    assert facts("fa")["تاریخ ورود"] == "دوشنبه ۳۰ آذر ۱۴۰۵"
    assert facts("fa")["خیابان‌ها"] == "۱٬۲۳۴ قطعه، ۱۰۰ کیلومتر"


def test_the_report_of_an_older_version_has_no_day() -> None:
    assert "Read on" not in facts("en", imported_at=None)


def test_a_file_without_faults_has_no_warning() -> None:
    assert streets_view(REPORT, translator("en")).warnings == []


def test_what_is_wrong_with_a_file_is_told_each_in_one_sentence() -> None:
    faults = {
        "unreachable": 1,
        "unreachable_km": 0.25,
        "named_share": 0.2,
        "restrictions_skipped": 2,
        "depots_assumed": 3,
    }
    warnings = streets_view(REPORT | faults, translator("en")).warnings
    assert [warning.split()[0] for warning in warnings] == ["1", "80", "2", "3"]
    assert warnings[0] == ("1 segment (0.2 km) cannot be reached from a depot and left again.")


def test_streets_beyond_reach_come_with_the_longest_first_and_the_depots() -> None:
    network = v.village()
    lost = [segment.id for segment in network.segments[:5]]
    view = unreached_view(network, lost, [v.a_depot()])
    assert view.count == 5
    assert [row.length_m for row in view.rows] == sorted(
        (row.length_m for row in view.rows), reverse=True
    )
    kinds = [feature["properties"]["kind"] for feature in view.drawn["features"]]
    assert kinds == ["unreached"] * 5 + ["depot"]


def a_comparison(keep: int, **counts: int) -> Newer:
    """The village against a file that has only its first streets."""
    network = v.village()
    left: tuple[Segment, ...] = network.segments[:keep]
    return Newer(
        file=Path("/uploads/newer.osm"),
        services=False,
        streets=CityDraft(left, (), (), "drawn", {}),
        difference=difference_of(network, left, (), SegmentId(1000)),
        boundary=None,
        districts=(),
        replaces=network.version,
        first_id=SegmentId(1000),
        **{"jobs": 0, "requests": 0, "overrides": 0} | counts,
    )


def test_a_comparison_counts_what_stays_and_lists_what_vanishes() -> None:
    newer = a_comparison(keep=8)
    view = difference_view(newer, translator("en"))
    told = {fact.label: int(fact.value) for fact in view.counts}
    stayed = told["Stay as they are"] + told["Changed"]
    assert stayed + told["New"] == 8
    assert told["Removed"] == view.gone_count == len(v.village().segments) - stayed
    assert view.file == "newer.osm"
    lengths = [each.street.length_m for each in view.gone]
    assert lengths == sorted(lengths, reverse=True)


def test_a_comparison_says_what_becomes_of_work_and_decisions() -> None:
    told = difference_view(a_comparison(keep=8, jobs=1, overrides=2), translator("en"))
    assert told.consequences == [
        "1 open job on removed streets is cancelled.",
        "2 decisions about removed streets go to what lies there now.",
    ]
    assert difference_view(a_comparison(keep=8), translator("en")).consequences == []
