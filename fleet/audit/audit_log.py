"""Audit of a city's log: `audit` verifies every line, and the records that lines tell of.

The chain shows that no line was changed. Lines also say what plans, evidence, words, states and
rights are, so that a row that was changed behind the log's back does not agree with it.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from data.model import Event, JobState, PlanId
from data.store.audit.audit_log import hash_of
from data.store.audit.audit_log_reader import UnreadableLine
from data.store.audit.audit_seals import list_unsealed, seal_of_plan
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
from data.store.audit.changed_rows import list_row_digests
from data.store.audit.receipt_file import Receipt
from data.store.database.engine import Tx
from fleet.audit.clock_lines import LineTimes
from fleet.audit.evidence_check import SealedEvidence, check_evidence
from fleet.audit.findings import Finding, Wrong
from fleet.audit.row_check import WrittenRows
from fleet.requests.intake import salted_digest


@dataclass(slots=True)
class Audit:
    """Result of reading the whole log: its length, its last hash, and the findings.

    `unsealed` half hours have no line yet, `clock_jumps` lines tell of a clock that was set.
    `first_at` and `last_at` are the times of the first and the last line, and `receipts` is how
    many kept beside the city were compared.
    """

    lines: int = 0
    last_hash: str = ""
    findings: list[Finding] = field(default_factory=list)
    unsealed: int = 0
    clock_jumps: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    receipts: int = 0


def audit(
    tx: Tx, lines: Iterable[Event | UnreadableLine], receipts: Iterable[Receipt] = ()
) -> Audit:
    """Verify the whole log and compare the records with it.

    What an altered line says counts for nothing.
    """
    done, last = Audit(), _LastStates()
    noted: dict[int, set[str]] = {}
    for receipt in receipts:
        noted.setdefault(receipt.line, set()).add(receipt.hash)
    for line in lines:
        wrong = list(_of_line(line, done))
        done.findings += wrong
        if noted.pop(line.id, {line.hash}) != {line.hash}:
            done.findings.append(Finding(Wrong.NOT_IN_CHAIN, line.id, line.subject))
        if isinstance(line, Event):
            done.first_at, done.last_at = done.first_at or line.at, line.at
        if isinstance(line, Event) and Wrong.ALTERED not in {one.wrong for one in wrong}:
            if last.times.runs_backwards(line):
                done.findings.append(Finding(Wrong.BACKWARDS, line.id, line.subject))
            last.take(line)
        done.lines, done.last_hash = line.id, line.hash
    done.findings += [Finding(Wrong.MISSING, line, "") for line in noted]
    done.findings += _of_records(tx, last)
    done.unsealed, done.clock_jumps = len(list_unsealed(tx)), last.times.jumps
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
    evidence: SealedEvidence = field(default_factory=SealedEvidence)
    rows: WrittenRows = field(default_factory=WrittenRows)
    times: LineTimes = field(default_factory=LineTimes)
    roles: dict[str, list[str]] = field(default_factory=dict)
    shut_out: set[str] = field(default_factory=set)

    def take(self, line: Event) -> None:
        subject, after = line.subject, line.after
        if "state" in after:
            self.state[subject] = str(after["state"])
        self.evidence.take(line)
        self.rows.take(line)
        match line.verb:
            case "plan.drafted" | "plan.edited" | "plan.edit_undone" | "plan.edit_redone":
                self.digest[subject] = str(after.get("digest", ""))
                self.state[subject] = "draft"
            case "request.received":
                self.words[subject] = str(after.get("words_digest", ""))
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
    yield from last.rows.check(list_row_digests(tx))
    last.evidence.clock_set = last.times.set_in
    yield from check_evidence(tx, last.evidence, list_unsealed(tx))


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
