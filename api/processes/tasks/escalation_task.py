"""The periodic task that escalates overdue requests to the supervisor."""

from itertools import batched

from api.processes.periodic_task import CityTask
from data.model import ServiceRequest
from data.store.database.engine import reading, transaction
from fleet.followup.waiting_requests import escalate_overdue, list_overdue
from maps.requests.requests import request_view

PERIOD_S = 30.0
"""Pause between two runs: targets are hours."""

AT_ONCE = 20
"""Requests in one transaction, so that other writers wait briefly."""


class EscalationTask(CityTask):
    """Escalates overdue requests every 30 seconds."""

    pause_s = PERIOD_S

    def run(self) -> int:
        """Escalate overdue requests and publish them; return how many."""
        city_state, now = self._city_state.now, self._clock.now()
        with reading(self._engine) as tx:
            found = list_overdue(tx, city_state.network, city_state.policy, now)
        late: list[ServiceRequest] = []
        for some in batched(found, AT_ONCE, strict=False):
            with transaction(self._engine) as tx:
                late += escalate_overdue(tx, some, city_state.network, city_state.policy, now)
        views = [request_view(asked, {}, city_state.network) for asked in late]
        self._hub.publish("requests", views)
        return len(late)
