import pytest

from data.model import SegmentId, ServiceClass, Treatment
from fleet.work.left_undone import Lack, LeftUndone
from maps.pages.i18n import translator
from maps.planning.left_words import left_undone_view
from tests import village as v

ENGLISH, PERSIAN = translator("en", "Asia/Tehran"), translator("fa", "Asia/Tehran")


def left(lack: Lack = Lack.WIDTH, reason: str = "no_vehicle", **changes) -> LeftUndone:
    facts = {
        "segment_ids": (v.BACK, v.BLIND),
        "needed": 2.5,
        "best": 3.5,
        "jobs": 2,
        "length_m": 1234.0,
    }
    return LeftUndone(ServiceClass("P3"), Treatment.PLOW, reason, lack, **(facts | changes))


def test_streets_too_narrow_name_their_width_and_the_machine_that_would_do_them():
    mini = v.a_vehicle(7, name="Mini 7")
    seen = left_undone_view(left(others=(mini,)), v.village(), ENGLISH)
    assert seen.words == (
        "2 jobs of P3 (1.2 km): their streets are too narrow for every machine in the plan that is "
        "equipped for plowing. The narrowest is 2.5 m wide, and the smallest machine needs 3.5 m."
    )
    assert seen.help == (
        "Wanted: a machine for plowing that fits into 2.5 m. "
        "Able to do some of it, but not in this plan: Mini 7."
    )
    assert [street.name for street in seen.streets] == ["Back Lane", "Jasmine Dead End"]


def test_where_the_city_has_no_such_machine_the_page_says_so():
    assert left_undone_view(left(), v.village(), ENGLISH).help.endswith("no such machine.")


def test_of_many_machines_some_are_named_and_the_others_counted():
    many = tuple(v.a_vehicle(n, name=f"Mini {n}") for n in range(1, 8))
    seen = left_undone_view(left(others=many), v.village(), ENGLISH)
    assert seen.help.endswith("Mini 4, Mini 5, 2 other machines.")


def test_kilograms_are_rounded_up_for_the_hopper_that_is_wanted():
    seen = left_undone_view(left(Lack.HOPPER, "capacity", needed=899.2), v.village(), ENGLISH)
    assert "hopper of 900 kg" in seen.help


def test_parts_of_a_street_are_one_street_of_the_list_and_the_rest_is_counted(monkeypatch):
    monkeypatch.setattr("maps.planning.left_words.SHOWN_STREETS", 1)
    parts = left(segment_ids=(v.MAIN_WEST, v.MAIN_EAST, v.YARD))
    seen = left_undone_view(parts, v.village(), ENGLISH)
    assert [(street.segment_id, street.name) for street in seen.streets] == [(1, "Imam Street")]
    assert seen.streets[0].length_m == pytest.approx(400.0, rel=1e-3)
    assert (seen.more, seen.more_words) == (1, "1 more street")


@pytest.mark.parametrize(
    "reason", ["time", "unreachable", "capacity", "order", "closed", "not_given"]
)
def test_what_no_other_machine_would_change_asks_for_none(reason):
    for t in (ENGLISH, PERSIAN):
        seen = left_undone_view(left(Lack.NOTHING, reason), v.village(), t)
        assert seen.help == ""
        assert "left_undone:" not in seen.words
        assert "{" not in seen.words


def test_what_does_not_fit_into_the_shifts_says_when_they_end():
    late = left(Lack.NOTHING, "time")
    seen = left_undone_view(late, v.village(), ENGLISH, "18:33")
    assert seen.help == "The last shift ends at 18:33: longer shifts would do more."
    closed = left_undone_view(left(Lack.NOTHING, "closed"), v.village(), ENGLISH, "18:33")
    assert closed.help == ""


@pytest.mark.parametrize("lack", [lack for lack in Lack if lack])
def test_every_lack_has_its_sentences_in_both_languages(lack):
    for t in (ENGLISH, PERSIAN):
        seen = left_undone_view(left(lack, segment_ids=(SegmentId(12),)), v.village(), t)
        said = f"{seen.words} {seen.help}"
        assert not any(mark in said for mark in ("{", "left_undone:", "machine_wanted:"))
