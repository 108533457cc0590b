"""Two crews for a demo storm, with jobs near their base."""

from datetime import datetime

from api.config.console import CONSOLE
from data.model import Storm, UserId
from data.model.crews import Crew, CrewPriority, CrewWork
from data.policy.city_policy import Policy
from data.store.crews.crew_register import list_crews
from data.store.database.engine import Tx
from data.store.setup.machines import list_depots
from data.streets.network import StreetNetwork
from data.streets.projection import distance_m
from fleet.context import CityContext
from fleet.crews.crew_lists import draft_lists, publish_lists
from fleet.crews.crew_register import NOT_YET, enroll_crew, lead_crew, put_on_duty
from fleet.work.crew_jobs import CrewJobWish, add_job_by_hand
from maps.pages.i18n import Translator

LISTED, LATER = 10, 3
"""Jobs on the first lists, and those added later."""

EVERY = 20
"""One job in so many streets, the nearest to the base first."""


def add_demo_crews(
    tx: Tx, storm: Storm, network: StreetNetwork, policy: Policy, t: Translator, now: datetime
) -> None:
    """Add two crews on duty, one on foot and one with a vehicle, with published lists."""
    depots = list_depots(tx)
    if not depots:
        return
    base = depots[0]
    for number, people in ((1, 3), (2, 2)):
        crew = Crew(
            id=NOT_YET,
            name=t("Crew {number}", number=number),
            size=people,
            works=tuple(CrewWork),
            base=base.location,
            base_name=base.name,
            language=t.language,
            drives=number == 2,
        )
        put_on_duty(tx, CONSOLE, storm.id, enroll_crew(tx, CONSOLE, crew, now).id, now)
    near = sorted(network.segments, key=lambda one: distance_m(one.geometry[0], base.location))
    streets = near[::EVERY][: LISTED + LATER]
    for number, street in enumerate(streets):
        if number == LISTED:
            draft_lists(tx, CONSOLE, storm.id, policy.crews, now)
            publish_lists(tx, CONSOLE, storm.id, policy.crews, now)
        priority = CrewPriority.HIGH if number % 4 == 1 else CrewPriority.NORMAL
        work = list(CrewWork)[number % len(CrewWork)]
        place = network.point_at(street.id, street.length_m / 2)
        wanted = CrewJobWish(work, place, priority=priority)
        add_job_by_hand(CityContext(tx, network, policy, now), CONSOLE, storm.id, wanted)


def lead_first_crew(tx: Tx, user_id: UserId) -> None:
    """Make a user the leader of the first crew."""
    first = next(iter(list_crews(tx)), None)
    if first is not None:
        lead_crew(tx, first.id, user_id)
