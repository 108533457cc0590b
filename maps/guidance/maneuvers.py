"""Maneuvers of a way, pure: what a driver has to decide at each junction, by its shape.

Where there is nothing to decide there is no maneuver: a bend, a side street that one passes, the
only street that goes on.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from data.model import ByLanguage, DirectedSegment
from maps.guidance.junctions import Arm, Junctions
from maps.routes.turns import head_node, tail_node

STRAIGHT_DEG, SLIGHT_DEG, SHARP_DEG, BACK_DEG = 30.0, 55.0, 130.0, 165.0
"""Angles up to which one goes straight on, bears to a side, turns, turns sharply; beyond, back."""

ALIKE_DEG = 25.0
"""Two ways on that differ by less from straight on are a fork: neither is the obvious one."""

AHEAD_DEG = 45.0
"""A street at a smaller angle goes on ahead: the own one does not end at this junction."""

MEDIAN_M = 40.0
"""Two turns to the same side so near to each other, back into the same street, are one."""


class ManeuverKind(StrEnum):
    """What a driver does at a junction."""

    STRAIGHT = "straight"
    SLIGHT_RIGHT = "slight_right"
    SLIGHT_LEFT = "slight_left"
    RIGHT = "right"
    LEFT = "left"
    SHARP_RIGHT = "sharp_right"
    SHARP_LEFT = "sharp_left"
    KEEP_RIGHT = "keep_right"
    KEEP_LEFT = "keep_left"
    END_RIGHT = "end_right"
    END_LEFT = "end_left"
    BACK = "back"
    DEAD_END = "dead_end"
    ROUNDABOUT = "roundabout"
    SQUARE_BACK = "square_back"
    SQUARE_ROUND = "square_round"
    SQUARE_IN = "square_in"
    SQUARE_OUT = "square_out"


_TURNS = {
    "right": {"right", "sharp_right", "end_right"},
    "left": {"left", "sharp_left", "end_left"},
}


@dataclass(frozen=True, slots=True)
class Maneuver:
    """A maneuver before step `step` of a way, into `street`; `exit` counts those of a roundabout.

    `street` has no names where it has none, or is the one on which the driver is already.
    """

    step: int
    kind: ManeuverKind
    street: ByLanguage
    exit: int = 0


def maneuvers(path: Sequence[DirectedSegment], junctions: Junctions) -> list[Maneuver]:
    """Return the maneuvers of a way in order; steps that do not meet have none between them."""
    return list(_with_medians_joined(list(_found(path, junctions)), path, junctions))


def _found(path: Sequence[DirectedSegment], junctions: Junctions) -> Iterator[Maneuver]:
    at = 1
    while at < len(path):
        came, goes = path[at - 1], path[at]
        if head_node(came, junctions.network) != tail_node(goes, junctions.network):
            at += 1
        elif _rings(goes, junctions) and not _rings(came, junctions):
            out = _after_ring(path, at, junctions)
            yield _around(path, at, out, junctions)
            at = out + 1
        else:
            kind = _kind(came, goes, junctions)
            if kind is not None:
                yield Maneuver(at, kind, _new_name(came, goes, junctions))
            at += 1


def _rings(step: DirectedSegment, junctions: Junctions) -> bool:
    return junctions.segment(step).roundabout


def _new_name(came: DirectedSegment, goes: DirectedSegment, junctions: Junctions) -> ByLanguage:
    name = junctions.name(goes)
    return {} if name == junctions.name(came) else name


def _after_ring(path: Sequence[DirectedSegment], at: int, junctions: Junctions) -> int:
    """Return the first step from `at` on that is no part of a roundabout; the end without one."""
    return next((i for i in range(at, len(path)) if not _rings(path[i], junctions)), len(path))


def _around(path: Sequence[DirectedSegment], at: int, out: int, junctions: Junctions) -> Maneuver:
    """Return the maneuver of a roundabout: entered before step `at`, left before step `out`."""
    came, ring = path[at - 1], path[at:out]
    if out == len(path):
        return Maneuver(at, ManeuverKind.SQUARE_IN, _new_name(came, path[at], junctions))
    goes = path[out]
    name = _new_name(came, goes, junctions)
    if len(set(ring)) < len(ring) or _whole_ring(ring, junctions):
        return Maneuver(at, ManeuverKind.SQUARE_ROUND, name)
    back = goes.segment_id == came.segment_id
    turned = abs(junctions.angle_deg(came, goes)) > BACK_DEG
    if back or (turned and not name):
        return Maneuver(at, ManeuverKind.SQUARE_BACK, {})
    number = sum(any(_leaves(arm, junctions) for arm in junctions.arms(step)) for step in ring)
    return Maneuver(at, ManeuverKind.ROUNDABOUT, name, max(number, 1))


def _whole_ring(ring: Sequence[DirectedSegment], junctions: Junctions) -> bool:
    network = junctions.network
    return len(ring) > 1 and head_node(ring[-1], network) in {
        head_node(step, network) for step in ring[:-1]
    }


def _leaves(arm: Arm, junctions: Junctions) -> bool:
    return arm.open and not _rings(arm.step, junctions)


def _kind(
    came: DirectedSegment, goes: DirectedSegment, junctions: Junctions
) -> ManeuverKind | None:
    """Return what a driver does from one street into the next; `None` where nothing."""
    if goes == (came.segment_id, not came.forward):
        dead_end = junctions.streets_at_end(came) == 1
        return ManeuverKind.DEAD_END if dead_end else ManeuverKind.BACK
    if junctions.streets_at_end(came) == 2:
        return None
    if _rings(came, junctions):
        return None if _rings(goes, junctions) else ManeuverKind.SQUARE_OUT
    arms = junctions.arms(came)
    angle = next(arm.angle_deg for arm in arms if arm.step == goes)
    others = [arm.angle_deg for arm in arms if arm.open and arm.step != goes]
    seen = [arm.angle_deg for arm in arms if arm.step != goes]
    name = junctions.name(goes)
    same = bool(name) and name == junctions.name(came)
    if not others and (same or abs(angle) < SLIGHT_DEG):
        return None
    return _by_angle(angle, others, seen, same=same, named=bool(name))


def _by_angle(
    angle: float, others: Sequence[float], seen: Sequence[float], *, same: bool, named: bool
) -> ManeuverKind | None:
    """Return the kind of a turn by its angle and those of the open and of all other ways on."""
    if abs(angle) >= BACK_DEG and same:
        return ManeuverKind.BACK
    if abs(angle) < SLIGHT_DEG:
        return _onward(angle, others, same=same, named=named)
    if abs(angle) >= SHARP_DEG or _more_than_another(angle, others):
        return _sided("sharp", angle)
    if _less_than_another(angle, others):
        return _sided("slight", angle)
    ends = len(seen) == 1 and all(abs(other) > AHEAD_DEG for other in seen)
    return _sided("end" if ends else "", angle)


def _onward(
    angle: float, others: Iterable[float], *, same: bool, named: bool
) -> ManeuverKind | None:
    """Return the kind of a way that goes on more or less ahead."""
    ahead = [other for other in others if abs(other) < SLIGHT_DEG]
    near = [other for other in ahead if abs(abs(other) - abs(angle)) < ALIKE_DEG]
    if near:
        return ManeuverKind.KEEP_RIGHT if angle > max(near) else ManeuverKind.KEEP_LEFT
    straighter = any(abs(other) < abs(angle) for other in ahead)
    if abs(angle) >= STRAIGHT_DEG and (straighter or not same):
        return _sided("slight", angle)
    return None if same or not named else ManeuverKind.STRAIGHT


def _beside(angle: float, others: Iterable[float]) -> list[float]:
    """Return the sizes of the other turns to the same side, past what goes on ahead."""
    return [abs(other) for other in others if other * angle > 0 and abs(other) >= AHEAD_DEG]


def _more_than_another(angle: float, others: Iterable[float]) -> bool:
    return abs(angle) > 100.0 and any(other < abs(angle) for other in _beside(angle, others))


def _less_than_another(angle: float, others: Iterable[float]) -> bool:
    return abs(angle) < 80.0 and any(other > abs(angle) for other in _beside(angle, others))


def _sided(prefix: str, angle: float) -> ManeuverKind:
    side = "right" if angle > 0 else "left"
    return ManeuverKind(f"{prefix}_{side}" if prefix else side)


def _with_medians_joined(
    found: Sequence[Maneuver], path: Sequence[DirectedSegment], junctions: Junctions
) -> Iterator[Maneuver]:
    """Yield maneuvers, two turns over the gap of a median back into the same street as one."""
    skipped = False
    for at, one in enumerate(found):
        following = found[at + 1] if at + 1 < len(found) else None
        if skipped:
            skipped = False
        elif following is not None and _turn_back(one, following, path, junctions):
            yield replace(one, kind=ManeuverKind.BACK, street={})
            skipped = True
        else:
            yield one


def _turn_back(
    one: Maneuver, other: Maneuver, path: Sequence[DirectedSegment], junctions: Junctions
) -> bool:
    between = path[one.step : other.step]
    before, after = junctions.name(path[one.step - 1]), junctions.name(path[other.step])
    near = sum(junctions.segment(step).length_m for step in between) < MEDIAN_M
    alike = any(one.kind in side and other.kind in side for side in _TURNS.values())
    return near and alike and bool(before) and before == after
