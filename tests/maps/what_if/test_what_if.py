from datetime import UTC, datetime, timedelta

import pytest

from data.model import PlanRun, PlanRunId, RunKind, RunState, StormId
from data.policy.city_policy import DEFAULT_POLICY, policy_from_toml
from maps.pages.i18n import translator
from maps.what_if import machine_types, question_news, what_if_view
from tests import village as v

POLICY = policy_from_toml(DEFAULT_POLICY)
ENGLISH = translator("en", "Asia/Tehran").of_city(POLICY)
PERSIAN = translator("fa", "Asia/Tehran").of_city(POLICY)


def at(hour: int, minute: int) -> str:
    """Return a moment by the clock of Tehran, as an answer has it."""
    moment = datetime(2026, 12, 21, hour, minute, tzinfo=UTC) - timedelta(hours=3, minutes=30)
    return moment.isoformat()


def a_question(
    base: dict | None = None, found: dict | None = None, limits: dict | None = None, **changes
) -> PlanRun:
    def outcome(finish: dict) -> dict:
        return {
            "finish": finish,
            "unserved": 0,
            "not_before": {},
            "spread_min": {"P1": 2.0},
            "limits": limits or {},
        }

    answer = base is not None and {
        "as_of": at(8, 0),
        "base": outcome(base),
        "found": outcome(found or {}),
        "without": [],
    }
    values = {
        "id": PlanRunId(1),
        "storm_id": StormId(1),
        "asked_by": "leila",
        "asked_at": v.NOW,
        "seconds": 20.0,
        "state": RunState.DONE if answer else RunState.QUEUED,
        "kind": RunKind.WHATIF,
        "options": {"machines": {"grader": 2}},
        "answer": answer or None,
    }
    return PlanRun(**(values | changes))


@pytest.mark.parametrize(
    ("base", "found", "words"),
    [
        (at(11, 40), at(11, 10), "2 more: Grader. P1 is finished at 11:10: 30 min sooner."),
        (
            at(9, 0),
            at(11, 30),
            "2 more: Grader. P1 is finished at 11:30: at most 2 h 30 min later.",
        ),
        (None, at(11, 30), "2 more: Grader. P1 is finished at 11:30: finished after all."),
        (at(9, 0), None, "2 more: Grader. P1 is no longer finished."),
        (
            at(9, 0),
            at(9, 2),
            "2 more: Grader. No class is finished 5 min sooner or later, or more."
            " Less is within the noise of the search.",
        ),
        (
            None,
            None,
            "2 more: Grader. No class is finished 5 min sooner or later, or more."
            " Less is within the noise of the search.",
        ),
    ],
)
def test_an_answer_is_a_sentence_about_the_first_class_that_it_changes(base, found, words):
    view = what_if_view(a_question({"P1": base}, {"P1": found}), 0, v.village(), ENGLISH)
    assert view.words == words
    assert view.state == "done"


def test_a_difference_that_two_searches_of_one_fleet_have_too_is_none():
    def told(minute: int) -> str:
        run = a_question({"P3": at(9, 20)}, {"P3": at(9, minute)})
        assert run.answer is not None
        run.answer["found"]["spread_min"] = {"P3": 9.0}
        return what_if_view(run, 0, v.village(), ENGLISH).classes[0].words

    assert told(11) == "as now"
    assert told(10) == "10 min sooner"


def test_a_class_that_stays_is_not_the_answer():
    run = a_question({"P1": at(9, 0), "P2": at(12, 0)}, {"P1": at(9, 1), "P2": at(11, 0)})
    view = what_if_view(run, 0, v.village(), PERSIAN)
    assert view.words == "۲ دستگاه بیشتر: گریدر. درجهٔ ۲ ساعت ۱۱:۰۰ تمام می‌شود: ۱ ساعت زودتر."
    assert [(one.service_class, one.sooner_min) for one in view.classes] == [("P1", -1), ("P2", 60)]


def test_a_question_is_computing_until_it_is_answered():
    view = what_if_view(a_question(), 2, v.village(), ENGLISH)
    assert (view.state, view.ahead, view.words, view.classes) == ("computing", 2, "", ())


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("machines", "which of the machines in service only these can clear: Grader."),
        ("far", "14 min away without work on the way."),
        ("shift", "works to the end of its shift at 14:00."),
        ("order", "the search found no order that finishes it sooner."),
    ],
)
def test_an_answer_says_what_holds_up_a_class(kind, words):
    limit = {
        "kind": kind,
        "segment_id": v.MAIN_WEST,
        "types": ["grader"],
        "drive_min": 14.2,
        "shift_ends_at": at(14, 0),
    }
    run = a_question({"P1": at(9, 0)}, {"P1": at(9, 0)}, {"P1": limit})
    view = what_if_view(run, 0, v.village(), ENGLISH)
    assert view.classes[0].limit.startswith("Its last street is ")
    assert view.classes[0].limit.endswith(words)
    assert view.words.endswith(view.classes[0].limit), (
        "nothing changes: that is the answer's reason"
    )


def test_a_question_tells_how_far_its_searches_are():
    run = a_question(state=RunState.RUNNING, seconds=16.0, elapsed_s=4.0)
    assert what_if_view(run, 0, v.village(), ENGLISH).share == 0.25
    assert question_news(run, 0).share == 0.25
    assert question_news(a_question(elapsed_s=4.0), 1).share == 0.0


def test_types_are_told_with_how_many_are_in_service():
    fleet = [v.a_vehicle(1), v.a_vehicle(2)]
    (kind,) = machine_types(fleet, frozenset({fleet[0].id}), ENGLISH)
    assert kind.in_service == 1
