"""Verification of evidence: every seal holds for the rows of today, and each new one is explained.

All seals of a track window are checked, not the last one only: whoever changes a sealed position
and has the server seal it anew contradicts the seal before.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from data.model import Event, StormId, VehicleId
from data.store.audit.audit_seals import (
    SEALED,
    TOLD,
    WINDOW,
    arrivals_between,
    first_seal_of_fixes,
    list_passes_sealed_apart,
    reported_subject,
    seal_of_reported,
    seal_of_window,
    seals_of_fixes,
    window_subject,
)
from data.store.database.engine import Tx
from fleet.audit.clock_lines import SAME_MOMENT
from fleet.audit.evidence_seals import PROOF
from fleet.audit.findings import Finding, Wrong
from fleet.coverage.track_windows import begins_at, fix_span
from fleet.evidence.change_reasons import RECOMPUTED, REDERIVED, REPORTED


@dataclass(slots=True)
class SealedEvidence:
    """What the lines of the log say of evidence, in their order."""

    seals: dict[str, list[Event]] = field(default_factory=dict)
    reasons: dict[str, list[int]] = field(default_factory=dict)
    recomputed: list[int] = field(default_factory=list)
    clock_set: list[int] = field(default_factory=list)

    def take(self, line: Event) -> None:
        """Remember a line that is about evidence."""
        match line.verb:
            case verb if verb == SEALED:
                self.seals.setdefault(line.subject, []).append(line)
            case verb if verb in {REDERIVED, REPORTED}:
                self.reasons.setdefault(line.subject, []).append(line.id)
            case verb if verb == RECOMPUTED:
                self.recomputed.append(line.id)

    def explained(self, subject: str, before: Event, after: Event) -> bool:
        """Whether a line between two seals tells why passes are others."""
        lines = (*self.reasons.get(subject, ()), *self.recomputed)
        return any(before.id < line < after.id for line in lines)

    def clock_was_set(self, before: Event, after: Event) -> bool:
        """Whether the clock was set between two lines."""
        return any(before.id < line < after.id for line in self.clock_set)


def check_evidence(tx: Tx, said: SealedEvidence, waiting: Iterable[str]) -> Iterator[Finding]:
    """Yield what contradicts the seals; of `waiting` evidence only its new part has none yet."""
    open_ones = set(waiting)
    for subject, seals in said.seals.items():
        kind, *key = subject.split(":")
        changed = subject in open_ones
        if kind == WINDOW:
            yield from _window(tx, said, seals, (VehicleId(int(key[0])), int(key[1])), changed)
        elif kind == TOLD:
            yield from _reported(tx, said, seals, StormId(int(key[0])), changed)
    for storm_id, vehicle_id, window in list_passes_sealed_apart(tx):
        subject = reported_subject(storm_id)
        if vehicle_id is not None and window is not None:
            subject = window_subject(vehicle_id, window)
        if subject not in open_ones and subject not in said.seals:
            yield Finding(Wrong.UNWRITTEN, None, subject, "", "passes")


def _window(
    tx: Tx,
    said: SealedEvidence,
    seals: Sequence[Event],
    key: tuple[VehicleId, int],
    changed: bool,
) -> Iterator[Finding]:
    vehicle_id, window = key
    since, until = begins_at(window), begins_at(window + 1)
    last = seals[-1]
    named = [one for one in seals if PROOF in one.after]
    marks = [_number(one.after.get("newest_position")) for one in named]
    found, more = seals_of_fixes(tx, vehicle_id, since, until, sorted(marks))
    for line, seal in zip(named, found, strict=True):
        yield from _compared(line, "positions", seal.rows, seal.digest)
    if named and more and not changed:
        yield Finding(Wrong.UNWRITTEN, None, last.subject, "", "positions")
    if not named and not changed:
        first = first_seal_of_fixes(tx, vehicle_id, since, until)
        yield from _compared(last, "positions", first.rows, first.digest)
    if not changed:
        passes = seal_of_window(tx, vehicle_id, window)
        yield from _compared(last, "passes", passes.rows, passes.digest)
    for before, after in pairwise(named):
        yield from _next_seal(tx, said, before, after, key)


def _next_seal(
    tx: Tx, said: SealedEvidence, before: Event, after: Event, key: tuple[VehicleId, int]
) -> Iterator[Finding]:
    """Compare what a seal says of the time since the one before it with what came."""
    vehicle_id, window = key
    ids = _number(before.after.get("newest_position")), _number(after.after.get("newest_position"))
    came = arrivals_between(tx, vehicle_id, *fix_span(window), ids)
    if after.after.get("new_positions") != list(came):
        text = f"{len(came)} positions that came"
        yield Finding(Wrong.RECORD, after.id, after.subject, "other positions that came", text)
    if not came and not said.explained(after.subject, before, after):
        yield Finding(Wrong.RESEALED, after.id, after.subject)
    early = came and min(came.values()) < before.at - SAME_MOMENT
    if early and not said.clock_was_set(before, after):
        yield Finding(Wrong.BACKDATED, after.id, after.subject)


def _reported(
    tx: Tx, said: SealedEvidence, seals: Sequence[Event], storm_id: StormId, changed: bool
) -> Iterator[Finding]:
    if not changed:
        seal = seal_of_reported(tx, storm_id)
        yield from _compared(seals[-1], "passes", seal.rows, seal.digest)
    for before, after in pairwise(one for one in seals if PROOF in one.after):
        if not said.explained(after.subject, before, after):
            yield Finding(Wrong.RESEALED, after.id, after.subject)


def _compared(line: Event, name: str, rows: int, digest: str) -> Iterator[Finding]:
    if line.after.get(f"{name}_digest") != digest:
        written, found = f"{line.after.get(name)} {name}", f"{rows} other {name}"
        yield Finding(Wrong.RECORD, line.id, line.subject, written, found)


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
