"""The simulated operator, who enters the requests of simulated callers."""

import logging
import secrets
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from api.simulation.drivers.signed_in_client import SignedInClient
from data.model import LonLat, RequestId
from data.streets.projection import distance_m
from fleet.simulation.simulated_calls import SimulatedCall

FAR_M = 2000.0
"""An offered place farther than this from the caller is another street of that name."""

_log = logging.getLogger(__name__)


class ServerBusyError(Exception):
    """The server could not take a call now."""


class SimulatedOperator:
    """Takes simulated calls as a person would: of the places offered, the caller knows the one."""

    def __init__(self, client: SignedInClient, spoken: Iterator[SimulatedCall]) -> None:
        self._spoken = spoken
        self._client = client
        self._next = next(spoken, None)
        self._run = secrets.token_urlsafe(6)
        self.sent = 0

    @property
    def login(self) -> str:
        """The name that the operator signs in with."""
        return self._client.login

    async def send(self, now: datetime) -> None:
        """Enter the calls that are due; one that the server could not take is tried again."""
        while self._next is not None and self._next.at <= now:
            try:
                await self.enter(self._next, f"simulated-{self._run}-{self.sent}")
            except ServerBusyError:
                return
            self._next = next(self._spoken, None)

    async def enter(self, call: SimulatedCall, key: str) -> RequestId | None:
        """Enter a call under a key of its own; return its request, or `None` for a refused one.

        Raises `ServerBusyError` where it may be tried again.
        """
        body = {
            "kind": call.kind,
            "text": call.text,
            "address": call.address,
            "channel": "phone",
            "idempotency_key": key,
        }
        answer = await self._client.post("/requests", body | await self._place_of(call))
        if answer.is_server_error:
            raise ServerBusyError
        self.sent += 1
        if answer.is_error:
            _log.warning("a call was refused: %s", answer.text[:200])
            return None
        return RequestId(answer.json()["id"])

    async def _place_of(self, call: SimulatedCall) -> dict[str, Any]:
        """Return the fields of the offered place that the caller confirms; empty without one."""
        if not call.address:
            return {}
        offered = (await self._client.get("/api/geocode", q=call.address)).json()
        here = call.location
        away_m = [distance_m(LonLat(one["lon"], one["lat"]), here) for one in offered]
        if not offered or min(away_m) > FAR_M:
            return {}
        known = offered[away_m.index(min(away_m))]
        return {name: known[name] for name in ("lon", "lat", "segment_id")}
