"""Changes of the policy by a form or a file, and their undo."""

from collections.abc import Mapping
from datetime import datetime

from data.errors import ConflictError
from data.model import Actor, Event
from data.policy.city_policy import Policy, policy_from, policy_values, toml_from_policy
from data.store.audit.audit_log import find_last_event
from data.store.database.engine import Tx
from data.store.setup.city import get_policy_text
from data.streets.network import StreetNetwork
from fleet.setup.city_setup import set_policy

POLICY_SET = "policy.set"

type Tables = Mapping[str, object]
"""A `policy.toml` as tables of tables, which is also what its form sends."""


def tables_of(policy: Policy) -> dict[str, object]:
    """Return a policy as the tables of its file."""
    return policy_values(policy)


def find_last_policy_change(tx: Tx) -> Event | None:
    """Return the last change of the policy, which `undo_policy` undoes."""
    return find_last_event(tx, POLICY_SET)


def take_policy_tables(
    tx: Tx, actor: Actor, tables: Tables, base: int, network: StreetNetwork, now: datetime
) -> Policy:
    """Put the policy of a form in force; the comments in the file stay.

    `base` is the last change that the editor has seen, 0 for none. Raises `InvalidError` naming
    field, value and need.
    """
    _refuse_changed(tx, base)
    text = toml_from_policy(policy_from(tables), over=get_policy_text(tx))
    return set_policy(tx, actor, text, network, now)


def take_policy_file(
    tx: Tx, actor: Actor, text: str, base: int, network: StreetNetwork, now: datetime
) -> Policy:
    """Put a whole `policy.toml` in force, byte for byte."""
    _refuse_changed(tx, base)
    return set_policy(tx, actor, text, network, now)


def undo_policy(tx: Tx, actor: Actor, change: int, network: StreetNetwork, now: datetime) -> Policy:
    """Undo the last change, which must still be this one; undoing again redoes it."""
    _refuse_changed(tx, change)
    last = find_last_policy_change(tx)
    if last is None:
        raise ConflictError("nothing has been changed yet", reason="nothing_to_undo")
    return set_policy(tx, actor, str(last.before["policy"]), network, now)


def _refuse_changed(tx: Tx, base: int) -> None:
    last = find_last_policy_change(tx)
    if (last.id if last else 0) != base:
        raise ConflictError("somebody has changed the policy meanwhile", reason="policy_changed")
