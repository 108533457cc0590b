"""Verification of shifts, promises and trackers by the digests in the lines of their changes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from data.model import Event
from data.store.audit.changed_rows import ADDED, CHANGED
from fleet.audit.findings import Finding, Wrong


@dataclass(slots=True)
class WrittenRows:
    """The last digest of each row by the log, and the first row of each kind whose line has one.

    Rows from before that were added when lines had no digests yet, and nothing vouches for them
    until they are changed.
    """

    digest: dict[str, str] = field(default_factory=dict)
    first: dict[str, int] = field(default_factory=dict)

    def take(self, line: Event) -> None:
        """Remember the digests of a line."""
        for subject, digest in _listed(line.after.get(ADDED)).items():
            kind, _, key = subject.partition(":")
            self.digest[subject] = str(digest)
            if key.isdecimal():
                self.first[kind] = min(self.first.get(kind, int(key)), int(key))
        for subject, digest in _listed(line.after.get(CHANGED)).items():
            self.digest[subject] = str(digest)

    def check(self, stored: Iterable[tuple[str, str]]) -> Iterator[Finding]:
        """Compare the stored rows with the lines."""
        left = dict(self.digest)
        for subject, digest in stored:
            kind, _, key = subject.partition(":")
            written = left.pop(subject, None)
            if written is None and int(key) >= self.first.get(kind, int(key) + 1):
                yield Finding(Wrong.UNWRITTEN, None, subject, "", kind)
            elif written not in {None, digest}:
                yield Finding(Wrong.RECORD, None, subject, f"a {kind}", f"another {kind}")
        for subject in left:
            kind = subject.partition(":")[0]
            yield Finding(Wrong.RECORD, None, subject, f"a {kind}", "none")


def _listed(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}
