"""Kinds of lines of the audit log, as people search them, and which of them few may read."""

from collections.abc import Mapping
from enum import StrEnum

from data.store.audit.audit_seals import SEALED
from data.store.audit.log_search import VerbGroup


class LineKind(StrEnum):
    """What a line is about."""

    STORMS = "storms"
    PLANS = "plans"
    SHIFTS = "shifts"
    STREETS = "streets"
    EVIDENCE = "evidence"
    REQUESTS = "requests"
    CREWS = "crews"
    ALERTS = "alerts"
    SETUP = "setup"
    ACCESS = "access"


_SIGN_IN_OF_CREWS = frozenset({"crew.signed_in"})

GROUPS: Mapping[LineKind, VerbGroup] = {
    LineKind.STORMS: VerbGroup(frozenset({"storm", "snow", "cycle", "training"})),
    LineKind.PLANS: VerbGroup(
        frozenset({"plan", "plan_run", "replan", "what_if", "hindsight", "order", "sheets"})
    ),
    LineKind.SHIFTS: VerbGroup(frozenset({"shift", "leg", "route", "call_out", "loan"})),
    LineKind.STREETS: VerbGroup(
        frozenset({"job", "closure", "blockage", "class", "machine_limit", "order_preference"})
    ),
    LineKind.EVIDENCE: VerbGroup(frozenset({"evidence", "position", "positions", "clock"})),
    LineKind.REQUESTS: VerbGroup(frozenset({"request", "queue", "agency", "watch"})),
    LineKind.CREWS: VerbGroup(frozenset({"crew", "crew_job", "crew_plan"}), but=_SIGN_IN_OF_CREWS),
    LineKind.ALERTS: VerbGroup(frozenset({"alert", "message", "handover_note"})),
    LineKind.SETUP: VerbGroup(frozenset({"city", "fleet", "policy", "device"})),
    LineKind.ACCESS: VerbGroup(
        frozenset({"user", "api_key", "driver", "caller", "callers", "person"}), _SIGN_IN_OF_CREWS
    ),
}
"""All verbs by kind. `ACCESS` are sign-ins, rights, and looks at callers: administrators' alone."""

ACCESS = GROUPS[LineKind.ACCESS]

SEALS = VerbGroup(frozenset(), frozenset({SEALED}))
"""The server's half-hourly seals of evidence, of which there are more than of all else."""

FOUND = VerbGroup(frozenset(), frozenset({"job.done"}))
"""Streets that evidence shows done: thousands in a storm, read by those who search for them."""
