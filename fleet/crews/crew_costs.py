"""What crews took in a storm: hours on duty, of all their people, and money."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime

from data.model import StormId
from data.model.crews import Crew, CrewId, CrewJobState
from data.store.crews.crew_jobs import list_crew_jobs
from data.store.crews.crew_register import list_crew_shifts, list_crews
from data.store.database.engine import Tx


@dataclass(frozen=True, slots=True)
class CrewCost:
    """A crew's part: hours on duty and jobs done; every one of its people is paid by the hour."""

    crew: Crew
    duty_h: float
    done: int

    @property
    def people_h(self) -> float:
        """Hours of all its people together."""
        return self.duty_h * self.crew.size

    @property
    def cost(self) -> float:
        """What the hours cost, in the city's money."""
        return self.people_h * self.crew.rate_h


def crew_costs(tx: Tx, storm_id: StormId, until: datetime) -> tuple[CrewCost, ...]:
    """Return what each crew that was on duty took until a moment, by name."""
    hours: dict[CrewId, float] = defaultdict(float)
    for shift in list_crew_shifts(tx, storm_id):
        hours[shift.crew_id] += shift.hours_h(until)
    done = Counter(job.crew_id for job in list_crew_jobs(tx, storm_id, {CrewJobState.DONE}))
    return tuple(
        CrewCost(crew, hours[crew.id], done[crew.id]) for crew in list_crews(tx) if crew.id in hours
    )
