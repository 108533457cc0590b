"""Streets that only a driver's tap says were served: which to look at, and what comes of a look."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from data.model import (
    Actor,
    Coverage,
    Pass,
    SegmentId,
    Sighting,
    Storm,
)
from data.store.audit.audit_log import add_event
from data.store.coverage.coverage import list_coverage_by_word, list_reported
from data.store.followup.sightings import add_sighting, list_streets_looked_at
from data.store.storms.storms import find_active_storm
from fleet.context import CityContext
from fleet.coverage.tap_rules import UNSEEN
from fleet.evidence.proof_store import Proof, store_evidence
from fleet.evidence.refuted_taps import by_word_alone
from fleet.followup.inspections import PlaceToInspect, require_fault
from fleet.followup.waiting_requests import (
    NOT_YET,
    OnSiteReport,
    noted_sighting,
    sighting_evidence,
)

MOST = 50
"""Streets on one phone, beside the places of requests."""


@dataclass(frozen=True, slots=True)
class DoubtfulStreet:
    """A street that no position shows as served since `told_at`, when its driver said so last."""

    segment_id: SegmentId
    told_at: datetime
    length_m: float
    confidence: float


def doubtful_streets(city: CityContext, beside: Collection[PlaceToInspect]) -> list[DoubtfulStreet]:
    """Return streets to look at, the most doubtful first; none seen since, or of requests `beside`.

    Of equal confidence a long street is more doubtful: a receiver may miss a short one.
    """
    storm = find_active_storm(city.tx)
    if storm is None:
        return []
    told: dict[SegmentId, list[Coverage]] = defaultdict(list)
    for row in list_coverage_by_word(city.tx, storm.id, UNSEEN):
        told[row.segment_id].append(row)
    asked = {one.segment_id for one in beside}
    looked = list_streets_looked_at(city.tx, storm.started_at)
    found = [_doubtful(city, rows) for segment, rows in told.items() if segment not in asked]
    open_ = [
        one
        for one in found
        if one is not None
        and (one.segment_id not in looked or looked[one.segment_id] < one.told_at)
    ]
    return sorted(open_, key=lambda one: (one.confidence, -one.length_m))[:MOST]


def inspect_street(
    city: CityContext, actor: Actor, segment_id: SegmentId, spot: OnSiteReport
) -> Proof:
    """Store what was seen on a street, and return what that changed.

    In order it confirms what its driver said; not in order takes that back, so that the work is
    due again. Raises `NotFoundError` for no street, `InvalidError` where nobody says what is wrong.
    """
    require_fault(spot)
    city.network.segment(segment_id)
    storm = find_active_storm(city.tx)
    seen = _kept(city, actor, segment_id, spot, storm)
    if storm is None:
        return Proof()
    words = [
        one
        for passes in list_reported(city.tx, storm.id, [segment_id]).values()
        for one in passes
        if by_word_alone(one) and one.ended_at <= seen.seen_at
    ]
    if seen.clear:
        return store_evidence(city, storm, _confirmed(city, words, seen), actor)
    return store_evidence(city, storm, (), actor, instead_of=words)


def _kept(
    city: CityContext,
    actor: Actor,
    segment_id: SegmentId,
    spot: OnSiteReport,
    storm: Storm | None,
) -> Sighting:
    at = city.now if spot.seen_at is None else min(spot.seen_at, city.now)
    away_m = None if spot.location is None else city.network.away_m(segment_id, spot.location)
    seen = Sighting(
        id=NOT_YET,
        request_id=None,
        segment_id=segment_id,
        seen_at=at if storm is None else max(at, storm.started_at),
        author=actor.id,
        clear=spot.clear,
        photo=spot.photo,
        location=spot.location,
        away_m=None if away_m is None else round(away_m, 1),
        text=spot.text.strip(),
        faults=spot.faults,
    )
    kept = add_sighting(city.tx, seen)
    about = f"segment:{segment_id}"
    add_event(city.tx, city.now, actor, "street.seen", about, after=noted_sighting(kept))
    return kept


def _confirmed(city: CityContext, words: Collection[Pass], seen: Sighting) -> list[Pass]:
    """Return the work that drivers told of as the inspection saw it, once each direction."""
    evidence = sighting_evidence(city.policy, seen)
    told = {(one.segment_id, one.forward, one.treatment): one for one in words}
    return [
        replace(
            one,
            from_m=0.0,
            to_m=city.network.segment(one.segment_id).length_m,
            vehicle_id=None,
            started_at=seen.seen_at,
            ended_at=seen.seen_at,
            evidence=evidence,
            material_kg=0.0,
        )
        for one in told.values()
    ]


def _doubtful(city: CityContext, rows: Collection[Coverage]) -> DoubtfulStreet | None:
    first = next(iter(rows))
    segment = city.network.find(first.segment_id)
    told_at = max((one.worked_at for one in rows if one.worked_at is not None), default=None)
    if segment is None or told_at is None:
        return None
    surest = min(one.evidence.confidence for one in rows if one.evidence is not None)
    return DoubtfulStreet(segment.id, told_at, segment.length_m, surest)
