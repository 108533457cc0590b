"""Looks at the clocks of requests now and then, and makes what is too late the supervisor's."""

from api.clock import Clock
from api.ground import GroundKeeper
from api.sentry import Sentry
from data.store.engine import Database, transaction
from fleet.followup import escalate_overdue
from fleet.live import Hub
from maps.views import request_view

LOOK_S = 30.0
"""Pause between two looks: nobody's hour is over by less."""


class OfficeWatch(Sentry):
    """Escalates what is too late, as long as the server runs; a look that fails is made again."""

    pause_s = LOOK_S

    def __init__(self, engine: Database, clock: Clock, ground: GroundKeeper, hub: Hub) -> None:
        super().__init__()
        self._engine = engine
        self._clock = clock
        self._ground = ground
        self._hub = hub

    def look(self) -> int:
        """Escalate what is too late now, tell the pages, and return how many requests it was."""
        ground = self._ground.now
        with transaction(self._engine) as tx:
            late = escalate_overdue(tx, ground.network, ground.policy, self._clock.now())
        self._hub.publish("requests", [request_view(asked, {}) for asked in late])
        return len(late)
