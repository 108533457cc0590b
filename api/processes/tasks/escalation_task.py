"""Looks at the clocks of requests now and then, and makes what is too late the supervisor's."""

from itertools import batched

from api.processes.periodic_task import CityTask
from data.model import ServiceRequest
from data.store.database.engine import reading, transaction
from fleet.followup.waiting_requests import escalate_overdue, list_overdue
from maps.requests.requests import request_view

PERIOD_S = 30.0
"""Pause between two looks: nobody's hour is over by less."""

AT_ONCE = 20
"""Requests in one transaction, so that nobody waits long to write."""


class EscalationTask(CityTask):
    """Escalates what is too late, as long as the server runs; a look that fails is made again."""

    pause_s = PERIOD_S

    def run(self) -> int:
        """Escalate what is too late now, tell the pages, and return how many requests it was."""
        city_state, now = self._city_state.now, self._clock.now()
        with reading(self._engine) as tx:
            found = list_overdue(tx, city_state.network, city_state.policy, now)
        late: list[ServiceRequest] = []
        for some in batched(found, AT_ONCE, strict=False):
            with transaction(self._engine) as tx:
                late += escalate_overdue(tx, some, city_state.network, city_state.policy, now)
        self._hub.publish("requests", [request_view(asked, {}) for asked in late])
        return len(late)
