"""How far what the trucks of a training did is counted: the clock may outrun its workers."""

from datetime import datetime, timedelta
from typing import NamedTuple

from data.model import Storm
from data.model.training.rehearsal import Training
from data.store.database.engine import Tx
from fleet.alerts.evidence_lag import evidence_lag
from fleet.training.events import scenario_end

SOON = timedelta(minutes=1)
"""What is behind by less is counted while somebody looks."""


class Counted(NamedTuple):
    """Until when a storm is to be judged, and until when all that its trucks sent is evidence."""

    wanted: datetime
    until: datetime

    @property
    def whole(self) -> bool:
        """Whether nothing is left to be counted."""
        return self.until >= self.wanted

    @property
    def behind(self) -> timedelta:
        """How much of the storm is still to be counted, nothing where that is soon done."""
        left = self.wanted - self.until
        return left if left >= SOON else timedelta(0)


def counted(tx: Tx, training: Training, storm: Storm, now: datetime) -> Counted:
    """Return how far a training is counted: its storm is judged to its scenario's end at most.

    What waits for matching is what the alert of evidence that is behind looks at, too.
    """
    wanted = min(now, storm.ended_at or now, scenario_end(training))
    until = min(wanted, now - evidence_lag(tx, now))
    return Counted(wanted, max(until, min(wanted, storm.started_at)))
