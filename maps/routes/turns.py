"""Turns from one street into the next: their angle and name."""

from data.model import DirectedSegment
from data.streets.network import StreetNetwork

STRAIGHT_DEG, SLIGHT_DEG, BACK_DEG = 25.0, 60.0, 150.0
"""Angles up to which a driver goes straight on, bears to a side, turns; beyond, he turns back."""

TURNS = (
    "straight",
    "slight_right",
    "slight_left",
    "right",
    "left",
    "back",
    "roundabout",
)
"""What a turn can be."""


def tail_node(step: DirectedSegment, network: StreetNetwork) -> int:
    """Return the node from which a street is entered."""
    segment = network.segment(step.segment_id)
    return segment.start if step.forward else segment.end


def head_node(step: DirectedSegment, network: StreetNetwork) -> int:
    """Return the node to which a street leads."""
    return tail_node(DirectedSegment(step.segment_id, not step.forward), network)


def turn_angle_deg(a: DirectedSegment, b: DirectedSegment, network: StreetNetwork) -> float:
    """Return the angle of the turn from a street into the next; right is positive."""
    length_m = network.segment(a.segment_id).length_m
    leaving = network.heading_at(a.segment_id, length_m if a.forward else 0.0)
    entered_m = 0.0 if b.forward else network.segment(b.segment_id).length_m
    entering = network.heading_at(b.segment_id, entered_m)
    leaving += 0.0 if a.forward else 180.0
    entering += 0.0 if b.forward else 180.0
    return (entering - leaving + 180.0) % 360.0 - 180.0


def turn_of(angle_deg: float) -> str:
    """Return the name of a turn by its angle, one of `TURNS`."""
    side = "right" if angle_deg > 0 else "left"
    if abs(angle_deg) < STRAIGHT_DEG:
        return "straight"
    if abs(angle_deg) < SLIGHT_DEG:
        return f"slight_{side}"
    return side if abs(angle_deg) < BACK_DEG else "back"
