"""A plan as `plan --json` writes it, and records of plans as cities have kept them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from data.files.json_records import from_plain, packed, to_plain, unpacked
from data.model import EditWish, Plan, Present, ReplanWish, RoadClass, SegmentId
from data.model.planning.paces import Movement, Pace

_RENAMED = {
    "segment": "segment_id",
    "vehicle": "vehicle_id",
    "before": "before_id",
    "delay_s": "delay",
}
"""What fields of wishes were called in cities that began before December 2026."""


def plan_json(plan: Plan) -> dict[str, Any]:
    """Return the plan as plain values, times in ISO 8601 UTC."""
    plain: dict[str, Any] = to_plain(Plan, plan)
    return plain | {"unserved": [left._asdict() for left in plan.unserved]}


def edit_wish_from_plain(plain: Mapping[str, object]) -> EditWish:
    """Return an edit wish from its stored plain values."""
    return from_plain(EditWish, _renamed(plain))


def replan_wish_from_plain(plain: Mapping[str, object]) -> ReplanWish:
    """Return a replan wish from its stored plain values."""
    return from_plain(ReplanWish, _renamed(plain))


def wish_facts(wish: EditWish | ReplanWish) -> dict[str, Any]:
    """Return a wish as the audit log records it, with `vehicle` and `segment`."""
    plain: dict[str, Any] = to_plain(type(wish), wish)
    return {key.removesuffix("_id"): value for key, value in plain.items()}


def present_from(content: bytes) -> Present:
    """Return a storm snapshot from its stored plain values."""
    plain = unpacked(dict[str, Any], content)
    if isinstance(plain["starts"], list):  # in cities that began before December 2026
        plain["starts"] = {start["shift"]: start for start in plain["starts"]}
    return from_plain(Present, plain)


class _StoredPace(NamedTuple):
    """A pace in lists: JSON has no keys of several parts."""

    kinds: tuple[tuple[Movement, str, RoadClass, float], ...]
    streets: tuple[tuple[Movement, SegmentId, float], ...]
    rest: Pace


def packed_pace(pace: Pace) -> bytes:
    """Return how long everything in a plan takes as compressed JSON."""
    kinds = tuple((*key, times) for key, times in pace.kinds.items())
    streets = tuple((*key, times) for key, times in pace.streets.items())
    return packed(_StoredPace, _StoredPace(kinds, streets, replace(pace, kinds={}, streets={})))


def pace_from_packed(content: bytes) -> Pace:
    """Return the pace that `packed_pace` compressed."""
    stored = unpacked(_StoredPace, content)
    kinds = {(movement, machine, road): times for movement, machine, road, times in stored.kinds}
    streets = {(movement, segment_id): times for movement, segment_id, times in stored.streets}
    return replace(stored.rest, kinds=kinds, streets=streets)


def utc_text(at: datetime) -> str:
    """Return an aware time as ISO 8601 in UTC, ending in Z."""
    return at.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


def _renamed(plain: Mapping[str, object]) -> dict[str, object]:
    return {_RENAMED.get(key, key): value for key, value in plain.items()}
