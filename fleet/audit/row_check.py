"""Verification of shifts, promises and trackers by the digests in the lines of their changes."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from data.model import Event
from data.store.audit.changed_rows import ADDED, CHANGED
from data.store.audit.digests import digest_of
from fleet.audit.findings import Finding, Wrong


@dataclass(slots=True)
class RowRun:
    """Rows with consecutive numbers that were added together, and one digest of theirs all."""

    kind: str
    first: int
    last: int
    digest: str
    found: list[str] = field(default_factory=list)

    def check(self) -> Iterator[Finding]:
        """Compare the digests of the stored rows, in order, with the line's."""
        rows = self.last - self.first + 1
        if len(self.found) != rows or digest_of(self.found) != self.digest:
            subject = f"{self.kind}:{self.first}-{self.last}"
            found = f"{len(self.found)} {self.kind}s, not all the same"
            yield Finding(Wrong.RECORD, None, subject, f"{rows} {self.kind}s", found)


@dataclass(slots=True)
class WrittenRows:
    """The last digest of each row by the log, and the first row of each kind whose line has one.

    Rows from before that were added when lines had no digests yet, and nothing vouches for them
    until they are changed.
    """

    digest: dict[str, str] = field(default_factory=dict)
    runs: dict[str, list[RowRun]] = field(default_factory=dict)
    first: dict[str, int] = field(default_factory=dict)

    def take(self, line: Event) -> None:
        """Remember the digests of a line."""
        for subject, digest in _listed(line.after.get(ADDED)).items():
            kind, _, key = subject.partition(":")
            first, dash, last = key.partition("-")
            if dash and first.isdecimal() and last.isdecimal():
                run = RowRun(kind, int(first), int(last), str(digest))
                self.runs.setdefault(kind, []).append(run)
            else:
                self.digest[subject] = str(digest)
            if first.isdecimal():
                self.first[kind] = min(self.first.get(kind, int(first)), int(first))
        for subject, digest in _listed(line.after.get(CHANGED)).items():
            self.digest[subject] = str(digest)

    def check(self, stored: Iterable[tuple[str, str]]) -> Iterator[Finding]:
        """Compare the stored rows, in the order of their numbers, with the lines."""
        left = dict(self.digest)
        for runs in self.runs.values():
            runs.sort(key=_first)
        for subject, digest in stored:
            kind, _, key = subject.partition(":")
            run = self._run_of(kind, int(key))
            if run is not None:
                run.found.append(digest)
                continue
            written = left.pop(subject, None)
            if written is None and int(key) >= self.first.get(kind, int(key) + 1):
                yield Finding(Wrong.UNWRITTEN, None, subject, "", kind)
            elif written not in {None, digest}:
                yield Finding(Wrong.RECORD, None, subject, f"a {kind}", f"another {kind}")
        for subject in left:
            kind = subject.partition(":")[0]
            yield Finding(Wrong.RECORD, None, subject, f"a {kind}", "none")
        for runs in self.runs.values():
            for run in runs:
                yield from run.check()

    def _run_of(self, kind: str, key: int) -> RowRun | None:
        """Return the rows that a row was added with, if their line has one digest of all."""
        runs = self.runs.get(kind, [])
        place = bisect_right(runs, key, key=_first)
        return runs[place - 1] if place and key <= runs[place - 1].last else None


def _first(run: RowRun) -> int:
    return run.first


def _listed(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}
