"""Audit of a city's log: evidence is sealed in it once settled; `audit` verifies log and records.

The chain shows that no line was changed. Lines also say what plans, evidence, words, states and
rights are, so that a row that was changed behind the log's back does not agree with it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from data.model import Actor, ActorKind, Event, JobState, PlanId, StormId, VehicleId
from data.store.audit.audit_log import add_event, hash_of
from data.store.audit.audit_log_reader import UnreadableLine
from data.store.audit.audit_seals import (
    TOLD,
    count_changes,
    forget_unsealed,
    list_passes_sealed_apart,
    list_unsealed,
    reported_subject,
    seal_of_fixes,
    seal_of_plan,
    seal_of_reported,
    seal_of_window,
    window_subject,
)
from data.store.audit.audited_rows import (
    RequestTextRow,
    RightsRow,
    StateRow,
    list_crew_job_states,
    list_done_jobs,
    list_plan_states,
    list_request_states,
    list_request_texts,
    list_rights,
)
from data.store.database.engine import Tx
from fleet.coverage.track_windows import begins_at
from fleet.requests.intake import salted_digest

SEALER = Actor(ActorKind.SYSTEM, "book")
"""Who writes down what evidence is."""

QUIET = timedelta(minutes=10)
"""So long after a half hour its last positions have come and were looked at, as a rule."""

SEALED = "evidence.sealed"
"""Verb of a line that says what evidence is."""


class Wrong(StrEnum):
    """What is wrong with a line of the audit log, or with a record that it is about."""

    UNREADABLE = "unreadable"
    ALTERED = "altered"
    UNLINKED = "unlinked"
    MISSING = "missing"
    NOT_IN_CHAIN = "not_in_chain"
    RECORD = "record"
    UNWRITTEN = "unwritten"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: the line, if it is of one, and its subject."""

    wrong: Wrong
    line: int | None
    subject: str
    expected: str = ""
    found: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Number and hash of a line, noted outside of the server; a rebuilt chain does not have it."""

    line: int
    hash: str


@dataclass(slots=True)
class Audit:
    """Result of reading the whole log: its length, its last hash, and the findings."""

    lines: int = 0
    last_hash: str = ""
    findings: list[Finding] = field(default_factory=list)
    unsealed: int = 0


@dataclass(frozen=True, slots=True)
class SettledEvidence:
    """Seals of settled evidence, as read after so many `changes` of it."""

    subject: str
    changes: int
    sealed: Mapping[str, object]


def read_evidence(tx: Tx, settled: Mapping[str, int]) -> list[SettledEvidence]:
    """Return the seals of settled evidence, with the number of changes that they include."""
    return [
        SettledEvidence(each, changes, sealed_as(tx, each)) for each, changes in settled.items()
    ]


def seal_evidence(tx: Tx, evidence: Iterable[SettledEvidence], now: datetime) -> int:
    """Seal settled evidence and return how many seals; without what changed since it was read."""
    written = 0
    for one in evidence:
        if forget_unsealed(tx, one.subject, one.changes):
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


def sealed_as(tx: Tx, subject: str) -> dict[str, object]:
    """Return the fields of a seal: counts and digests of the rows of its evidence."""
    kind, *key = subject.split(":")
    if kind == TOLD:
        seal = seal_of_reported(tx, StormId(int(key[0])))
        return {"passes": seal.rows, "passes_digest": seal.digest}
    vehicle_id, window = VehicleId(int(key[0])), int(key[1])
    since, until = begins_at(window), begins_at(window + 1)
    fixes = seal_of_fixes(tx, vehicle_id, since, until)
    passes = seal_of_window(tx, vehicle_id, window)
    return {
        "since": since.isoformat(),
        "positions": fixes.rows,
        "positions_digest": fixes.digest,
        "passes": passes.rows,
        "passes_digest": passes.digest,
    }


def audit(
    tx: Tx, lines: Iterable[Event | UnreadableLine], receipts: Iterable[Receipt] = ()
) -> Audit:
    """Verify the whole log and compare the records with it.

    What an altered line says counts for nothing.
    """
    done, last = Audit(), _LastStates()
    noted = {receipt.line: receipt.hash for receipt in receipts}
    for line in lines:
        wrong = list(_of_line(line, done))
        done.findings += wrong
        if noted.pop(line.id, line.hash) != line.hash:
            done.findings.append(Finding(Wrong.NOT_IN_CHAIN, line.id, line.subject))
        if isinstance(line, Event) and Wrong.ALTERED not in {one.wrong for one in wrong}:
            last.take(line)
        done.lines, done.last_hash = line.id, line.hash
    done.findings += [Finding(Wrong.MISSING, line, "") for line in noted]
    done.findings += _of_records(tx, last)
    done.unsealed = len(list_unsealed(tx))
    return done


def _of_line(line: Event | UnreadableLine, before: Audit) -> Iterator[Finding]:
    for number in range(before.lines + 1, line.id):
        yield Finding(Wrong.MISSING, number, "")
    if isinstance(line, UnreadableLine):
        yield Finding(Wrong.UNREADABLE, line.id, line.subject, found=line.reason)
    elif line.hash != hash_of(line):
        yield Finding(Wrong.ALTERED, line.id, line.subject)
    elif line.previous_hash != before.last_hash:
        yield Finding(Wrong.UNLINKED, line.id, line.subject)


@dataclass(slots=True)
class _LastStates:
    """The last state of each subject by the log."""

    state: dict[str, str] = field(default_factory=dict)
    digest: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    seals: dict[str, Event] = field(default_factory=dict)
    roles: dict[str, list[str]] = field(default_factory=dict)
    shut_out: set[str] = field(default_factory=set)

    def take(self, line: Event) -> None:
        subject, after = line.subject, line.after
        if "state" in after:
            self.state[subject] = str(after["state"])
        match line.verb:
            case "plan.drafted" | "plan.edited" | "plan.edit_undone" | "plan.edit_redone":
                self.digest[subject] = str(after.get("digest", ""))
                self.state[subject] = "draft"
            case "request.received":
                self.words[subject] = str(after.get("words_digest", ""))
            case "evidence.sealed":
                self.seals[subject] = line
            case "user.added" | "user.roles_set":
                self.roles[subject] = [str(role) for role in _listed(after.get("roles"))]
            case "user.disabled":
                self.shut_out.add(subject)
            case "user.enabled":
                self.shut_out.discard(subject)


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _of_records(tx: Tx, last: _LastStates) -> Iterator[Finding]:
    yield from _states(list_request_states(tx), last)
    yield from _states(list_crew_job_states(tx), last)
    plans = list_plan_states(tx)
    yield from _states(plans, last)
    yield from (
        Finding(Wrong.UNWRITTEN, None, subject, JobState.OPEN, JobState.DONE)
        for subject in list_done_jobs(tx)
        if last.state.get(subject) != JobState.DONE
    )
    yield from _texts(list_request_texts(tx), last)
    yield from _rights(list_rights(tx), last)
    yield from _plans(tx, {row.subject for row in plans}, last)
    yield from _evidence(tx, last)


def _states(rows: Iterable[StateRow], last: _LastStates) -> Iterator[Finding]:
    for row in rows:
        written = last.state.get(row.subject)
        if written is None:
            yield Finding(Wrong.UNWRITTEN, None, row.subject, "", row.state)
        elif written != row.state:
            yield Finding(Wrong.RECORD, None, row.subject, written, row.state)


def _texts(rows: Iterable[RequestTextRow], last: _LastStates) -> Iterator[Finding]:
    for row in rows:
        written = last.words.get(row.subject)
        if written and written != salted_digest(row.salt, row.text):
            yield Finding(Wrong.RECORD, None, row.subject, "words", "other words")


def _rights(rows: Iterable[RightsRow], last: _LastStates) -> Iterator[Finding]:
    for row in rows:
        written = last.roles.get(row.subject)
        if written is None:
            yield Finding(Wrong.UNWRITTEN, None, row.subject, "", ", ".join(row.roles))
        elif written != list(row.roles):
            yield Finding(Wrong.RECORD, None, row.subject, ", ".join(written), ", ".join(row.roles))
        elif row.disabled != (row.subject in last.shut_out):
            state = ("may sign in", "shut out")
            wanted, found = state[not row.disabled], state[row.disabled]
            yield Finding(Wrong.RECORD, None, row.subject, wanted, found)


def _plans(tx: Tx, stored: Collection[str], last: _LastStates) -> Iterator[Finding]:
    for subject, digest in last.digest.items():
        if subject not in stored:
            yield Finding(Wrong.RECORD, None, subject, "a plan", "none")
        elif digest and digest != seal_of_plan(tx, PlanId(int(subject.split(":")[1]))).digest:
            yield Finding(Wrong.RECORD, None, subject, "its routes", "other routes")


def _evidence(tx: Tx, last: _LastStates) -> Iterator[Finding]:
    """Compare sealed evidence that did not change since; what has no seal is skipped."""
    waiting = set(list_unsealed(tx))
    for subject, line in last.seals.items():
        if subject in waiting:
            continue
        now = sealed_as(tx, subject)
        for name in ("positions", "passes"):
            if line.after.get(f"{name}_digest") != now.get(f"{name}_digest"):
                written, found = f"{line.after[name]} {name}", f"{now[name]} other {name}"
                yield Finding(Wrong.RECORD, line.id, subject, written, found)
    for storm_id, vehicle_id, window in list_passes_sealed_apart(tx):
        subject = reported_subject(storm_id)
        if vehicle_id is not None and window is not None:
            subject = window_subject(vehicle_id, window)
        if subject not in waiting and subject not in last.seals:
            yield Finding(Wrong.UNWRITTEN, None, subject, "", "passes")
