"""Which class every street has and why: pure, from streets, places and rules."""

from collections.abc import Iterable, Mapping

from data.model import Level, LevelReason, Override, Place, SegmentId
from data.network import StreetNetwork
from data.policy import Policy


def levels_of(
    network: StreetNetwork,
    places: Iterable[Place],
    policy: Policy,
    overrides: Mapping[SegmentId, Override],
) -> dict[SegmentId, Level]:
    """Return the level of every street that its road class alone does not decide."""
    return {
        one.segment_id: Level(one.service_class, LevelReason.OVERRIDE, one.note, one.cycle)
        for one in overrides.values()
    }
