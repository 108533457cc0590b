"""What became of each call of a training: which street is right, and which call repeats another."""

from datetime import timedelta

from data.model import RequestId, Storm
from data.store.database.engine import Tx
from data.store.requests.duplicates import add_duplicate
from data.store.streets.places import save_places
from fleet.training.scores.call_records import call_records
from fleet.training.scores.operator_score import operator_score
from tests import village as v
from tests.fleet.training.scores.calls import MINUTE, a_call, asked

LATER = v.NOW + timedelta(hours=6)


def right_street(tx: Tx) -> float | None:
    """Return the share of Sara's calls that are on the right street."""
    score = operator_score(call_records(tx, v.village(), LATER), "sara", v.village(), LATER)
    return {one.name: one.value for one in score.measures}["right_street"]


def test_who_calls_again_about_a_street_that_waits_is_to_be_joined(tx: Tx, storm: Storm) -> None:
    for number, minutes, street in ((1, 0, v.MILL), (2, 10, v.MILL), (3, 20, v.ROSE)):
        asked(tx, number, minutes, street)
        a_call(tx, number, minutes)
    first, second, third = call_records(tx, v.village(), LATER)
    assert not first.repeats
    assert (second.repeats, second.joined, second.noted) == (True, True, v.MILL)  # one job
    assert (third.repeats, third.joined, third.noted) == (True, False, v.ROSE)
    add_duplicate(tx, RequestId(3), RequestId(1), LATER)
    assert call_records(tx, v.village(), LATER)[2].joined


def test_what_a_caller_says_of_where_he_is_tells_which_street_is_right(
    tx: Tx, storm: Storm
) -> None:
    for minutes, address in enumerate(("خیابان آسیاب", "خیابان آسیاب، پلاک ۴", "")):
        a_call(tx, 1, minutes, address=address, request_id=None)
    found = call_records(tx, v.village(), LATER)
    told = [(one.meant, one.fitting) for one in found]
    assert told == [(v.MILL, {v.MILL}), (v.MILL, set()), (None, set())]


def test_a_house_number_fits_wherever_the_city_has_it(tx: Tx, storm: Storm) -> None:
    save_places(tx, v.village_places())
    spoken = "خیابان امام، پلاک ۱۲"
    a_call(tx, 1, 0, segment_id=v.MAIN_EAST, address=spoken, request_id=None)
    (found,) = call_records(tx, v.village(), LATER)
    assert found.fitting == {v.MAIN_WEST, v.MAIN_EAST}


def test_what_nobody_could_find_when_the_call_was_answered_is_no_duplicate(
    tx: Tx, storm: Storm
) -> None:
    asked(tx, 1, 0)
    a_call(tx, 1, 0, address="")  # its caller named no street
    asked(tx, 2, 10, v.ROSE)
    a_call(tx, 2, 10)  # on another street
    assert not call_records(tx, v.village(), LATER)[1].repeats
    asked(tx, 3, 20)
    a_call(tx, 3, 20)
    asked(tx, 4, 23)
    rang_at = v.NOW + 20.5 * MINUTE  # answered after the third was recorded
    a_call(tx, 4, 20.5, taken_at=rang_at + 3 * MINUTE, ended_at=rang_at + 4 * MINUTE)
    assert [one.repeats for one in call_records(tx, v.village(), LATER)] == [False] * 3 + [True]


def test_who_names_a_crossing_may_be_recorded_on_either_of_its_streets(
    tx: Tx, storm: Storm
) -> None:
    for number, street in enumerate((v.MAIN_EAST, v.MAIN_EAST, v.MILL), start=1):
        asked(tx, number, number, street)
        a_call(tx, number, number, address="corner of خیابان آسیاب and خیابان امام")
    first, second, third = call_records(tx, v.village(), LATER)
    assert first.fitting == {v.MILL, v.MAIN_WEST, v.MAIN_EAST}
    assert (second.repeats, second.joined) == (True, True)
    assert not third.repeats  # nothing was open on the street that it was recorded on
    assert right_street(tx) == 1.0
    asked(tx, 4, 4, v.ROSE)
    a_call(tx, 4, 4, address="corner of خیابان آسیاب and خیابان گل‌سرخ")  # they do not meet
    assert call_records(tx, v.village(), LATER)[3].fitting == frozenset()
    assert right_street(tx) == 0.75
