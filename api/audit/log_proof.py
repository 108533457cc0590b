"""Verification of the whole audit log with its receipts, for the page and the command line."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from api.config.console import open_city_database
from api.processes.time_stamps import stamped_at
from data.errors import BarfrubError
from data.model import Event
from data.store.audit.audit_log_reader import UnreadableLine, read_audit_log
from data.store.audit.receipt_file import Receipt, list_receipts
from data.store.database.engine import reading
from fleet.audit.audit_log import Audit, audit
from fleet.audit.findings import Finding, Wrong

EACH = 1_000
"""Lines between two reports of the progress."""

RECORDS = "records"
"""Step that begins once all lines are read: records are compared with them."""


def prove(
    folder: Path,
    stamp_roots: Path | None,
    given: Iterable[Receipt] = (),
    report: Callable[[str], object] | None = None,
) -> Audit:
    """Verify every line of a city's log, the records it tells of, and its receipts.

    Receipts are those beside the city and the `given` ones; their time stamps are verified where
    there are `stamp_roots`. `report` is called with the number of lines read, then with `RECORDS`.
    """
    kept = list_receipts(folder)
    engine = open_city_database(folder)
    try:
        with reading(engine) as tx:
            done = audit(tx, _counted(read_audit_log(tx), report), [*kept, *given])
    finally:
        engine.dispose()
    done.receipts = len(kept)
    if stamp_roots is not None:
        done.findings += stamp_findings(kept, stamp_roots)
    return done


def _counted(
    lines: Iterator[Event | UnreadableLine], report: Callable[[str], object] | None
) -> Iterator[Event | UnreadableLine]:
    for number, line in enumerate(lines, start=1):
        yield line
        if report is not None and number % EACH == 0:
            report(str(number))
    if report is not None:
        report(RECORDS)


def stamp_findings(receipts: Iterable[Receipt], roots: Path) -> list[Finding]:
    """Return the time stamps of receipts that do not hold."""
    found: list[Finding] = []
    for receipt in receipts:
        if receipt.stamp:
            try:
                stamped_at(receipt.stamp, receipt.text, roots)
            except BarfrubError as error:
                found.append(Finding(Wrong.STAMP, receipt.line, "", found=str(error)))
    return found
