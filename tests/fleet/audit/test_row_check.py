"""Shifts, promises and trackers are compared with the digests in lines, from the first one on."""

import json
from datetime import timedelta

import pytest

from data.model import Actor, ActorKind, Event, Promise, ShiftState, Storm
from data.store.audit.audit_log import add_event, list_events
from data.store.audit.changed_rows import ADDED, CHANGED, list_row_digests
from data.store.database.engine import Tx
from data.store.requests.promises import add_promises
from data.store.shifts.shifts import add_shift, set_shift_state
from fleet.audit.findings import Wrong
from fleet.audit.row_check import WrittenRows
from tests.fleet.requests.test_notices import add_published, asked
from tests.village import NOW, a_shift

SYSTEM = Actor(ActorKind.SYSTEM, "test")


def rows_of(*lines: Event) -> WrittenRows:
    written = WrittenRows()
    for line in lines:
        written.take(line)
    return written


def a_line(**after: object) -> Event:
    return Event(1, NOW, SYSTEM, "shift.changed", "shift:1", {}, after, "", "")


def test_rows_from_before_the_first_digest_are_not_reported() -> None:
    written = rows_of(a_line(**{ADDED: {"shift:3": "a"}}))
    assert list(written.check([("shift:1", "x"), ("shift:3", "a")])) == []


def test_a_row_without_a_line_a_changed_one_and_a_missing_one_are() -> None:
    written = rows_of(
        a_line(**{ADDED: {"shift:1": "a", "shift:2": "b", "shift:4": "d"}}),
        a_line(**{CHANGED: {"shift:1": "c"}}),
    )
    found = written.check([("shift:1", "a"), ("shift:2", "b"), ("shift:3", "x")])
    assert [(one.wrong, one.subject) for one in found] == [
        (Wrong.RECORD, "shift:1"),
        (Wrong.UNWRITTEN, "shift:3"),
        (Wrong.RECORD, "shift:4"),
    ]


def test_the_line_of_a_change_has_the_digest_of_what_the_row_is_then(tx: Tx, storm: Storm) -> None:
    kept = add_shift(tx, a_shift(storm_id=storm.id))
    add_event(tx, NOW, SYSTEM, "shift.planned", f"shift:{kept.id}")
    set_shift_state(tx, kept.id, ShiftState.ENDED)
    add_event(tx, NOW, SYSTEM, "shift.changed", f"shift:{kept.id}")
    subject = f"shift:{kept.id}"
    added, changed = list_events(tx, subject)
    assert changed.after[CHANGED] == {subject: dict(list_row_digests(tx))[subject]}
    assert added.after[ADDED].keys() == {subject}
    assert added.after[ADDED] != changed.after[CHANGED]


@pytest.mark.usefixtures("storm")
def test_a_plan_of_thousands_of_promises_makes_a_short_line_that_proves_each(tx: Tx) -> None:
    new, plan_id = asked(tx), add_published(tx)
    assert new.job_id is not None
    window = (NOW, NOW, NOW + timedelta(hours=1))
    add_promises(tx, [Promise(new.id, new.job_id, plan_id, NOW, *window)] * 1_200)
    add_event(tx, NOW, SYSTEM, "plan.published", "plan:1200")
    (line,) = list_events(tx, "plan:1200")
    assert len(json.dumps(line.after)) < 500
    rows = [row for row in list_row_digests(tx) if row[0].startswith("promise:")]
    assert list(rows_of(line).check(rows)) == []
    subject, _ = rows[700]
    changed = [(one, "another" if one == subject else digest) for one, digest in rows]
    missing = [row for row in rows if row[0] != subject]
    for tampered in (changed, missing):
        (found,) = rows_of(line).check(tampered)
        assert (found.wrong, found.subject) == (Wrong.RECORD, "promise:501-1000")
    (extra,) = rows_of(line).check([*rows, ("promise:1201", "more")])
    assert (extra.wrong, extra.subject) == (Wrong.UNWRITTEN, "promise:1201")
