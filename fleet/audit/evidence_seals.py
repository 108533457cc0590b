"""Evidence is sealed in the audit log once it is settled, and again when it changes later.

A seal of a track window names the newest position that it includes. One that follows another names
the positions that came since; what changes passes otherwise writes a line of its own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.model import Actor, ActorKind, StormId, VehicleId
from data.store.audit.audit_log import add_event, find_last_event_on
from data.store.audit.audit_seals import (
    SEALED,
    TOLD,
    arrivals_between,
    count_changes,
    fixes_wait,
    forget_unsealed,
    newest_fix,
    seal_of_reported,
    seal_of_window,
    seals_of_fixes,
)
from data.store.database.engine import Tx
from fleet.coverage.track_windows import begins_at, fix_span

SEALER = Actor(ActorKind.SYSTEM, "book")
"""Who writes down what evidence is."""

QUIET = timedelta(minutes=10)
"""So long after a half hour its last positions have come and were looked at, as a rule."""

PROOF = "proof"
"""Field of a seal: which rules it keeps; those without it are older than `PROOF_RULES`."""

PROOF_RULES = 2
"""Seals that name their newest position, and what has come since the seal before them."""

DIGESTS = ("positions_digest", "passes_digest")


@dataclass(frozen=True, slots=True)
class SettledEvidence:
    """Seals of settled evidence, as read after so many `changes` of it.

    One that is not `new` says what the last line says.
    """

    subject: str
    changes: int
    sealed: Mapping[str, object]
    new: bool


def read_evidence(tx: Tx, settled: Mapping[str, int]) -> list[SettledEvidence]:
    """Return the seals of settled evidence, with the number of changes that they include.

    Without those of vehicles whose positions wait: they would be sealed again at once.
    """
    return [_read(tx, each, changes) for each, changes in settled.items() if not _waits(tx, each)]


def _read(tx: Tx, subject: str, changes: int) -> SettledEvidence:
    last = find_last_event_on(tx, subject, [SEALED])
    before = {} if last is None else last.after
    sealed = sealed_as(tx, subject, before)
    new = any(before.get(name) != sealed.get(name) for name in DIGESTS)
    return SettledEvidence(subject, changes, sealed, new)


def _waits(tx: Tx, subject: str) -> bool:
    kind, *key = subject.split(":")
    return kind != TOLD and fixes_wait(tx, VehicleId(int(key[0])), *fix_span(int(key[1])))


def seal_evidence(tx: Tx, evidence: Iterable[SettledEvidence], now: datetime) -> int:
    """Seal settled evidence and return how many seals; without what changed since it was read."""
    written = 0
    for one in evidence:
        if forget_unsealed(tx, one.subject, one.changes) and one.new:
            add_event(tx, now, SEALER, SEALED, one.subject, after=dict(one.sealed))
            written += 1
    return written


def settled_evidence(tx: Tx, now: datetime) -> dict[str, int]:
    """Return the changed subjects not sealed yet, without track windows that may still grow.

    With each, how often it has changed.
    """
    return {each: changes for each, changes in count_changes(tx).items() if _over(each, now)}


def _over(subject: str, now: datetime) -> bool:
    kind, *key = subject.split(":")
    return kind == TOLD or begins_at(int(key[1]) + 1) + QUIET <= now


def sealed_as(tx: Tx, subject: str, before: Mapping[str, object]) -> dict[str, object]:
    """Return the fields of a seal: counts and digests of the rows of its evidence.

    `before` are those of the seal before it, empty for a first one.
    """
    kind, *key = subject.split(":")
    if kind == TOLD:
        seal = seal_of_reported(tx, StormId(int(key[0])))
        return {"passes": seal.rows, "passes_digest": seal.digest, PROOF: PROOF_RULES}
    vehicle_id, window = VehicleId(int(key[0])), int(key[1])
    since, until = begins_at(window), begins_at(window + 1)
    newest = newest_fix(tx, vehicle_id, *fix_span(window))
    (fixes,), _ = seals_of_fixes(tx, vehicle_id, since, until, [newest])
    passes = seal_of_window(tx, vehicle_id, window)
    sealed: dict[str, object] = {
        "since": since.isoformat(),
        "positions": fixes.rows,
        "positions_digest": fixes.digest,
        "passes": passes.rows,
        "passes_digest": passes.digest,
        "newest_position": newest,
        PROOF: PROOF_RULES,
    }
    known = before.get("newest_position")
    if isinstance(known, int):
        came = arrivals_between(tx, vehicle_id, *fix_span(window), (known, newest))
        sealed["new_positions"] = list(came)
    return sealed
