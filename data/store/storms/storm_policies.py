"""By which policy a storm is met: its own, or the city's."""

from dataclasses import replace

from data.model import StormId
from data.policy.city_policy import Policy, policy_from_toml
from data.store.database.engine import Tx
from data.store.setup.city import get_policy
from data.store.storms.storms import find_active_storm, get_storm_policy_text


def get_storm_policy(tx: Tx, storm_id: StormId) -> Policy:
    """Return the policy of a storm, the city's where it has none of its own.

    Which street has which class, what is public, and where the weather comes from, is the city's in
    any case, as decided today.
    """
    text, ours = get_storm_policy_text(tx, storm_id), get_policy(tx)
    if not text:
        return ours
    own = policy_from_toml(text)
    return replace(
        own,
        classes=ours.classes,
        street_rules=ours.street_rules,
        levels=ours.levels,
        public=ours.public,
        weather_feed=ours.weather_feed,
    )


def get_policy_in_force(tx: Tx) -> Policy:
    """Return the policy of the storm that is on, else the city's."""
    storm = find_active_storm(tx)
    return get_policy(tx) if storm is None else get_storm_policy(tx, storm.id)


def has_own_policy(tx: Tx, storm_id: StormId) -> bool:
    """Whether a storm is met otherwise than the city would meet one today."""
    return get_storm_policy(tx, storm_id) != get_policy(tx)
