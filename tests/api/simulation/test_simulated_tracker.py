"""What the tracker of a simulated truck sends, and when."""

import asyncio
import json
from datetime import timedelta

import httpx

from api.simulation.drivers.simulated_tracker import Truck
from data.training import PowerCut
from fleet.simulation.scenario_events import TrackerTroubles
from tests import village as v
from tests.fleet.simulation.test_simulated_trucks import fixes

MINUTE = timedelta(minutes=1)


def test_a_tracker_sends_after_a_power_cut_what_it_kept_with_its_own_times():
    sent: list[str] = []

    def take(request: httpx.Request) -> httpx.Response:
        sent.extend(one["fixed_at"] for one in json.loads(request.content)["positions"])
        return httpx.Response(200, json={"rejected": []})

    start = fixes()[0].fixed_at
    truck = Truck("token")
    truck.path.begin(iter(fixes()))
    cut = PowerCut(start + MINUTE - v.NOW, start + 3 * MINUTE - v.NOW)
    truck.troubles = TrackerTroubles(cuts=(cut,), began_at=v.NOW)

    async def send_at(minutes: float) -> int:
        async with httpx.AsyncClient(
            transport=httpx.MockTransport(take), base_url="http://village"
        ) as client:
            await truck.send(client, asyncio.Semaphore(1), start + minutes * MINUTE)
        return len(sent)

    async def through_the_cut() -> list[int]:
        return [await send_at(minutes) for minutes in (0.99, 1.5, 2.9, 3.0)]

    before, during, at_its_end, after = asyncio.run(through_the_cut())
    assert 0 < before == during == at_its_end < after
    due = [one.fixed_at.isoformat() for one in fixes() if one.fixed_at <= start + 3 * MINUTE]
    assert sent == due
