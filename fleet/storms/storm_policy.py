"""A storm's own policy: a copy of the city's, changed for this storm only."""

from collections.abc import Mapping
from datetime import datetime

from data.errors import ConflictError, InvalidError
from data.model import Actor, Event, StormId
from data.policy.city_policy import Policy, policy_from, policy_values, toml_from_policy
from data.store.audit.audit_log import add_event, find_last_event_on
from data.store.database.engine import Tx
from data.store.setup.city import next_revision
from data.store.storms.storm_policies import get_storm_policy
from data.store.storms.storms import get_storm, open_storm, set_storm_policy_text
from data.streets.network import StreetNetwork
from fleet.storms.due_times import retime
from fleet.streets.service_levels import open_missing_jobs

CHANGED = "storm.policy_set"

Tables = Mapping[str, object]
"""A policy.toml as tables of tables, as a form sends it."""


def find_last_change(tx: Tx, storm_id: StormId) -> Event | None:
    """Return the last change of a storm's policy, which `undo_storm_policy` undoes."""
    return find_last_event_on(tx, f"storm:{storm_id}", (CHANGED,))


def change_storm_policy(
    tx: Tx,
    actor: Actor,
    storm_id: StormId,
    tables: Tables,
    base: int,
    network: StreetNetwork,
    now: datetime,
) -> Policy:
    """Change the policy of one storm; the city's stays.

    The tables take the place of those with the same keys. `base` is the last change that the editor
    has seen, 0 for none. Raises `InvalidError` naming field, value and need; which street has which
    class is decided for the city, not for a storm.
    """
    before = get_storm_policy(tx, storm_id)
    policy = policy_from(_laid_over(policy_values(before), tables))
    if policy.classes != before.classes or policy.street_rules != before.street_rules:
        raise InvalidError("roads", "", "the city's classes: they are changed in the set-up")
    return _put(tx, actor, storm_id, toml_from_policy(policy), base, network, now)


def undo_storm_policy(
    tx: Tx, actor: Actor, storm_id: StormId, change: int, network: StreetNetwork, now: datetime
) -> Policy:
    """Undo the last change, which must still be this one; undoing again redoes it."""
    last = find_last_change(tx, storm_id)
    if last is None:
        raise ConflictError("nothing has been changed yet", reason="nothing_to_undo")
    return _put(tx, actor, storm_id, str(last.before["policy"]), change, network, now)


def _put(
    tx: Tx,
    actor: Actor,
    storm_id: StormId,
    text: str,
    base: int,
    network: StreetNetwork,
    now: datetime,
) -> Policy:
    storm, last = open_storm(tx, storm_id), find_last_change(tx, storm_id)
    if (last.id if last else 0) != base:
        raise ConflictError("somebody has changed the policy meanwhile", reason="policy_changed")
    before = toml_from_policy(get_storm_policy(tx, storm_id))
    set_storm_policy_text(tx, storm_id, text)
    policy = get_storm_policy(tx, storm_id)
    moved = 0
    if storm.phase.on:
        next_revision(tx)
        open_missing_jobs(tx, actor, network, now)
        moved = retime(tx, get_storm(tx, storm_id), policy, network, now)
    change = {"policy": before}, {"policy": text, "jobs_moved": moved}
    add_event(tx, now, actor, CHANGED, f"storm:{storm_id}", *change)
    return policy


def _laid_over(tables: Mapping[str, object], others: Tables) -> dict[str, object]:
    """Return tables with the values of others laid over them; `None` removes a value."""
    whole = dict(tables)
    for key, value in others.items():
        known = whole.get(key)
        if value is None:
            whole.pop(key, None)
        elif isinstance(value, Mapping):
            whole[key] = _laid_over(known if isinstance(known, Mapping) else {}, value)
        else:
            whole[key] = value
    return whole
