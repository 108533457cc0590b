"""The head of the board: how far each class is by the present routes, and what to do next."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from data.model import ServiceClass, Storm
from data.store.shifts.shifts import list_shifts
from data.store.work import list_open_work
from fleet.alerts.next_action import (
    NOTHING,
    NextAction,
    Progress,
    next_action,
    situation_of,
    snow_action,
)
from fleet.context import CityContext
from fleet.routes.arrivals import arrivals_of
from fleet.routes.class_finish import ClassFinish, class_finishes
from fleet.routes.published_plan import PublishedPlanCache


@dataclass(frozen=True, slots=True)
class BoardHead:
    """The classes with streets left, the most urgent first, and the next action."""

    finishes: Mapping[ServiceClass, ClassFinish] = field(default_factory=dict)
    action: NextAction = NOTHING


def board_head(city: CityContext, storm: Storm | None, plans: PublishedPlanCache) -> BoardHead:
    """Return the head of the board; without a storm that is on only what the next one asks for."""
    if storm is None:
        return BoardHead(action=snow_action(city))
    tx, now = city.tx, city.now
    check, index = plans.check(city, storm.id), plans.driven(tx, storm.id)
    arrivals = arrivals_of(index, check.routes, now) if check and index else None
    work = list_open_work(tx, storm.id)
    found = class_finishes(work, arrivals, list_shifts(tx, storm.id), city.network)
    finishes = {name: found[name] for name in city.policy.in_order(found)}
    progress = Progress(work, finishes, check, arrivals)
    return BoardHead(finishes, next_action(situation_of(city, storm, progress)))
