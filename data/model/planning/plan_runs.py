"""Plan runs: requests in a worker's queue to solve or to make a file, and their progress."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from data.model.ids import PlanId, PlanRunId, StormId


class RunKind(StrEnum):
    """Kind of a run; each reads its own `options`."""

    PLAN = "plan"
    WHATIF = "whatif"
    HINDSIGHT = "hindsight"
    LEARN = "learn"
    DECISIONS = "decisions"
    REPLAN = "replan"
    SECTOR = "sector"
    REPORT = "report"


FILE_KINDS = frozenset({RunKind.REPORT})
"""Kinds of runs that make a file; a worker takes them beside those of the optimizer."""

ASKED_KINDS = tuple(kind for kind in RunKind if kind not in {RunKind.SECTOR, *FILE_KINDS})
"""Kinds of runs that people ask the optimizer for; the others are parts of them, or files."""

PATIENCE = {
    RunKind.WHATIF: 1,
    RunKind.HINDSIGHT: 2,
    RunKind.DECISIONS: 3,
    RunKind.LEARN: 4,
}
"""Kinds of runs that wait for all others, whenever they were asked for: the higher, the longer."""

PLAN_KINDS = tuple(kind for kind in ASKED_KINDS if kind not in PATIENCE)
"""Kinds of runs that end with a plan."""

QUICK_KINDS = frozenset({RunKind.REPLAN})
"""Kinds of runs that take seconds, and have a worker of their own."""

SLOW_KINDS = frozenset(RunKind) - QUICK_KINDS - FILE_KINDS
"""Kinds of runs that the optimizer may take minutes for."""


class RunState(StrEnum):
    """State of a run in the queue."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class CurvePoint(NamedTuple):
    """A point of the search curve: seconds, best cost, and the proved lower bound."""

    elapsed_s: float
    best: float
    bound: float
    unserved: int


class RunFailure(NamedTuple):
    """Why a run failed: a text of the catalogs by its msgid, and the values in it."""

    text: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RunWish:
    """What is to be solved in how many seconds; `options` and `digest` as `PlanRun` has them."""

    seconds: float
    kind: RunKind = RunKind.PLAN
    options: Mapping[str, Any] = field(default_factory=dict)
    digest: str = ""


@dataclass(frozen=True, slots=True)
class PlanRun:
    """A request in the queue; `lease_until` says how long its worker holds it.

    Attributes
    ----------
    options
        Plain values, by the kind of run: which classes, districts and machines a plan is for,
        what has happened that a replan answers, or what a file is made of.
    curve
        Progress from the beginning on, thinned out.
    error, fault
        Why it failed: in English for the log, and for people in their language.
    digest
        What the situation was that it is answered for; empty where nobody asks for it again.
    answer
        Plain values: of a plan when it and the plan in force end each class; of a run that makes
        no plan what it has found, such as name, type and size of a file.
    parent_id
        The run of the whole plan, where this one plans a sector of it.
    """

    id: PlanRunId
    storm_id: StormId
    asked_by: str
    asked_at: datetime
    seconds: float
    state: RunState
    lease_until: datetime | None = None
    best: float | None = None
    bound: float | None = None
    unserved: int | None = None
    iterations: int = 0
    elapsed_s: float = 0.0
    stop_requested: bool = False
    plan_id: PlanId | None = None
    error: str = ""
    kind: RunKind = RunKind.PLAN
    options: Mapping[str, Any] = field(default_factory=dict)
    curve: tuple[CurvePoint, ...] = ()
    fault: RunFailure | None = None
    digest: str = ""
    answer: Mapping[str, Any] | None = None
    parent_id: PlanRunId | None = None
