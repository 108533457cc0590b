"""Any changes by hand, then all of them undone, is the draft as it began; redone, as it was."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from threading import Event

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import ConflictError
from data.model import EditKind, EditWish, Plan, RoadClass, SegmentId, VehicleId
from data.model.planning.paces import Movement, Pace, Scatter
from data.store.audit.audit_seals import seal_of_plan
from data.store.database.engine import Tx, transaction
from data.store.planning.plan_edits import list_edits
from data.store.planning.plans import add_plan, get_plan
from fleet.edits.draft import PreparedDraft, drafted, prepared_draft
from fleet.edits.draft_changes import assignment_costs, checked, made
from fleet.edits.edit_history import as_begun, begin, redo, store_edit, undo
from fleet.planning.plan_preparation import prepare
from fleet.planning.plan_solving import solve_prepared
from fleet.storms.storm_start import start_storm
from routing.replanning.manual_edits import refused
from tests import village as v
from tests.village_database import DISPATCHER, POLICY, a_village_database

WISHES = st.lists(
    st.builds(
        EditWish,
        st.sampled_from(EditKind),
        st.integers(1, 12).map(SegmentId),
        st.integers(1, 2).map(VehicleId),
        st.one_of(st.none(), st.none(), st.integers(1, 12).map(SegmentId)),
        st.just("a car is parked there"),
    ).map(lambda wish: wish if wish.kind is not EditKind.LOCK else replace(wish, before_id=None)),
    min_size=1,
    max_size=7,
)


@cache
def solved() -> Plan:
    """A plan for the village's first storm."""
    with transaction(a_village_database()) as tx:
        storm = start_storm(tx, DISPATCHER, "First snow", v.village(), POLICY, v.NOW)
        prepared = prepare(tx, storm.id, v.village(), v.NOW)
    return solve_prepared(prepared, 0.2, 1, lambda *_: None, Event().is_set)


def a_draft(tx: Tx) -> Plan:
    """A draft for changes by hand of a new storm's first plan."""
    storm = start_storm(tx, DISPATCHER, "First snow", v.village(), POLICY, v.NOW)
    prepared = prepare(tx, storm.id, v.village(), v.NOW)
    base = add_plan(tx, solved())
    return begin(tx, DISPATCHER, base.id, drafted(prepared, base)[0], prepared, v.NOW)


def streets(draft: Plan, vehicle_id: int) -> list[SegmentId]:
    legs = next(each.legs for each in draft.routes if each.vehicle_id == vehicle_id)
    return [leg.path[0].segment_id for leg in legs if leg.works]


class HandDraftOf:
    """A stored draft, read anew each time as a worker does that was just started."""

    def __init__(self, tx: Tx, plan: Plan) -> None:
        self.tx, self.id = tx, plan.id

    def stored(self) -> Plan:
        return get_plan(self.tx, self.id)

    def ready(self) -> PreparedDraft:
        plan = self.stored()
        prepared, edit_id, orders = as_begun(self.tx, plan, v.village())
        return prepared_draft(prepared, plan, edit_id, orders)

    def change(self, wish: EditWish) -> Sequence[str]:
        """Make a change unless it breaks a rule; return the rules it breaks."""
        draft = self.ready()
        found, after = checked(draft, made(draft, wish, v.NOW))
        if found.broken:
            assert after is draft
            return [one.rule for one in found.broken]
        store_edit(self.tx, DISPATCHER, wish, found, v.NOW)
        again = self.ready()
        assert again.running.routes == after.running.routes
        assert (again.left, again.orders) == (after.left, after.orders)
        return []


def told(draft: PreparedDraft) -> list[str]:
    everybody = range(len(draft.prepared.shifts))
    return refused(draft.running.problem, draft.running.routes, list(everybody))


@settings(max_examples=12)
@given(wishes=WISHES)
def test_all_undone_is_the_beginning_and_all_redone_is_the_end(wishes: list[EditWish]) -> None:
    with transaction(a_village_database()) as tx:
        draft = HandDraftOf(tx, a_draft(tx))
        kept = len(list_edits(tx, draft.id))
        seals = [seal_of_plan(tx, draft.id)]
        for wish in wishes:
            broken = draft.change(wish)
            assert "referee" not in broken
            if not broken:
                seals.append(seal_of_plan(tx, draft.id))
                assert told(draft.ready()) == []
        for seal in reversed(seals[:-1]):
            undo(tx, DISPATCHER, draft.id, v.NOW)
            assert seal_of_plan(tx, draft.id) == seal
        assert len([one for one in list_edits(tx, draft.id) if one.state == "done"]) == kept
        for seal in seals[1:]:
            redo(tx, DISPATCHER, draft.id, v.NOW)
            assert seal_of_plan(tx, draft.id) == seal
        with pytest.raises(ConflictError, match="nothing to redo"):
            redo(tx, DISPATCHER, draft.id, v.NOW)


def giver_and_street(draft: HandDraftOf) -> tuple[VehicleId, SegmentId]:
    """A truck and a street that it does alone."""
    street = streets(draft.stored(), 1)[-1]
    draft.change(EditWish(EditKind.MOVE, street, VehicleId(1)))
    return VehicleId(1), street


def test_takers_say_what_the_change_then_takes() -> None:
    with transaction(a_village_database()) as tx:
        draft = HandDraftOf(tx, a_draft(tx))
        giver, street = giver_and_street(draft)
        ready = draft.ready()
        other, has = assignment_costs(ready, street, v.NOW)
        assert (has.vehicle_id, [one.rule for one in has.broken]) == (giver, ["unchanged"])
        assert (other.vehicle_id, other.broken) == (3 - giver, ())
        found, _ = made(ready, EditWish(EditKind.MOVE, street, other.vehicle_id), v.NOW)
        assert found.totals.seconds - found.totals_before.seconds == pytest.approx(other.more_s)


def test_a_shift_that_is_too_short_is_said_in_seconds() -> None:
    with transaction(a_village_database()) as tx:
        draft = HandDraftOf(tx, a_draft(tx))
        giver, street = giver_and_street(draft)
        ready, taker = draft.ready(), VehicleId(3 - giver)
        end_s = ready.running.problem.shift_end_s.copy()
        end_s[taker - 1] = ready.running.timed[taker - 1].ends_s
        problem = replace(ready.running.problem, shift_end_s=end_s)
        running = ready.running.changed(problem, ready.running.routes)
        short = replace(ready, mapped=replace(ready.mapped, problem=problem), running=running)
        found, after = made(short, EditWish(EditKind.MOVE, street, taker), v.NOW)
        assert after is short
        assert [(one.rule, one.vehicle_id) for one in found.broken] == [("shift_end", taker)]
        assert found.broken[0].amount > 0


def test_a_draft_goes_on_at_the_durations_that_it_began_with(tx: Tx) -> None:
    storm = start_storm(tx, DISPATCHER, "First snow", v.village(), POLICY, v.NOW)
    times = {(Movement.PLOW, "dump_truck", road): 1.5 for road in RoadClass}
    pace = Pace(kinds=times, streets={(Movement.PLOW, v.MILL): 2.0}, scatter=Scatter(0.1, 9.0))
    prepared = replace(prepare(tx, storm.id, v.village(), v.NOW), pace=pace)
    base = add_plan(tx, solved())
    draft = begin(tx, DISPATCHER, base.id, drafted(prepared, base)[0], prepared, v.NOW)
    assert as_begun(tx, draft, v.village())[0].pace == pace
