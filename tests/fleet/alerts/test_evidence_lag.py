"""Positions that wait long for matching are an alert: boards are as old as they."""

from datetime import timedelta

import pytest

from data.model import AlertKind, VehicleId
from data.store.accounts.accounts import add_device
from data.store.database.engine import Tx
from data.store.tracking.positions import add_positions, list_unseen, mark_seen_until
from fleet.alerts.alert_monitor import AlertMonitor
from fleet.context import CityContext
from fleet.storms.storm_start import start_storm
from tests import village as v
from tests.fleet.drives import a_drive
from tests.village_database import DISPATCHER, POLICY

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def tracker(tx: Tx) -> None:
    add_device(tx, "box", VehicleId(1), "box")


def seen_behind(tx: Tx, minutes: float) -> list[dict[str, object]]:
    """Return what is said of evidence so long after the positions came."""
    storm = start_storm(tx, DISPATCHER, "First snow", v.village(), POLICY, v.NOW)
    city = CityContext(tx, v.village(), POLICY, v.NOW + minutes * MINUTE)
    signs = AlertMonitor().check(city, storm, {}).signs
    return [{**one.facts} for one in signs if one.kind is AlertKind.EVIDENCE_BEHIND]


def test_positions_that_nobody_evaluates_are_an_alert_in_steps_of_five_minutes(tx: Tx) -> None:
    add_positions(tx, a_drive((0, 0), (100, 0)))
    assert seen_behind(tx, 13) == [{"behind_min": 10}]


def test_evidence_that_is_made_within_minutes_is_none(tx: Tx) -> None:
    add_positions(tx, a_drive((0, 0), (100, 0)))
    assert seen_behind(tx, 3) == []


def test_positions_that_were_evaluated_are_none_however_old(tx: Tx) -> None:
    add_positions(tx, a_drive((0, 0), (100, 0)))
    _, last = list_unseen(tx, 1000)
    mark_seen_until(tx, last)
    assert seen_behind(tx, 60) == []
