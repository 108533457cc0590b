"""Levels of single streets: made anew whenever streets, rules or decisions change."""

from collections.abc import Iterable
from dataclasses import replace

from data.levels import levels_of
from data.model import Place
from data.network import StreetNetwork
from data.policy import Policy
from data.store.districts import list_districts
from data.store.engine import Tx
from data.store.levels import list_overrides, save_levels


def refresh_levels(
    tx: Tx, network: StreetNetwork, places: Iterable[Place], policy: Policy
) -> Policy:
    """Make the level of every street anew, and return the policy with them.

    To be called in every transaction that changes streets, places, districts, rules or decisions.
    """
    levels = levels_of(network, places, policy, list_overrides(tx), list_districts(tx))
    save_levels(tx, levels)
    return replace(policy, levels=levels)
