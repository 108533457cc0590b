"""Which workers there are: each notes itself in the database while it runs."""

from collections.abc import Collection
from uuid import uuid4

from api.processes.periodic_task import PeriodicTask
from api.processes.workers.run_lease import real_now
from data.model import RunKind
from data.store.database.engine import Database, transaction
from data.store.planning.plan_workers import SEEN_FOR, note_worker, remove_workers

NOTED_S = 10.0


class WorkerPresence(PeriodicTask):
    """Notes a worker every few seconds, and removes it at the end."""

    pause_s = NOTED_S
    runs_at_once = True

    def __init__(self, engine: Database, kinds: Collection[RunKind]) -> None:
        super().__init__()
        self._engine = engine
        self._kinds = kinds
        self._name = uuid4().hex

    def run(self) -> None:
        """Note that the worker is there."""
        with transaction(self._engine) as tx:
            note_worker(tx, self._name, self._kinds, real_now())

    def __enter__(self) -> None:
        """Start to note it; who asks next knows of it."""
        self._guarded_step()
        self.start()

    def __exit__(self, *_error: object) -> None:
        """Remove it, and those that ended without."""
        self.stop()
        with transaction(self._engine) as tx:
            remove_workers(tx, self._name, real_now() - SEEN_FOR)
