"""The night dispatcher of a simulated storm: keeps the city going where nobody else does.

Signs in like a person and uses the same addresses, so that the audit log says who did what. Acts
only on what has waited for a while: a dispatcher at the board comes first.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from api.simulation.drivers.signed_in_client import SignedInClient, SignInRefusedError

ROUND = timedelta(minutes=2)
"""Time between two looks at the board."""

PATIENCE = timedelta(minutes=6)
"""How long a person at the board has to act first."""

READING_EVERY = timedelta(hours=1)
"""Time between two snowfall readings."""

RELIEF = timedelta(minutes=30)
"""The next shift of a machine is planned so long before the last one ends."""

SHIFT = timedelta(hours=8)

SEARCH = timedelta(minutes=5)
"""What a search may take of the storm's time, within the limits below."""

SEARCH_S = (2.0, 20.0)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Wish:
    """A next action as the board named it, and since when."""

    action: tuple[object, ...]
    since: datetime


class NightDispatcher:
    """Enters snowfall readings, plans shifts and publishes plans; stops where refused entry.

    `fallen` says how many cm of snow lie so long after the storm began. Where a person plays the
    dispatcher it is `relieved` and only reads the snow gauge.
    """

    def __init__(
        self,
        client: SignedInClient,
        speed: Callable[[], float],
        fallen: Callable[[timedelta], float],
    ) -> None:
        self._client = client
        self._speed = speed
        self._fallen = fallen
        self._next_round_at: datetime | None = None
        self._wish: _Wish | None = None
        self._off = False
        self.relieved = False

    async def act(self, now: datetime) -> None:
        """Look at the board where a round is due, and do what has waited long enough."""
        if self._off or (self._next_round_at is not None and now < self._next_round_at):
            return
        self._next_round_at = now + ROUND
        try:
            await self._look(now)
        except SignInRefusedError as refusal:
            self._off = True
            _log.warning("%s: the city goes on without a night dispatcher", refusal)

    async def _look(self, now: datetime) -> None:
        board = (await self._client.get("/api/board")).json()
        storm = board["storm"]
        if storm is None:
            return
        await self._enter_snowfall(storm, now)
        if self.relieved:
            self._wish = None
            return
        await self._relieve_shifts(storm["id"], now)
        await self._clear_away(board["runs"])
        action = board["figures"]["next_action"]
        if self._has_waited(action, now):
            self._wish = None
            await self._do(action, storm["id"], now)

    async def _enter_snowfall(self, storm: dict[str, Any], now: datetime) -> None:
        """Enter what has fallen since the last reading, once an hour."""
        began = datetime.fromisoformat(storm["started_at"])
        readings = storm["snowfall"]
        last_at = datetime.fromisoformat(readings[-1]["at"]) if readings else began
        if now - last_at < READING_EVERY:
            return
        before = readings[-1]["fallen_cm"] if readings else 0.0
        since = self._fallen(now - began) - self._fallen(last_at - began)
        reading = {"at": now.isoformat(), "fallen_cm": round(before + since, 1)}
        await self._post(f"/api/storms/{storm['id']}/snowfall", {"entries": [reading]})

    async def _relieve_shifts(self, storm_id: int, now: datetime) -> None:
        """Plan another shift for each machine whose last one is nearly over."""
        roster = (await self._client.get("/api/roster")).json()
        ends: dict[int, datetime] = {}
        for shift in roster["shifts"]:
            end = datetime.fromisoformat(shift["ends_at"])
            ends[shift["vehicle_id"]] = max(end, ends.get(shift["vehicle_id"], end))
        for vehicle_id, last_end in ends.items():
            if last_end > now + RELIEF:
                continue
            start = max(last_end, now)
            times = {"starts_at": start.isoformat(), "ends_at": (start + SHIFT).isoformat()}
            await self._post(f"/api/storms/{storm_id}/shifts", {"vehicle_id": vehicle_id} | times)

    async def _clear_away(self, runs: Sequence[dict[str, Any]]) -> None:
        """Discard own drafts that another plan has overtaken."""
        for run in runs:
            draft = run["draft"]
            if draft and draft["outdated"] and run["asked_by"] == self._client.login:
                await self._post(f"/api/plans/{draft['plan_id']}/discard", {})

    def _has_waited(self, action: dict[str, Any], now: datetime) -> bool:
        """Whether the board has named this action for so long that nobody else seems to act."""
        same = (action["kind"], action["plan_id"])
        if self._wish is None or self._wish.action != same:
            self._wish = _Wish(same, now)
        return now - self._wish.since >= PATIENCE

    async def _do(self, action: dict[str, Any], storm_id: int, now: datetime) -> None:
        kind = action["kind"]
        if kind == "plan":
            shortest, longest = SEARCH_S
            seconds = min(max(SEARCH.total_seconds() / self._speed(), shortest), longest)
            await self._post("/api/plans", {"seconds": seconds})
        elif kind == "publish":
            plan_id = action["plan_id"]
            if not await self._post(f"/api/plans/{plan_id}/publish", {}):
                await self._post(f"/api/plans/{plan_id}/again", {})
        elif kind == "renew":
            await self._post(f"/api/plans/{action['plan_id']}/again", {})
        elif kind in ("alerts", "danger"):
            await self._acknowledge((await self._client.get("/api/alerts")).json())

    async def _acknowledge(self, alerts: Sequence[dict[str, Any]]) -> None:
        for alert in alerts:
            if alert["acknowledged_at"] is None and alert["kind"] != "sos":
                await self._post(f"/api/alerts/{alert['id']}/acknowledge", {})

    async def _post(self, path: str, body: object) -> bool:
        """Send an order; return whether it was taken. A refused one is tried in another round."""
        answer = await self._client.post(path, body)
        if answer.is_error:
            _log.info("%s: %s", path, answer.text[:200])
        return not answer.is_error
