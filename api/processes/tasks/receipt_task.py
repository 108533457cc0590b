"""The periodic task that gives out receipts of the audit log."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from api.config.clock import Clock
from api.processes.messages.message_gateways import send_to_address
from api.processes.periodic_task import PeriodicTask
from api.processes.time_stamps import ask_for_stamp
from data.errors import BarfrubError
from data.store.audit.receipt_file import Receipt, add_receipt, last_receipt
from data.store.database.engine import Database, reading

EVERY_S = 3600.0
"""Time between two receipts in the server's log and in the city's file."""

AWAY_EVERY = timedelta(days=1)
"""Time between two receipts that leave the machine: a stamp, and a message."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReceiptTargets:
    """Where receipts go: an Apprise address, and the URL of a time-stamping authority.

    Empty ones get none. `send` and `stamp` reach them.
    """

    address: str = ""
    authority: str = ""
    send: Callable[[str, str, str], str] = send_to_address
    stamp: Callable[[str, str], bytes] = ask_for_stamp


class ReceiptTask(PeriodicTask):
    """Writes a receipt to the server's log and to a file, and once a day sends one away.

    In training nothing leaves the machine.
    """

    pause_s = EVERY_S

    def __init__(
        self,
        engine: Database,
        clock: Clock,
        folder: Path,
        targets: ReceiptTargets,
    ) -> None:
        super().__init__()
        self._engine = engine
        self._clock = clock
        self._folder = folder
        self._targets = targets
        self._last_line = 0
        self._away_at: datetime | None = None

    def run(self) -> Receipt | None:
        """Give out a receipt; `None` where no line was written since the last one."""
        with reading(self._engine) as tx:
            receipt = last_receipt(tx)
        if receipt is None or receipt.line == self._last_line:
            return None
        now = self._clock.now()
        due = self._away_at is None or now - self._away_at >= AWAY_EVERY
        if due and not self._clock.training:
            receipt = self._give_away(receipt)
            self._away_at = now
        add_receipt(self._folder, receipt, now)
        self._last_line = receipt.line
        _log.info("receipt of the audit log of %s: %s", self._folder.name, receipt.text)
        return receipt

    def _give_away(self, receipt: Receipt) -> Receipt:
        targets = self._targets
        if targets.authority:
            try:
                stamp = targets.stamp(targets.authority, receipt.text)
                receipt = Receipt(receipt.line, receipt.hash, stamp)
            except BarfrubError as error:  # the receipt itself is worth something too
                _log.warning("%s", error)
        if targets.address:
            title = f"Barfrub, {self._folder.name}: receipt of the audit log"
            if fault := targets.send(targets.address, title, receipt.text):
                _log.warning("the receipt could not be sent: %s", fault)
        return receipt
