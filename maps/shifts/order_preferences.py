"""Orders of streets that drivers prefer, for the planner's page."""

from collections.abc import Iterable
from dataclasses import dataclass

from data.model import SegmentId
from data.model.machines import LimitState
from data.model.planning.street_orders import OrderPreference
from maps.shifts.machine_limits import LimitContext
from maps.streets.street import called, street_name


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order as the planner reads it: `what` comes before what, and what storms showed."""

    id: int
    state: LimitState
    what: str
    headline: str
    proposed: str
    decided: str


def order_row(preference: OrderPreference, around: LimitContext) -> OrderRow:
    """Return an order in the reader's words."""
    t, one = around.t, preference
    decided = ""
    if one.decided_at is not None:
        who = around.people.get(one.decided_by, one.decided_by)
        decided = t("{name}, {time}", name=who, time=t.day_time(one.decided_at))
    return OrderRow(
        id=one.id,
        state=one.state,
        what=t(
            "{sooner} before {later}",
            sooner=_name(one.sooner, around),
            later=_name(one.later, around),
        ),
        headline=t("Preferred by drivers of: {machines}", machines=t(f"machine:{one.machine}")),
        proposed=t(
            "By tracks of storms, {time}: so {times} of {chances} times, {drivers} drivers, "
            "in {storms} storms",
            time=t.day_time(one.proposed_at),
            times=t.number(one.times),
            chances=t.number(one.chances),
            drivers=t.number(one.drivers),
            storms=t.number(one.storms),
        ),
        decided=decided,
    )


def _name(segments: Iterable[SegmentId], around: LimitContext) -> str:
    """Return what a street is called, of which a newer file of streets may lack parts."""
    known = (around.network.find(one) for one in segments)
    found = next((segment for segment in known if segment is not None), None)
    return called(street_name(found), around.t) if found else around.t("a former street")
