"""What a debrief tells of a moment at which plans were compared."""

import re
from dataclasses import replace
from datetime import timedelta

from data.model import PlanId
from data.model.training.rehearsal import TrainingMarkId
from data.training import shipped_scenario
from fleet.training.scores.decision_points import DecisionPoint, MinutesSaved
from fleet.training.timeline import happenings
from maps.pages.i18n import translator
from maps.training.debrief import point_view
from maps.training.debrief_timeline import StormTimes, of_the_scenario
from tests import village as v

EN = translator("en", "Asia/Tehran")
HOUR = timedelta(hours=1)
SAVED = {"P1": MinutesSaved(30.0, 40.0, 45.0)}
POINT = DecisionPoint(TrainingMarkId(1), v.NOW, PlanId(1), {"P1": 60.0}, SAVED, moved=3)


def plain(words: str) -> str:
    """Return words without the marks that isolate numbers."""
    return re.sub("[\u2066-\u2069]", "", words)


def told(**changes: object) -> str:
    """Return the words of a moment."""
    return plain(point_view(replace(POINT, **changes), StormTimes(v.NOW, v.NOW + HOUR, EN)).words)


def test_no_range_is_told_where_all_searches_save_the_same() -> None:
    same = {"P1": MinutesSaved(19.0, 19.2, 19.4)}
    assert told(saved=same).startswith("A new plan here would have saved 19 min of P1 of lateness")


def test_it_is_told_what_the_plan_that_was_published_left() -> None:
    begins = "A new plan here would have saved 40 min of P1 (30 to 45) of lateness"
    assert told().startswith(begins)
    assert told().endswith("3 streets would have gone to another truck.")
    at = EN.time(v.NOW)
    used = told(published_at=v.NOW, brought={"P1": 35.0})
    assert used.endswith(f"The plan published at {at} saved about as much.")
    little = told(published_at=v.NOW, brought={"P1": 6.5})
    assert little.startswith(begins)
    assert little.endswith(
        f"After the plan published at {at}, 34 min of it were still to be saved."
    )


def test_a_time_has_its_day_where_a_training_is_longer_than_one() -> None:
    of_a_night = point_view(POINT, StormTimes(v.NOW, v.NOW + 8 * HOUR, EN))
    of_days = point_view(POINT, StormTimes(v.NOW - 26 * HOUR, v.NOW, EN))
    assert (of_a_night.time, of_a_night.at_s) == ("07:30", 0)
    assert (of_days.time, of_days.at_s) == ("21 Dec, 07:30", 26 * 3600)


def test_what_a_scenario_brings_is_told_and_neither_its_snow_nor_those_who_only_call() -> None:
    comes = happenings(shipped_scenario("power-cut"), (), v.NOW)
    found = of_the_scenario(comes, [], EN)
    assert [((at - v.NOW) / HOUR, plain(words).rpartition(" (")[2]) for at, words in found] == [
        (2.5, "in the scenario, until 11:00)"),
        (3.5, "in the scenario, until 13:30)"),
        (3.75, "in the scenario)"),  # a caller with words of the scenario's own
    ]


def test_which_machine_a_trouble_was_with_and_what_a_caller_said_is_told() -> None:
    comes = happenings(shipped_scenario("morning-rush"), (), v.NOW)
    machines = [f"Truck {number}" for number in range(1, 9)]
    found = [plain(words) for _, words in of_the_scenario(comes, machines, EN)]
    assert [one for one in found if one.startswith("Truck ")] == [
        "Truck 2: breaks down (in the scenario, until 12:30)"
    ]
    assert any("ambulance" in one and one.endswith("(in the scenario)") for one in found)
