"""What verification of the audit log finds."""

from dataclasses import dataclass
from enum import StrEnum


class Wrong(StrEnum):
    """What is wrong with a line of the audit log, or with a record that it is about."""

    UNREADABLE = "unreadable"
    ALTERED = "altered"
    UNLINKED = "unlinked"
    MISSING = "missing"
    NOT_IN_CHAIN = "not_in_chain"
    RECORD = "record"
    UNWRITTEN = "unwritten"
    BACKWARDS = "backwards"
    RESEALED = "resealed"
    BACKDATED = "backdated"
    STAMP = "stamp"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: the line, if it is of one, and its subject."""

    wrong: Wrong
    line: int | None
    subject: str
    expected: str = ""
    found: str = ""
