"""The tracker of a simulated truck: sends fixes in time, and again those that were not taken."""

import asyncio
import logging
from collections import deque
from datetime import datetime
from itertools import islice, takewhile

import httpx

from data.errors import BarfrubError
from fleet.simulation.scenario_events import TrackerTroubles
from fleet.simulation.simulated_trucks import Fix
from fleet.simulation.truck_path import Controls, TruckPath
from fleet.tracking.track_fixes import LoggedFix

BATCH = 500
"""Fixes in one batch."""

_log = logging.getLogger(__name__)


class Truck:
    """A simulated tracker with the fixes that it has not delivered yet.

    `driver` is what a person does who drives the truck in a rehearsal, `troubles` what goes wrong
    with the tracker.
    """

    def __init__(self, token: str) -> None:
        self._token = token
        self._waiting: deque[Fix] = deque()
        self.path = TruckPath()
        self.driver: Controls | None = None
        self.troubles = TrackerTroubles()
        self.sent = 0

    async def send(self, client: httpx.AsyncClient, gate: asyncio.Semaphore, now: datetime) -> None:
        """Send fixes that are due; failed ones are sent again next time."""
        self._waiting.extend(self.troubles.told(self.path.until(now, self.driver)))
        batch = [*islice(takewhile(lambda fix: fix.sent_at <= now, self._waiting), BATCH)]
        if not batch:
            return
        async with gate:
            answer = await client.post(
                "/positions",
                json={"positions": [entry_of(fix) for fix in batch]},
                headers={"Authorization": f"Bearer {self._token}"},
            )
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            raise BarfrubError("the server does not know our trackers: is it another city's?")
        if answer.is_server_error or answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            return
        if answer.is_error or answer.json()["rejected"]:
            _log.warning("positions were refused: %s", answer.text[:200])
        self.sent += len(batch)
        for _ in batch:
            self._waiting.popleft()


def entry_of(fix: Fix | LoggedFix) -> dict[str, object]:
    """Return a fix in the format of `POST /positions`."""
    return {
        "fixed_at": fix.fixed_at.isoformat(),
        "lat": fix.location.lat,
        "lon": fix.location.lon,
        "speed_mps": fix.speed_mps,
        "heading_deg": fix.heading_deg,
        "accuracy_m": fix.accuracy_m,
        "blade": fix.blade,
        "spreader": fix.spreader,
        "material": fix.material,
        "rate_gm2": fix.rate_gm2,
    }
