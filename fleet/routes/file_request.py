"""Asking for files that take long, which a worker makes by the queue of runs.

The route sheets of 22 trucks and 5,650 streets take over a minute of a processor, so few may wait.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from data.errors import BarfrubError, NotFoundError
from data.model import Actor, PlanId, PlanRun, RunKind, RunState, RunWish, StormId
from data.store.audit.audit_log import add_event, find_last_line
from data.store.database.engine import Tx
from data.store.planning.plan_runs import add_run
from data.store.planning.plans import get_plan
from data.store.planning.run_files import erase_files, list_unfinished_files

SECONDS = 60.0
"""How long making the file takes at a large city."""

MOST_WAITING = 4
"""Files that are made or wait at most."""

KEPT_FOR = timedelta(hours=1)
"""How long a file can be fetched; then it is made anew."""

ASKED = {
    "debrief": "training.debrief_asked",
    "map": "map.asked",
    "report": "report.asked",
    "plan": "sheets.asked",
}
"""Lines of the audit log, by what the options of a file name."""


class FilesBusyError(BarfrubError):
    """Raised where too many files wait to be made."""

    code = "files_busy"
    retry_s = 120

    def __init__(self) -> None:
        super().__init__("files are being made for others: try again in two minutes")


def ask_for_sheets(tx: Tx, actor: Actor, plan_id: PlanId, language: str, now: datetime) -> PlanRun:
    """Return the run that makes the route sheets of a plan, as `ask_for_file` does.

    Raises `NotFoundError` where no truck has a route.
    """
    plan = get_plan(tx, plan_id)
    if not any(route.legs for route in plan.routes):
        raise NotFoundError("route", plan_id)
    options = {"plan": plan_id, "language": language}
    return ask_for_file(tx, actor, plan.storm_id, options, now)


def ask_for_report(
    tx: Tx, actor: Actor, storm_id: StormId, options: Mapping[str, Any], now: datetime
) -> PlanRun:
    """Return the run that makes the report of a storm, as `ask_for_file` does."""
    return ask_for_file(tx, actor, storm_id, {"report": storm_id, **options}, now)


def ask_for_map(tx: Tx, actor: Actor, storm_id: StormId, language: str, now: datetime) -> PlanRun:
    """Return the run that draws the map of a storm, as `ask_for_file` does."""
    return ask_for_report(tx, actor, storm_id, {"map": True, "language": language}, now)


def ask_for_debrief(
    tx: Tx, actor: Actor, storm_id: StormId, language: str, now: datetime
) -> PlanRun:
    """Return the run that prints the debrief of a training, as `ask_for_file` does."""
    return ask_for_file(tx, actor, storm_id, {"debrief": storm_id, "language": language}, now)


def is_debrief(run: PlanRun) -> bool:
    """Whether a run prints the debrief of a training, which instructors alone may read."""
    return "debrief" in run.options


def is_map(run: PlanRun) -> bool:
    """Whether a run draws the map of a storm."""
    return "map" in run.options


def is_report(run: PlanRun) -> bool:
    """Whether a run makes the report or the map of a storm, which the council may read."""
    return "report" in run.options


def ask_for_file(
    tx: Tx, actor: Actor, storm_id: StormId, options: Mapping[str, Any], now: datetime
) -> PlanRun:
    """Return the run that makes a file: one that others wait for, or a new one.

    A run that has begun may have read what has changed since; then there is a new one, as for one
    that was stopped. Raises `FilesBusyError` where too many wait.
    """
    erase_files(tx, now - KEPT_FOR)
    last = _last_line(tx)
    waiting = [run for run in list_unfinished_files(tx) if not run.stop_requested]
    for run in waiting:
        if run.options == options and (run.state is RunState.QUEUED or run.digest == last):
            return run
    if len(waiting) >= MOST_WAITING:
        raise FilesBusyError
    subject = f"plan:{options['plan']}" if "plan" in options else f"storm:{storm_id}"
    asked = next(one for one in ASKED if one in options)
    add_event(tx, now, actor, ASKED[asked], subject, after=dict(options))
    wish = RunWish(SECONDS, RunKind.REPORT, options, _last_line(tx))
    return add_run(tx, storm_id, actor.id, now, wish)


def _last_line(tx: Tx) -> str:
    """Return the last line of the audit log: whatever has changed since has written another one."""
    found = find_last_line(tx)
    return f"{found[0]}" if found else ""
