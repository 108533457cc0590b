"""Service levels of single streets, derived again when streets, rules or overrides change."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from data.errors import ConflictError, InvalidError, Need
from data.model import Actor, JobState, Override, Place, SegmentId, Treatment
from data.policy.city_policy import Policy
from data.policy.service_levels import levels_of
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.setup.city import get_city, get_policy, next_revision
from data.store.setup.machines import list_vehicles
from data.store.storms.storm_policies import get_storm_policy
from data.store.storms.storms import find_active_storm
from data.store.streets.districts import list_districts
from data.store.streets.places import list_places
from data.store.streets.service_levels import (
    list_overrides,
    remove_overrides,
    save_levels,
    save_overrides,
)
from data.store.work import add_jobs, list_jobs
from data.streets.network import StreetNetwork
from fleet.work.jobs import first_jobs, typical_blade_m

type Decisions = Mapping[SegmentId, Override | None]
"""What is decided for streets; `None` leaves a street to the rules."""


def refresh_levels(
    tx: Tx, network: StreetNetwork, places: Iterable[Place], policy: Policy
) -> Policy:
    """Derive the level of every street again, and return the policy with them.

    To be called in every transaction that changes streets, places, districts, rules or decisions.
    """
    levels = levels_of(network, places, policy, list_overrides(tx), list_districts(tx))
    save_levels(tx, levels)
    return replace(policy, levels=levels)


def levels_by_rules(
    tx: Tx, network: StreetNetwork, places: Iterable[Place], policy: Policy
) -> Policy:
    """Return the policy with the levels of streets without overrides."""
    return replace(policy, levels=levels_of(network, places, policy, {}, list_districts(tx)))


def levels_under(tx: Tx, network: StreetNetwork, policy: Policy) -> Policy:
    """Return a policy with the levels that it would give, without putting it in force."""
    decided, districts = list_overrides(tx), list_districts(tx)
    places = list_places(tx, policy.street_rules.place_kinds)
    return replace(policy, levels=levels_of(network, places, policy, decided, districts))


def open_missing_jobs(tx: Tx, actor: Actor, network: StreetNetwork, now: datetime) -> int:
    """Add jobs of streets that got a cycle in the active storm; return how many.

    The storm's own policy says so, with the classes of today. A job that is there keeps its class
    and deadline: a promise is not moved by editing a rule.
    """
    storm = find_active_storm(tx)
    if storm is None:
        return 0
    policy = get_storm_policy(tx, storm.id)
    worked = {
        job.segment_id
        for job in list_jobs(tx, storm.id)
        if job.treatment is Treatment.PLOW and job.state is not JobState.CANCELLED
    }
    missing = [segment for segment in network.segments if segment.id not in worked]
    blade_m = typical_blade_m(list_vehicles(tx))
    jobs = list(first_jobs(storm.id, missing, policy, blade_m, now))
    if jobs:
        add_jobs(tx, jobs)
        counts = Counter(str(job.service_class) for job in jobs)
        after = {"jobs": dict(sorted(counts.items()))}
        add_event(tx, now, actor, "storm.jobs_added", f"storm:{storm.id}", after=after)
    return len(jobs)


def decide(
    tx: Tx,
    actor: Actor,
    decisions: Decisions,
    network: StreetNetwork,
    now: datetime,
    seen: Decisions | None = None,
) -> dict[SegmentId, Override | None]:
    """Override the class of streets, and return the overrides before.

    Deciding what is returned undoes all; streets that stay as they were are not part of it. Raises
    `NotFoundError` for a street that the city does not have, `InvalidError` for a class that its
    policy does not have, `ConflictError` where somebody has decided otherwise since `seen`.
    """
    known, policy = list_overrides(tx), get_policy(tx)
    for segment_id in decisions:
        network.segment(segment_id)
    _refuse_unknown_classes(decisions, policy)
    _refuse_overtaken(known, seen or {})
    new = {one: wish for one, wish in decisions.items() if wish != known.get(one)}
    if not new:
        return {}

    before = {segment_id: known.get(segment_id) for segment_id in new}
    remove_overrides(tx, new)
    save_overrides(tx, [wish for wish in new.values() if wish is not None])
    places = list_places(tx, policy.street_rules.place_kinds)
    policy = refresh_levels(tx, network, places, policy)
    next_revision(tx)
    subject = f"segment:{next(iter(new))}" if len(new) == 1 else f"city:{get_city(tx).name}"
    change = {"decisions": _facts(before)}, {"decisions": _facts(new)}
    add_event(tx, now, actor, "class.decided", subject, *change)
    open_missing_jobs(tx, actor, network, now)
    return before


def decide_all(
    tx: Tx,
    actor: Actor,
    decisions: Mapping[SegmentId, Override],
    network: StreetNetwork,
    now: datetime,
    *,
    replace: bool,
) -> dict[SegmentId, Override | None]:
    """Override as a file says, and return the overrides before of what changes.

    With `replace`, streets that the file does not name go back to the rules.
    """
    left = [one for one in list_overrides(tx) if one not in decisions] if replace else []
    return decide(tx, actor, {**decisions, **dict.fromkeys(left)}, network, now)


def _refuse_unknown_classes(decisions: Decisions, policy: Policy) -> None:
    for wish in decisions.values():
        if wish is not None and wish.service_class not in policy.rules:
            expected = Need("one of {expected}", expected=", ".join(policy.rules))
            raise InvalidError("service_class", wish.service_class, expected)


def _refuse_overtaken(known: Mapping[SegmentId, Override], seen: Decisions) -> None:
    for segment_id, one in seen.items():
        if known.get(segment_id) != one:
            raise ConflictError(
                f"the class of street {segment_id} was decided otherwise meanwhile",
                reason="class_decided",
                segment=segment_id,
            )


def _facts(decisions: Decisions) -> list[dict[str, object]]:
    """Return overrides as the audit log records them."""
    return [
        {"segment": segment_id, "class": None}
        if wish is None
        else {
            "segment": segment_id,
            "class": wish.service_class,
            "cycle_h": None if wish.cycle is None else wish.cycle / timedelta(hours=1),
            "note": wish.note,
        }
        for segment_id, wish in decisions.items()
    ]
