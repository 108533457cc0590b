"""How far each machine by itself is from what was learned of how long things take, pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from data.model import ReloadSiteId, StormId, VehicleId
from data.model.planning.paces import FillTime
from fleet.learning.street_drives import StormDrives, StreetDrive


def own_scatter_s(
    off_s: Iterable[tuple[StreetDrive, float, float]], seen: StormDrives, fills: Iterable[FillTime]
) -> float | None:
    """Return the variance of ends in seconds squared for each second of driving.

    What a machine was off in a whole storm counts as one: slow drivers and slow quarters are in it.
    To that come stops, of which none or two may fall into a route, and loading. `None` where
    nothing was driven.

    Parameters
    ----------
    off_s
        Each drive, its expected seconds, and by how many it was longer.
    """
    runs: defaultdict[tuple[StormId, VehicleId], float] = defaultdict(float)
    whole_s = 0.0
    for drive, expected_s, more_s in off_s:
        runs[drive.storm_id, drive.vehicle_id] += more_s
        whole_s += expected_s
    if not whole_s:
        return None
    usual_s: Mapping[ReloadSiteId, float] = {one.site_id: one.seconds for one in fills}
    squares = [
        *(more_s**2 for more_s in runs.values()),
        *(stop.seconds**2 for stop in seen.stops),
        *(
            (visit.seconds - usual_s[visit.site_id]) ** 2
            for visit in seen.visits
            if visit.site_id in usual_s
        ),
    ]
    return sum(squares) / whole_s
