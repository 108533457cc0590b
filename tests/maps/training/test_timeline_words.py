"""What an instructor's timeline tells, and in what order."""

import re
from dataclasses import replace
from datetime import datetime

from data.model import Actor, ActorKind, Event
from data.model.people import SubjectName
from data.training import shipped_scenario
from fleet.training.timeline import happenings
from maps.pages.i18n import translator
from maps.reports.audit_log import SubjectNames, sentence
from maps.training.instructor import in_order
from maps.training.timeline import TimelineWords, acts, happening_words
from tests import village as v

EN = translator("en", "Asia/Tehran")
NAMES = SubjectNames({}, v.village(), {})
AROUND = TimelineWords(["Truck 1"], {}, NAMES, EN)


def a_line(number: int, verb: str, at: datetime = v.NOW, **after: object) -> Event:
    actor = Actor(ActorKind.USER, "maryam")
    return Event(number, at, actor, verb, f"storm:{number}", {}, after, "", "")


def plain(words: str) -> str:
    """Return words without the marks that isolate numbers."""
    return re.sub("[\u2066-\u2069]", "", words)


def test_what_was_done_while_the_clock_stood_is_told_in_the_order_in_which_it_was_done() -> None:
    newest_first = [a_line(3, "storm.ended"), a_line(2, "storm.moved"), a_line(1, "storm.opened")]
    told = in_order(acts(newest_first, AROUND))
    assert [one.words for one in told] == [sentence(one, NAMES, EN) for one in newest_first[::-1]]


def test_an_acknowledged_alert_is_told_with_its_truck() -> None:
    names = replace(NAMES, names={"vehicle:2": SubjectName("Truck 2")})
    line = replace(a_line(1, "alert.acknowledged", kind="late", vehicle=2), subject="alert:7")
    (told,) = acts([line], replace(AROUND, names=names))
    assert plain(told.words).endswith(", Truck 2.")
    assert "Truck 2" not in sentence(line, names, EN)  # the log has it beside the sentence


def test_it_is_told_how_much_snow_somebody_entered_by_hand() -> None:
    entries = [{"id": 5, "at": v.NOW.isoformat(), "mm": 124.0}, {"id": 4, "at": "", "mm": 90.0}]
    entered = a_line(1, "snow.added", added=[4, 5], withdrawn=[], entries=entries)
    told = plain(sentence(entered, NAMES, EN))
    assert told == "maryam entered 12.4 cm of snow for the storm 1."
    changed = a_line(1, "snow.corrected", added=[4], withdrawn=[5], entries=entries)
    assert plain(sentence(changed, NAMES, EN)).endswith("to 9 cm.")


def test_what_came_is_told_with_its_street() -> None:
    comes = happenings(shipped_scenario("morning-rush"), (), v.NOW)

    def told(key: str, *, known: bool) -> str:
        street = v.village().segment(v.MILL) if known else None
        (one,) = (replace(each, street=street) for each in comes if each.key == key)
        return plain(happening_words(one, AROUND.machines, EN))

    assert "leaves from … in an hour" in told("message", known=False)
    assert "leaves from Mill Street in an hour" in told("message", known=True)
    assert "stuck on Mill Street," in told("call", known=True)
    assert told("blocked", known=True) == f"{told('blocked', known=False)} (Mill Street)"


def test_a_street_that_runs_the_other_way_orders_no_words_but_its_own() -> None:
    comes = happenings(shipped_scenario("ice-after-rain"), (), v.NOW)
    street = replace(v.village().segment(v.MILL), names={"": ("بلوار",)})
    (one, *_) = (replace(each, street=street) for each in comes if each.key == "call")
    words = happening_words(one, AROUND.machines, translator("az", "Asia/Tehran"))
    assert "\u2068بلوار\u2069 başdan-başa buzdur" in words
