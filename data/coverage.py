"""Merging of passes, pure: touching parts of one visit become one pass."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from data.model import Evidence, EvidenceKind, Pass

VISIT_GAP = timedelta(seconds=15)
"""After a longer silence a vehicle on the same street is on another visit."""

SEAM_M = 1.0
"""Parts of one visit that are so near belong together."""


def denied(one: Pass) -> bool:
    """Whether this is a driver's denial: the vehicle was elsewhere then."""
    return one.evidence.kind is EvidenceKind.DRIVER and one.treatment is None


def without_denied(passes: Iterable[Pass]) -> list[Pass]:
    """Return the passes of one direction without those that drivers denied.

    What else people told of stays, and the drivers' word is left out.
    """
    known = list(passes)
    words = [one for one in known if denied(one)]
    if not words:
        return known
    return [one for one in known if not denied(one) and not _overruled(one, words)]


def _overruled(one: Pass, words: Iterable[Pass]) -> bool:
    """Whether a driver's denial covers all the time of a pass by positions."""
    return one.evidence.kind is not EvidenceKind.DRIVER and any(
        word.vehicle_id == one.vehicle_id
        and word.started_at <= one.started_at
        and one.ended_at <= word.ended_at
        for word in words
    )


def merged(passes: Iterable[Pass]) -> list[Pass]:
    """Return the passes of one direction with touching parts of one visit merged.

    The same parts in any order give the same passes, and adding what is already there changes
    nothing.
    """
    over: list[Pass] = []
    kept: list[Pass] = []
    for one in sorted(passes, key=_order):
        if all(other.ended_at + VISIT_GAP < one.started_at for other in kept):
            over += kept  # nothing joins these visits any more: a day of them is not compared
            kept = []
        whole, apart = one, []
        for other in kept:
            if _joined(other, whole):
                whole = _together(other, whole)
            else:
                apart.append(other)
        kept = [*apart, whole]
    return sorted([*over, *kept], key=_order)


def _order(one: Pass) -> tuple[object, ...]:
    return (
        one.started_at,
        one.ended_at,
        one.vehicle_id or 0,
        one.from_m,
        one.to_m,
        one.evidence.kind,
    )


def _joined(a: Pass, b: Pass) -> bool:
    return (
        a.vehicle_id == b.vehicle_id
        and a.treatment is b.treatment
        and a.evidence.kind is b.evidence.kind
        and b.started_at <= a.ended_at + VISIT_GAP
        and a.started_at <= b.ended_at + VISIT_GAP
        and b.from_m <= a.to_m + SEAM_M
        and a.from_m <= b.to_m + SEAM_M
    )


def _together(a: Pass, b: Pass) -> Pass:
    from_m, to_m = min(a.from_m, b.from_m), max(a.to_m, b.to_m)
    same = a.evidence == b.evidence
    confidence = a.evidence.confidence if same else _mean_confidence(a, b)
    return replace(
        a,
        from_m=from_m,
        to_m=to_m,
        started_at=min(a.started_at, b.started_at),
        ended_at=max(a.ended_at, b.ended_at),
        evidence=Evidence(a.evidence.kind, confidence),
        material_kg=_material_kg((a, b), to_m - from_m),
    )


def _material_kg(parts: Iterable[Pass], length_m: float) -> float:
    """Return the denser part's material over a whole length; parts without length have no density.

    What one part has is in the whole: the same material told twice counts once.
    """
    known = [(part.material_kg, part.to_m - part.from_m) for part in parts]
    kg_per_m = max((kg / part_m for kg, part_m in known if part_m > 0), default=0.0)
    return max(kg_per_m * length_m, *(kg for kg, _ in known))


def _mean_confidence(a: Pass, b: Pass) -> float:
    """Return the mean confidence by length: one bad fix does not spoil a whole street."""
    a_m, b_m = a.to_m - a.from_m, b.to_m - b.from_m
    if a_m + b_m <= 0:
        return (a.evidence.confidence + b.evidence.confidence) / 2
    return (a.evidence.confidence * a_m + b.evidence.confidence * b_m) / (a_m + b_m)
