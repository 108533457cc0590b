"""What the streets of a storm that is over follow from: while it stays, so do they."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from data.model import Storm
from data.policy.city_policy import Policy
from data.store.coverage.coverage_revisions import newest_revision
from data.store.database.engine import Tx
from data.store.replay import pass_mark
from fleet.replay.color_history import ColorRules, color_rules


class StormOrigin(NamedTuple):
    """A storm that is over, as its streets follow from it; late news make another revision."""

    started_at: datetime
    ended_at: datetime
    snowfall: Sequence[object]
    passes: tuple[object, ...]
    revision: int
    rules: ColorRules


def find_origin(tx: Tx, storm: Storm, policy: Policy, at: datetime) -> StormOrigin | None:
    """Return what a storm's streets follow from; `None` where it was not over at a moment."""
    if storm.ended_at is None or storm.ended_at > at:
        return None
    revision = newest_revision(tx, storm.id)
    return StormOrigin(
        storm.started_at,
        storm.ended_at,
        storm.snowfall,
        pass_mark(tx, storm.id),
        revision,
        color_rules(policy),
    )
