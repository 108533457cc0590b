"""The periodic task that enters settled evidence in the audit log."""

from itertools import batched

from api.config.clock import Clock
from api.processes.periodic_task import PeriodicTask
from data.store.database.engine import Database, reading, transaction
from fleet.audit.evidence_seals import read_evidence, seal_evidence, settled_evidence

AT_ONCE = 20
"""Half hours of vehicles in one transaction; they are read before it, 20 ms for 1,800 positions."""


class AuditTask(PeriodicTask):
    """Seals settled evidence in small transactions, so that other writers need not wait."""

    pause_s = 10.0

    def __init__(self, engine: Database, clock: Clock) -> None:
        super().__init__()
        self._engine = engine
        self._clock = clock

    def run(self) -> int:
        """Seal what is settled; return how many entries were written."""
        now, written = self._clock.now(), 0
        with reading(self._engine) as tx:
            waiting = settled_evidence(tx, now)
        for some in batched(waiting.items(), AT_ONCE, strict=False):
            with reading(self._engine) as tx:
                evidence = read_evidence(tx, dict(some))
            with transaction(self._engine) as tx:
                written += seal_evidence(tx, evidence, now)
        return written
