"""Changes of a storm's rules that restated its figures: what they were before, and after.

A figure follows from the levels of service and the snowfall entries of today, so that a change of
either restates the past. What a change did is measured at its own moment: once by the rules before
it and once by those after it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from data.model import Event, SnowEntry, SnowEntryId, Storm
from data.policy.city_policy import Policy, policy_from_toml
from data.store.audit.audit_log import list_events_on
from data.store.database.engine import Tx
from data.store.storms.storm_conditions import list_snow_entries
from data.streets.network import StreetNetwork
from fleet.reports.performance import Served, Share, late_spells, performance, promised_lanes
from fleet.storms.snowfall import VERBS as SNOW
from fleet.storms.storm_policy import CHANGED

MOST = 12
"""Changes that are measured, the newest: each takes as long as the figures themselves."""

LEAST = 0.005
"""A change that moves a smaller share of the lane metres is not worth a line on a page."""


class RestatementCause(StrEnum):
    """What was changed."""

    SNOWFALL = "snowfall"
    LEVELS = "levels"


@dataclass(frozen=True, slots=True)
class Rules:
    """What a storm is measured by."""

    storm: Storm
    policy: Policy


@dataclass(frozen=True, slots=True)
class Restatement:
    """A change of the rules: the city's lane metres at its moment, by those before and after."""

    at: datetime
    cause: RestatementCause
    before: Share
    after: Share


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A line of the audit log that changed the rules, with those before and after it."""

    event_id: int
    at: datetime
    cause: RestatementCause
    before: Rules
    after: Rules


def rule_changes(tx: Tx, storm: Storm, policy: Policy) -> list[RuleChange]:
    """Return the changes of a storm's rules since it began, oldest first; `policy` is today's."""
    events = list_events_on(tx, [f"storm:{storm.id}"], (*SNOW, CHANGED))
    if not events:
        return []
    entries = {one.id: one for one in list_snow_entries(tx, storm.id)}
    texts = [str(one.before["policy"]) for one in events if one.verb == CHANGED]
    now = Rules(replace(storm, snowfall=()), _storm_policy(texts[0], policy) if texts else policy)
    held: dict[SnowEntryId, SnowEntry] = {}
    changes = []
    for event in events:
        before, now = now, _after(event, now, held, entries, policy)
        if event.at > storm.started_at:
            cause = RestatementCause.LEVELS if event.verb == CHANGED else RestatementCause.SNOWFALL
            changes.append(RuleChange(event.id, event.at, cause, before, now))
    return changes


def restated(
    changes: Sequence[RuleChange],
    served: Served,
    network: StreetNetwork,
    known: dict[int, Restatement],
) -> tuple[Restatement, ...]:
    """Return what the newest changes restated, oldest first; `known` keeps them by event."""
    for change in changes[-MOST:]:
        if change.event_id not in known:
            known[change.event_id] = Restatement(
                change.at,
                change.cause,
                *(
                    _share(rules, served, network, change.at)
                    for rules in (change.before, change.after)
                ),
            )
    found = (known[change.event_id] for change in changes[-MOST:])
    return tuple(one for one in found if _moved(one))


def _after(
    event: Event,
    before: Rules,
    held: dict[SnowEntryId, SnowEntry],
    entries: dict[SnowEntryId, SnowEntry],
    policy: Policy,
) -> Rules:
    if event.verb == CHANGED:
        return replace(before, policy=_storm_policy(str(event.after["policy"]), policy))
    for entry_id in _ids(event, "withdrawn"):
        held.pop(entry_id, None)
    for entry_id in _ids(event, "added"):
        if entry_id in entries:
            held[entry_id] = entries[entry_id]
    curve = sorted((one.at, one.fallen_mm) for one in held.values())
    return replace(before, storm=replace(before.storm, snowfall=tuple(curve)))


def _ids(event: Event, of: str) -> list[SnowEntryId]:
    found = event.after[of]
    return [SnowEntryId(int(one)) for one in found] if isinstance(found, list) else []


def _storm_policy(text: str, today: Policy) -> Policy:
    """Return a storm's policy of then, with the classes that streets have today."""
    own = policy_from_toml(text)
    return replace(own, classes=today.classes, street_rules=today.street_rules, levels=today.levels)


def _share(rules: Rules, served: Served, network: StreetNetwork, at: datetime) -> Share:
    lanes = promised_lanes(network, rules.policy)
    spells = late_spells(lanes, served, rules.storm)
    return performance(lanes, spells, (), rules.storm.started_at, at).city.share


def _moved(one: Restatement) -> bool:
    moved_m = abs(one.after.late_m - one.before.late_m)
    return moved_m > LEAST * max(one.before.lane_m, one.after.lane_m)
