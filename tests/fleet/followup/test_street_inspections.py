"""Streets that only a driver's tap proves: on the supervisor's list until somebody has looked."""

from dataclasses import replace
from datetime import timedelta

import pytest

from data.errors import InvalidError
from data.model import EvidenceKind, JobState, LegKind, Plan
from data.model.requests.followup import InspectionFault
from data.store.database.engine import Tx
from data.store.followup.sightings import list_sightings_on_segment
from data.store.requests.data_retention import erase_street_sightings
from data.store.schema import job
from data.store.storms.storms import get_storm
from data.store.work import list_jobs_on_segment
from fleet.context import CityContext
from fleet.evidence.driver_confirmations import prove_taps
from fleet.followup.street_inspections import doubtful_streets, inspect_street
from fleet.followup.waiting_requests import OnSiteReport
from fleet.storms.storm_start import start_storm
from tests import village as v
from tests.fleet.evidence.test_driver_confirmations import (
    LATER,
    TAPPED,
    coverage,
    done,
    on_the_road,
    proved,
)
from tests.village_database import DISPATCHER, POLICY
from tests.village_plan import a_leg

CLEAR = OnSiteReport(clear=True, photo="x.jpg", location=v.village().point_at(v.SCHOOL, 20.0))
RIDGE = OnSiteReport(clear=False, photo="x.jpg", faults=(InspectionFault.RIDGE,))


@pytest.fixture
def plan(tx: Tx) -> Plan:
    """School Street there and back and Tulip Alley, tapped without any position."""
    start_storm(tx, DISPATCHER, "First snow", v.village(), POLICY, v.NOW)
    tx.execute(job.update().values(passes=1))
    plan = on_the_road(
        tx,
        a_leg(LegKind.DRIVE, v.MAIN_WEST),
        a_leg(segment_id=v.SCHOOL),
        a_leg(segment_id=v.SCHOOL, forward=False),
        a_leg(segment_id=v.TULIP),
    )
    done(tx, plan, 0, 3)
    proved(tx, plan)
    return plan


def city(tx: Tx, now=LATER) -> CityContext:
    return CityContext(tx, v.village(), POLICY, now)


def listed(tx: Tx, now=LATER) -> list[int]:
    return [one.segment_id for one in doubtful_streets(city(tx, now), ())]


def test_what_no_position_shows_is_listed_the_longest_first(tx: Tx, plan: Plan) -> None:
    streets = sorted((v.SCHOOL, v.TULIP), key=lambda each: -v.village().segment(each).length_m)
    assert listed(tx) == streets


def test_what_is_in_order_is_an_inspection_and_leaves_the_list(tx: Tx, plan: Plan) -> None:
    inspect_street(city(tx), DISPATCHER, v.SCHOOL, CLEAR)
    for forward in (True, False):
        row = coverage(tx, plan, v.SCHOOL, forward=forward)
        assert row is not None
        assert row.evidence is not None
        assert row.evidence.kind is EvidenceKind.INSPECTION
    assert listed(tx) == [v.TULIP]


def test_what_is_not_in_order_is_due_again_and_stays_so(tx: Tx, plan: Plan) -> None:
    (before,) = list_jobs_on_segment(tx, plan.storm_id, v.SCHOOL)
    assert before.state is JobState.DONE
    inspect_street(city(tx), DISPATCHER, v.SCHOOL, RIDGE)
    assert coverage(tx, plan, v.SCHOOL) is None
    (again,) = list_jobs_on_segment(tx, plan.storm_id, v.SCHOOL)
    assert again.state is JobState.OPEN
    assert listed(tx) == [v.TULIP]
    with pytest.raises(InvalidError):
        inspect_street(city(tx), DISPATCHER, v.TULIP, OnSiteReport(clear=False, photo="x.jpg"))


def test_a_tap_from_before_a_look_that_refutes_it_proves_nothing(tx: Tx) -> None:
    start_storm(tx, DISPATCHER, "First snow", v.village(), POLICY, v.NOW)
    plan = on_the_road(tx, a_leg(segment_id=v.SCHOOL))
    done(tx, plan, 0, 0)
    inspect_street(city(tx, TAPPED + timedelta(minutes=1)), DISPATCHER, v.SCHOOL, RIDGE)
    prove_taps(city(tx), get_storm(tx, plan.storm_id))
    assert coverage(tx, plan, v.SCHOOL) is None


def test_what_an_inspector_wrote_of_a_street_is_erased_as_what_callers_said(tx: Tx, plan: Plan):
    place = v.village().point_at(v.SCHOOL, 20.0)
    worded = replace(RIDGE, text="in front of number 7", location=place)
    inspect_street(city(tx), DISPATCHER, v.SCHOOL, worded)
    assert erase_street_sightings(tx, LATER - timedelta(days=1)) == 0
    assert erase_street_sightings(tx, LATER + timedelta(days=1)) == 1
    (kept,) = list_sightings_on_segment(tx, v.SCHOOL, TAPPED - timedelta(days=1))
    assert (kept.text, kept.location, kept.faults) == ("", None, RIDGE.faults)
