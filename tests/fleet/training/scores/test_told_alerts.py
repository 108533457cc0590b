"""Alerts as a debrief tells them: what each was, of which truck, and whether it was in time."""

import re
from dataclasses import replace
from datetime import timedelta

from data.model import Alert, AlertId, AlertKind, Storm, VehicleId
from data.store.alerts import add_alert
from data.store.database.engine import Tx
from maps.pages.i18n import translator
from maps.training.debrief_timeline import MomentKind, Names, folded, timeline
from tests import village as v
from tests.fleet.training.scores.test_debrief import plain, read

EN = translator("en", "Asia/Tehran")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def test_alerts_of_one_second_that_came_to_the_same_are_told_as_one(tx: Tx, storm: Storm) -> None:
    alert = Alert(AlertId(0), storm.id, AlertKind.AT_RISK, VehicleId(1), v.NOW + HOUR)
    for vehicle in (1, 2):
        add_alert(tx, replace(alert, vehicle_id=VehicleId(vehicle)))
    again = replace(alert, since=alert.since + HOUR)
    for seen in (None, again.since + 5 * MINUTE):  # it came back as the same trouble
        add_alert(tx, replace(again, acknowledged_at=seen))
    add_alert(tx, replace(again, vehicle_id=VehicleId(2)))
    machines = {VehicleId(1): "Loader", VehicleId(2): "Grader"}
    found = timeline(read(tx, storm), Names({}, machines), EN)
    told = [plain(one.words) for one in found if one.kind is MomentKind.ALERT]
    named = [re.findall("Loader|Grader", each) for each in told]
    assert named == [["Loader", "Grader"], ["Loader"], ["Grader"]]
    at = EN.time(again.since + 5 * MINUTE)
    assert f"Acknowledged at {at}, after 5 min. That was in time." in told[1]


def test_every_alert_that_counts_is_told_with_its_machine_and_whether_it_was_in_time(
    tx: Tx, storm: Storm
) -> None:
    began = v.NOW + HOUR
    up = Alert(AlertId(0), storm.id, AlertKind.BLADE_UP, VehicleId(1), began)
    rest = replace(up, kind=AlertKind.REST_DUE, vehicle_id=VehicleId(2), since=began + MINUTE)
    over = replace(up, kind=AlertKind.AT_RISK, since=began + 2 * MINUTE)
    note = replace(up, kind=AlertKind.SPEEDING)  # which waits
    add_alert(tx, replace(up, acknowledged_at=began + 7 * MINUTE))
    add_alert(tx, replace(rest, until=began + 50 * MINUTE))
    add_alert(tx, replace(over, until=over.since + 3 * MINUTE))
    add_alert(tx, note)
    found = read(tx, storm)
    moments = timeline(found, Names({}, {VehicleId(1): "Loader", VehicleId(2): "Grader"}), EN)
    alerts = [one for one in moments if "Alert" in one.words]
    assert [plain(one.words) for one in alerts] == [
        "Alert (a truck loses time): blade up where it is to plow (Loader). "
        f"Acknowledged at {EN.time(began + 7 * MINUTE)}, after 7 min. That was in time.",
        "Alert (a truck loses time): rest overdue (Grader). "
        "It was over after 49 min, unacknowledged. That was not in time.",
        "Alert (streets stay late): streets at risk of being late (Loader). "
        "It was over after 3 min, unacknowledged. That is not counted: its time was not up.",
    ]
    told = sum(one.words.endswith(("in time.",)) for one in alerts)
    assert told == sum(one.alerts for one in found.facts.alerts)


def test_many_alerts_of_single_trucks_are_folded_into_one_moment_and_graver_ones_are_not(
    tx: Tx, storm: Storm
) -> None:
    up = Alert(AlertId(0), storm.id, AlertKind.BLADE_UP, VehicleId(1), v.NOW + HOUR)
    for minutes in range(5):
        add_alert(tx, replace(up, since=up.since + minutes * MINUTE))
    add_alert(tx, replace(up, kind=AlertKind.AT_RISK, since=up.since + 5 * MINUTE))
    moments = timeline(read(tx, storm), Names({}, {}), EN)
    _, fold, grave = folded(moments, EN)
    assert (fold.at_s, len(fold.parts), grave.parts) == (3600, 5, ())
    until = EN.time(up.since + 4 * MINUTE)
    assert plain(fold.words) == f"5 alerts of trucks that lost time, until {until}"
