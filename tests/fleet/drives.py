"""Trucks driven through the village, as their trackers see it, and somebody who waits for one."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from math import atan2, degrees, hypot
from typing import Any

import numpy as np

from data.model import (
    DeviceId,
    JobId,
    LonLat,
    Position,
    RequestId,
    RequestKind,
    RequestState,
    ServiceRequest,
    VehicleId,
)
from tests import village as v

Metres = tuple[float, float]


def a_fix(place: LonLat, seconds: float = 0.0, *, vehicle: int = 1, **changes: Any) -> Position:
    """Return a fix some seconds after the storm began."""
    at = v.NOW + timedelta(seconds=seconds)
    facts: dict[str, Any] = {"speed_mps": None, "heading_deg": None, "source": "api"}
    return Position(
        device_id=DeviceId(vehicle),
        vehicle_id=VehicleId(vehicle),
        fixed_at=at,
        received_at=changes.pop("received_at", at),
        location=place,
        **(facts | changes),
    )


def a_drive(
    *points_m: Metres,
    start_s: float = 0.0,
    speed_mps: float = 8.0,
    every_s: float = 5.0,
    noise_m: float = 0.0,
    seed: int = 1,
    **changes: Any,
) -> list[Position]:
    """Return the fixes of a truck that drives along these points and stands at the last."""
    legs = [(a, b, hypot(b[0] - a[0], b[1] - a[1])) for a, b in pairwise(points_m)]
    whole_m, noise = sum(length for *_, length in legs), np.random.default_rng(seed)
    fixes, gone_m, seconds = [], 0.0, start_s
    while True:
        place, heading = _at(legs, min(gone_m, whole_m))
        shifted = v.at_m(*(place + noise.normal(0.0, noise_m, 2)).tolist())
        moving = {"speed_mps": speed_mps, "heading_deg": heading % 360}
        fixes.append(a_fix(shifted, seconds, **(moving | changes)))
        if gone_m >= whole_m:
            return fixes
        gone_m += speed_mps * every_s
        seconds += every_s


def a_request(job_id: int = 1) -> ServiceRequest:
    """Return an open request that waits for a job."""
    return ServiceRequest(
        RequestId(1),
        "B-0001",
        v.NOW,
        "phone",
        "",
        RequestKind.PLOW,
        RequestState.OPEN,
        job_id=JobId(job_id),
    )


def ends_at(fixes: Sequence[Position]) -> datetime:
    """Return when the last fix was made."""
    return max(fix.fixed_at for fix in fixes)


def _at(legs: Sequence[tuple[Metres, Metres, float]], gone_m: float) -> tuple[Metres, float]:
    starts_m = np.cumsum([0.0, *(length for *_, length in legs[:-1])])
    leg = int(np.searchsorted(starts_m, gone_m, "right")) - 1
    a, b, length = legs[leg]
    share = (gone_m - starts_m[leg]) / length
    east, north = b[0] - a[0], b[1] - a[1]
    return (a[0] + share * east, a[1] + share * north), degrees(atan2(east, north))
