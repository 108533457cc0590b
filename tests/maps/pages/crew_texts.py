"""Texts that pages of crews put together from names."""

from data.model.crews import CannotReason, CrewJobState, CrewPriority, CrewWork
from maps.reports.storm_costs import CREW_COLUMNS

CREW_TEXTS = {
    *(f"{kind}:{work}" for kind in ("crew_work", "crew_size") for work in CrewWork),
    *(f"crew_priority:{each}" for each in CrewPriority),
    *(f"crew_job:{state}" for state in CrewJobState),
    *(f"crew_sum:{name}" for name in ("waiting", "listed", "started", "done", "cannot")),
    *(f"cannot:{reason}" for reason in CannotReason),
    *(f"column:{name}" for name in ("crew", *CREW_COLUMNS)),
    "costs:crews",
}
