"""Shifts that a simulation begins for its drivers, and ends at their time."""

from datetime import datetime

from api.simulation.drivers.signed_in_client import SignedInClient
from data.model import ShiftId


class BegunShifts:
    """The shifts that were begun here, with when they are over as far as is known."""

    def __init__(self) -> None:
        self._ends_at: dict[ShiftId, datetime] = {}

    async def begin(self, client: SignedInClient, shift_id: ShiftId) -> bool:
        """Begin a shift; return whether it was still to be begun."""
        begun = await client.post(f"/api/shifts/{shift_id}/start", {})
        if begun.is_error:
            return False
        self._ends_at[shift_id] = datetime.fromisoformat(begun.json()["ends_at"])
        return True

    async def end_due(self, client: SignedInClient, now: datetime) -> None:
        """End the shifts whose time is over, unless they were prolonged meanwhile."""
        for shift_id in [each for each, ends_at in self._ends_at.items() if ends_at <= now]:
            answer = await client.get(f"/api/shifts/{shift_id}")
            if answer.is_error:
                continue
            self._ends_at[shift_id] = datetime.fromisoformat(answer.json()["ends_at"])
            if self._ends_at[shift_id] <= now:
                del self._ends_at[shift_id]
                await client.post(f"/api/shifts/{shift_id}/end", {})
