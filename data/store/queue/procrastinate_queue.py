"""The queue of runs on PostgreSQL: procrastinate's jobs, one for each run that is not over.

A taken run has a worker of procrastinate's own, whose heartbeats say that it is alive by the
clock of the database: those of several machines need not agree.
"""

from collections.abc import Collection, Coroutine, Iterable
from datetime import UTC, datetime
from typing import Any, LiteralString, cast

from procrastinate import SyncPsycopgConnector
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager, get_channel_for_queues
from procrastinate.schema import SchemaManager

from data.model import PlanRunId, RunKind
from data.store.database.engine import Tx
from data.store.queue.run_queue import LEASE_S, rank_of, unfinished_runs

TASK = "plan_run"
"""Name of the task of all jobs; their queue is the kind of the run."""

AT_ONCE = datetime(2000, 1, 1, tzinfo=UTC)
"""From when on a job that is put back may be taken: long ago for a transaction of any age."""


class ProcrastinateQueue:
    """Keeps the order of runs, who is alive and who is woken, in tables of procrastinate."""

    def make(self, tx: Tx) -> None:
        """Make procrastinate's tables, types and functions in the schema of the city."""
        SchemaManager(_TxConnector(tx)).apply_schema()

    def add(self, tx: Tx, run_id: PlanRunId, kind: RunKind) -> None:
        """Defer a job; those who listen hear of it once the transaction is committed."""
        name = _name(run_id)
        job = Job(
            queue=kind.value,
            priority=-rank_of(kind),
            lock=name,
            queueing_lock=name,
            task_name=TASK,
            task_kwargs={"run": run_id},
        )
        _jobs(tx).defer_job(job)

    def waits(self, tx: Tx, now: datetime, kinds: Collection[RunKind]) -> bool:
        """Whether a job waits in a queue of some kinds, or its worker is silent."""
        jobs = _jobs(tx)
        if any(jobs.list_jobs(queue=kind.value, status=Status.TODO.value) for kind in kinds):
            return True
        return any(job.queue in kinds for job in _stalled(jobs))

    def abandoned(self, tx: Tx, now: datetime) -> list[PlanRunId]:
        """Return the runs whose workers are silent."""
        return [_run_of(job) for job in _stalled(_jobs(tx))]

    def take(self, tx: Tx, now: datetime, kinds: Collection[RunKind]) -> PlanRunId | None:
        """Fetch the next job for a worker of its own; jobs of silent workers are retried first."""
        jobs = _jobs(tx)
        for stalled in _stalled(jobs):
            if stalled.queue in kinds:
                _retry(jobs, stalled)
        worker_id = _answer(jobs.register_worker())
        job = _answer(jobs.fetch_job([kind.value for kind in kinds], worker_id))
        if job is None:
            _answer(jobs.unregister_worker(worker_id))
            return None
        return _run_of(job)

    def keep(self, tx: Tx, run_id: PlanRunId) -> None:
        """Send a heartbeat of the run's worker."""
        jobs = _jobs(tx)
        for job in jobs.list_jobs(lock=_name(run_id)):
            if job.worker_id is not None:
                _answer(jobs.update_heartbeat(job.worker_id))

    def end(self, tx: Tx, run_id: PlanRunId) -> None:
        """Delete the job and its worker: the row tells how the run ended."""
        jobs = _jobs(tx)
        for job in jobs.list_jobs(lock=_name(run_id)):
            _answer(jobs.finish_job(job, Status.SUCCEEDED, delete_job=True))
            _release(jobs, job)

    def put_back(self, tx: Tx, run_id: PlanRunId) -> None:
        """Let the job wait again under its number, and so in its place."""
        jobs = _jobs(tx)
        for job in jobs.list_jobs(lock=_name(run_id)):
            _retry(jobs, job)

    def refill(self, tx: Tx) -> None:
        """Delete all jobs and workers, and defer a job for each run that is not over."""
        jobs = _jobs(tx)
        for job in jobs.list_jobs():
            _answer(jobs.finish_job(job, Status.SUCCEEDED, delete_job=True))
        _answer(jobs.prune_stalled_workers(-1))  # those that are alive now, too
        for run_id, kind in unfinished_runs(tx):
            self.add(tx, run_id, kind)

    def channels(self, kinds: Collection[RunKind]) -> list[str]:
        """Return the channels of the queues; all cities of a database share them."""
        return list(get_channel_for_queues([kind.value for kind in kinds]))


class _TxConnector(SyncPsycopgConnector):
    """Lets procrastinate ask in a transaction of ours; its errors are those of all our queries."""

    def __init__(self, tx: Tx) -> None:
        super().__init__()
        self._tx = tx

    def execute_query(self, query: LiteralString, **arguments: object) -> None:
        self._tx.exec_driver_sql(query, self._wrap_json(arguments))

    def execute_query_all(self, query: LiteralString, **arguments: object) -> list[dict[str, Any]]:
        found = self._tx.exec_driver_sql(query, self._wrap_json(arguments))
        return [dict(row) for row in found.mappings()]

    def execute_query_one(self, query: LiteralString, **arguments: object) -> dict[str, Any]:
        return self.execute_query_all(query, **arguments)[0]

    async def execute_query_async(self, query: LiteralString, **arguments: object) -> None:
        self.execute_query(query, **arguments)

    async def execute_query_all_async(
        self, query: LiteralString, **arguments: object
    ) -> list[dict[str, Any]]:
        return self.execute_query_all(query, **arguments)

    async def execute_query_one_async(
        self, query: LiteralString, **arguments: object
    ) -> dict[str, Any]:
        return self.execute_query_one(query, **arguments)


def _jobs(tx: Tx) -> JobManager:
    return JobManager(_TxConnector(tx))


def _answer[T](question: Coroutine[Any, Any, T]) -> T:
    """Return the result of a coroutine that never pauses, since its connector answers at once."""
    try:
        question.send(None)
    except StopIteration as ended:
        result: T = ended.value
        return result
    raise RuntimeError("procrastinate waits for something else than the database")


def _stalled(jobs: JobManager) -> Iterable[Job]:
    return _answer(jobs.get_stalled_jobs(seconds_since_heartbeat=LEASE_S))


def _retry(jobs: JobManager, job: Job) -> None:
    _answer(jobs.retry_job(job, retry_at=AT_ONCE))
    _release(jobs, job)


def _release(jobs: JobManager, job: Job) -> None:
    """Delete the worker of a job that is not taken any more."""
    if job.worker_id is not None:
        _answer(jobs.unregister_worker(job.worker_id))


def _run_of(job: Job) -> PlanRunId:
    return PlanRunId(cast(int, job.task_kwargs["run"]))


def _name(run_id: PlanRunId) -> str:
    """Return the lock of a run's job: no two of one name wait, nor are worked on, at once."""
    return f"{TASK}:{run_id}"
