"""The score of whoever follows up requests in a training: late ones that somebody was given."""

from dataclasses import replace
from datetime import datetime

from data.model import ClockedRequest, Role, Storm
from data.policy.city_policy import Policy
from data.store.database.engine import Tx
from data.store.followup.followup import list_received_between
from data.streets.network import StreetNetwork
from fleet.requests.sla_clocks import lateness
from fleet.training.scores.score_rules import Measured, Score, score_of


def supervisor_score(
    tx: Tx, storm: Storm, network: StreetNetwork, policy: Policy, now: datetime
) -> Score:
    """Return the score of a supervisor.

    Late requests count that wait, or that were given to somebody or another time; those that ended
    before anybody looked needed nobody. Another time does not make a request any less late.
    """
    asked = list_received_between(tx, storm.started_at, now)
    late = [one for one in asked if lateness(_by_target(one), network, policy, [storm], now).work]
    given = sum(bool(one.clock.assigned_to or one.clock.due_at) for one in late)
    left = sum(
        one.clock.closed_at is None and not one.clock.assigned_to and one.clock.due_at is None
        for one in late
    )
    share = given / (given + left) if given + left else None
    return score_of(Role.SUPERVISOR, [Measured("late_requests", share, given + left)])


def _by_target(one: ClockedRequest) -> ClockedRequest:
    """Return a request as if nobody had given it another time."""
    return replace(one, clock=replace(one.clock, due_at=None))
