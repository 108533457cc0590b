"""The texts of `barfrub audit` for findings, and the receipts given to it."""

from data.errors import InvalidError
from data.store.audit.receipt_file import Receipt
from fleet.audit.findings import Finding

WORDS = {
    "altered": "says something else than it did",
    "unlinked": "does not follow the line before it",
    "missing": "is missing",
    "backwards": "is dated before the line before it, and no line says that the clock was set",
    "resealed": "seals evidence anew, and neither a new position nor a line explains why",
    "backdated": "names positions that claim to have come before the seal that lacks them",
    "not_in_chain": "is not the line that was noted: the log was written anew",
}
"""Texts of the faults that a line of the audit log may have."""


def receipt_of(text: str) -> Receipt:
    """Parse the receipt NUMBER:HASH of an earlier verify; raise `InvalidError`."""
    number, _, digest = text.partition(":")
    if not number.isdecimal() or len(digest) != 64:
        raise InvalidError("receipt", text, "NUMBER:HASH as `barfrub audit verify` prints it")
    return Receipt(int(number), digest)


def finding_text(finding: Finding) -> str:
    """Return a finding as one line."""
    about = f" ({finding.subject})" if finding.subject else ""
    if finding.wrong == "unreadable":
        return f"line {finding.line}{about} cannot be read: {finding.found}"
    if finding.wrong == "stamp":
        return finding.found
    if finding.wrong in WORDS:
        return f"line {finding.line}{about} {WORDS[finding.wrong]}"
    if finding.wrong == "unwritten":
        return f"{finding.subject}: the log does not say {finding.found!r}"
    return f"{finding.subject}: the log says {finding.expected!r}, found {finding.found!r}"
