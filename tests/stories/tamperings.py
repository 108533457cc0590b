"""Tamperings with a city's record, each done to an open transaction that is taken back."""

from datetime import timedelta

from sqlalchemy import text

from data.model import Actor, ActorKind, StormId
from data.store.audit.audit_log import add_event, list_events
from data.store.audit.audit_seals import reported_subject, unseal
from fleet.audit.evidence_seals import read_evidence, seal_evidence, settled_evidence
from fleet.audit.findings import Wrong
from fleet.coverage.track_windows import begins_at
from tests import postgres
from tests import village as v

SYSTEM = Actor(ActorKind.SYSTEM, "test")
UNLOCKED = (
    ["DROP TRIGGER event_without_change ON event"]
    if postgres.WANTED
    else ["DROP TRIGGER event_without_update", "DROP TRIGGER event_without_delete"]
)
"""Orders that make lines of the audit log changeable."""


def first_window(tx) -> str:
    sealed = (one for one in list_events(tx) if one.verb == "evidence.sealed")
    return next(
        one.subject
        for one in sealed
        if one.after.get("positions", 0) > 9 and one.after.get("passes", 0) > 0
    )


def sealed_anew(tx) -> None:
    """Have the server seal the first sealed window once more, as it does by itself."""
    subject = first_window(tx)
    unseal(tx, [subject])
    later = v.NOW + timedelta(hours=6)
    settled = {subject: settled_evidence(tx, later)[subject]}
    assert seal_evidence(tx, read_evidence(tx, settled), later) == 1


def a_late_position(tx, received_at: str) -> None:
    """Insert a position of the first sealed window that the server never got."""
    _, vehicle_id, window = first_window(tx).split(":")
    since = begins_at(int(window)).replace(tzinfo=None)
    tx.execute(
        text(
            "INSERT INTO position (device_id, vehicle_id, source, fixed_at, received_at, lon, lat,"
            " material, alarm, attributes, seen) SELECT device_id, vehicle_id, 'x', fixed_at,"
            " :received_at, lon, lat, material, alarm, attributes, true"
            " FROM position WHERE vehicle_id = :vehicle_id AND fixed_at > :since LIMIT 1"
        ),
        {"received_at": received_at, "vehicle_id": vehicle_id, "since": str(since)},
    )


def reported_and_sealed(tx) -> None:
    """Have people report a pass, and seal it."""
    tx.execute(
        text(
            "INSERT INTO pass (storm_id, segment_id, forward, from_m, to_m, started_at, ended_at,"
            " evidence_kind, confidence, material_kg) SELECT storm_id, segment_id, forward, from_m,"
            " to_m, started_at, ended_at, 'inspection', 1.0, 0.0 FROM pass LIMIT 1"
        )
    )
    reported_sealed(tx)


def reported_sealed(tx) -> None:
    subject, later = reported_subject(StormId(1)), v.NOW + timedelta(hours=6)
    unseal(tx, [subject])
    settled = {subject: settled_evidence(tx, later)[subject]}
    assert seal_evidence(tx, read_evidence(tx, settled), later) == 1


def chain_made_anew(tx) -> None:
    """Take the last lines away and write others, with hashes that fit."""
    for order in UNLOCKED:
        tx.execute(text(order))
    tx.execute(text("DELETE FROM event WHERE id > (SELECT max(id) - 3 FROM event)"))
    if postgres.WANTED:
        tx.execute(text("SELECT setval('event_id_seq', (SELECT max(id) FROM event))"))
    for _ in range(3):
        add_event(tx, v.NOW + timedelta(hours=5), SYSTEM, "storm.looked", "storm:1")


def orders(*words):
    def give(tx) -> None:
        for order in words:
            assert tx.execute(text(order)).rowcount != 0, order

    return give


def in_turn(*steps):
    def take(tx) -> None:
        for step in steps:
            step(tx)

    return take


TWELVE = [
    (
        "a line is changed",
        orders(*UNLOCKED, "UPDATE event SET actor_id = 'x' WHERE id = 9"),
        Wrong.ALTERED,
    ),
    ("a line is taken out", orders(*UNLOCKED, "DELETE FROM event WHERE id = 9"), Wrong.MISSING),
    ("the end of the log is written anew", chain_made_anew, Wrong.NOT_IN_CHAIN),
    (
        "a line is dated back",
        lambda tx: add_event(tx, v.NOW - timedelta(days=1), SYSTEM, "job.done", "job:1"),
        Wrong.BACKWARDS,
    ),
    (
        "a position is changed",
        orders("UPDATE position SET blade = false WHERE id = 30"),
        Wrong.RECORD,
    ),
    (
        "a position is changed and its half hour sealed anew",
        in_turn(orders("UPDATE position SET blade = NOT blade"), sealed_anew),
        Wrong.RECORD,
    ),
    (
        "a pass is taken out and its half hour sealed anew",
        in_turn(orders("DELETE FROM pass"), sealed_anew),
        Wrong.RESEALED,
    ),
    (
        "a position is put in, as if it had come in time, and its half hour sealed anew",
        in_turn(lambda tx: a_late_position(tx, "2026-01-01 00:00:00.000000"), sealed_anew),
        Wrong.BACKDATED,
    ),
    (
        "what people reported is changed and sealed anew",
        in_turn(
            reported_and_sealed, orders('DELETE FROM pass WHERE "window" IS NULL'), reported_sealed
        ),
        Wrong.RESEALED,
    ),
    (
        "a promise is widened",
        orders("UPDATE promise SET to_at = '2030-01-01 00:00:00.000000'"),
        Wrong.RECORD,
    ),
    (
        "a shift gets another driver",
        orders("UPDATE shift SET driver_id = 1 WHERE id = 1"),
        Wrong.RECORD,
    ),
    (
        "a tracker is put on another machine",
        orders("UPDATE device SET vehicle_id = 3 - vehicle_id"),
        Wrong.RECORD,
    ),
]
"""What somebody who may write to the database can do, as docs/security.md lists it."""
