"""Receipts of the audit log in a file beside the database: number and hash of its last line.

Whoever rewrites the log in the database contradicts them. Copies that left the machine hold
against whoever may write to the file as well.
"""

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from data.errors import BarfrubError
from data.store.database.engine import Tx
from data.store.schema import event

RECEIPTS = "receipts.jsonl"
"""File in a city's folder, one JSON object a line."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Number and hash of a line of the audit log; a rebuilt chain does not have it.

    `stamp` is the answer of a time-stamping authority (RFC 3161) about `text`, empty without one.
    """

    line: int
    hash: str
    stamp: bytes = b""

    @property
    def text(self) -> str:
        """The receipt as people write it down: NUMBER:HASH."""
        return f"{self.line}:{self.hash}"


def last_receipt(tx: Tx) -> Receipt | None:
    """Return the receipt of the whole log of now; `None` where it has no line."""
    query = select(event.c.id, event.c.hash).order_by(event.c.id.desc()).limit(1)
    row = tx.execute(query).first()
    return None if row is None else Receipt(row.id, row.hash)


def add_receipt(folder: Path, receipt: Receipt, at: datetime) -> None:
    """Write a receipt at the end of the file."""
    said = {"line": receipt.line, "hash": receipt.hash, "at": at.isoformat()}
    if receipt.stamp:
        said["stamp"] = b64encode(receipt.stamp).decode()
    with (folder / RECEIPTS).open("a", encoding="utf-8") as file:
        file.write(json.dumps(said) + "\n")


def list_receipts(folder: Path) -> list[Receipt]:
    """Return the receipts of the file, oldest first; raise `BarfrubError` for one that is none."""
    try:
        lines = (folder / RECEIPTS).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    return [_receipt(number, text) for number, text in enumerate(lines, start=1)]


def _receipt(number: int, text: str) -> Receipt:
    try:
        said = json.loads(text)
        return Receipt(int(said["line"]), str(said["hash"]), b64decode(said.get("stamp", "")))
    except (ValueError, KeyError, TypeError) as error:
        raise BarfrubError(f"line {number} of {RECEIPTS} cannot be read: {text!r}") from error
