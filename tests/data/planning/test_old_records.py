"""Cities that began before December 2026 keep some records under other names: they are read."""

import gzip
import json
from datetime import timedelta

from data.files.json_records import packed
from data.model import (
    DirectedSegment,
    EditKind,
    EditWish,
    Leg,
    LegKind,
    Present,
    ReplanCause,
    ReplanWish,
    TruckStart,
    WorkPass,
)
from data.planning.plan_json import edit_wish_from_plain, present_from, replan_wish_from_plain
from tests.village import NOW

LEG = {
    "kind": "reload",
    "path": [],
    "starts_at": "2026-12-21T04:00:00Z",
    "ends_at": "2026-12-21T04:10:00Z",
    "length_m": 0.0,
    "pass_index": 0,
    "blade": False,
    "spreader": False,
    "job_ids": [],
    "load_kg": 5000.0,
}
PRESENT = {
    "starts": [
        {
            "shift": 4,
            "at": [12, True],
            "ready_at": "2026-12-21T04:10:00Z",
            "load_kg": 5000.0,
            "underway": True,
            "finishing": LEG,
        },
        {
            "shift": 5,
            "at": None,
            "ready_at": "2026-12-21T04:00:00Z",
            "load_kg": 0.0,
            "underway": False,
            "finishing": None,
        },
    ],
    "done": [[7, False, 0], [7, True, 1]],
    "closed": [[12, True]],
}


def test_how_a_storm_stood_when_a_draft_was_begun():
    ends_at = NOW + timedelta(minutes=10)
    leg = Leg(LegKind.RELOAD, (), NOW, ends_at, 0.0, load_kg=5000.0)
    way = DirectedSegment(12, True)
    known = Present(
        starts={
            4: TruckStart(way, ends_at, 5000.0, underway=True, finishing=leg),
            5: TruckStart(None, NOW, 0.0),
        },
        done=frozenset({WorkPass(7, False, 0), WorkPass(7, True, 1)}),
        closed=frozenset({way}),
    )
    assert present_from(gzip.compress(json.dumps(PRESENT).encode())) == known
    assert present_from(packed(Present, known)) == known


def test_an_edit_of_a_draft():
    old = {"kind": "move", "segment": 12, "vehicle": 3, "before": None, "reason": ""}
    assert edit_wish_from_plain(old) == EditWish(EditKind.MOVE, 12, 3)


def test_a_wish_for_new_routes_that_waits_in_the_queue():
    old = {"cause": "late", "budget": 5, "vehicle": 3, "segment": None, "delay_s": 90.0}
    delay = timedelta(seconds=90)
    assert replan_wish_from_plain(old) == ReplanWish(ReplanCause.LATE, 5, 3, delay=delay)
