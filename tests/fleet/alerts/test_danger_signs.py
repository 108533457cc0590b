"""Requests in which somebody's life is in danger: which raise an alert, and until when."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from data.errors import ConflictError, InvalidError
from data.model import (
    Alert,
    AlertKind,
    ClosingReason,
    Danger,
    RequestId,
    Storm,
)
from data.model.alerts import request_of
from data.model.requests.requests import LIFE_DANGERS
from data.policy.alert_rules import AlertRules
from data.store.alerts import get_alert, list_open_alerts
from data.store.audit.audit_log import list_events
from data.store.database.engine import Tx
from data.store.requests.requests import get_request
from fleet.alerts.alert_monitor import AlertMonitor
from fleet.alerts.alert_register import AlertRegister, acknowledge
from fleet.alerts.danger_over import end_danger
from fleet.alerts.danger_signs import danger_signs
from fleet.alerts.snoozes import SnoozeWish, snooze
from fleet.context import CityContext
from fleet.followup.duplicates import merge_many
from fleet.requests.closing import close_by_evidence, reopen_request
from tests import village as v
from tests.fleet.followup.bulk_orders import closed, handed, on_a_street, taken
from tests.village_database import DISPATCHER, POLICY

MINUTE = timedelta(minutes=1)
RULES = AlertRules()


@dataclass
class Watch:
    """Stores the signs of dangers, as the alert monitor does."""

    tx: Tx
    storm: Storm
    register: AlertRegister = field(default_factory=AlertRegister)

    def at(self, minute: float) -> list[Alert]:
        """Look after so many minutes; return what is open then."""
        signs = list(danger_signs(self.tx, self.storm))
        self.register.store(self.tx, self.storm, signs, RULES, v.NOW + minute * MINUTE)
        return list_open_alerts(self.tx)


@pytest.fixture
def watch(tx: Tx, storm: Storm) -> Watch:
    return Watch(tx, storm)


def endangered(tx: Tx, storm: Storm) -> list[RequestId | None]:
    return [request_of(sign.facts) for sign in danger_signs(tx, storm)]


def done(tx: Tx, request_id: RequestId) -> None:
    asked = get_request(tx, request_id)
    close_by_evidence(tx, DISPATCHER, asked, ClosingReason.PLOWED, v.NOW, v.NOW)


def test_only_a_danger_to_life_is_a_sign(tx: Tx, storm: Storm) -> None:
    asked = {danger: on_a_street(tx, dangers=(danger,)).id for danger in Danger}
    on_a_street(tx)
    assert endangered(tx, storm) == sorted(asked[danger] for danger in LIFE_DANGERS)
    assert {Danger.ELDERLY, Danger.SCHOOL} == set(Danger) - LIFE_DANGERS


def test_the_sign_says_what_the_danger_is_and_its_street_but_no_words_nor_place_of_a_caller(
    tx: Tx, storm: Storm
) -> None:
    dangers = (Danger.SCHOOL, Danger.AMBULANCE, Danger.TRAPPED)
    asked = on_a_street(tx, dangers=dangers, caller_name="Sara")
    [sign] = danger_signs(tx, storm)
    assert sign.facts == {
        "request": asked.id,
        "reference": asked.reference,
        "dangers": "trapped,ambulance",
        "segment_id": v.SCHOOL,
    }
    assert (sign.location, sign.since) == (None, v.NOW)


def test_what_nobody_knows_the_place_of_is_a_sign_too(tx: Tx, storm: Storm) -> None:
    taken(tx, "somewhere", dangers=(Danger.ACCIDENT,))
    [sign] = danger_signs(tx, storm)
    assert "segment_id" not in sign.facts


def test_what_is_closed_or_another_agencys_is_no_sign(tx: Tx, storm: Storm) -> None:
    melted, given, plowed = (on_a_street(tx, dangers=(Danger.AMBULANCE,)) for _ in range(3))
    closed(tx, melted.id)
    handed(tx, given.id)
    done(tx, plowed.id)
    assert endangered(tx, storm) == []


def test_a_merged_request_lends_its_danger_to_the_one_that_stands_for_it(
    tx: Tx, storm: Storm
) -> None:
    kept = on_a_street(tx, dangers=(Danger.ELDERLY,))
    other = on_a_street(tx, dangers=(Danger.TRAPPED,))
    merge_many(tx, DISPATCHER, [other.id], kept.id, v.NOW)
    [sign] = danger_signs(tx, storm)
    assert (sign.facts["request"], sign.facts["dangers"]) == (kept.id, "trapped")
    with pytest.raises(ConflictError, match="another danger"):
        end_danger(tx, DISPATCHER, kept.id, [Danger.AMBULANCE, Danger.ELDERLY], v.NOW)
    assert endangered(tx, storm) == [kept.id]
    end_danger(tx, DISPATCHER, kept.id, [Danger.TRAPPED], v.NOW)
    assert endangered(tx, storm) == []
    assert get_request(tx, kept.id).dangers == (Danger.ELDERLY,)


def test_each_request_has_an_alert_of_its_own(tx: Tx, watch: Watch) -> None:
    first = on_a_street(tx, dangers=(Danger.AMBULANCE,))
    [alert] = watch.at(0)
    acknowledge(tx, DISPATCHER, alert.id, v.NOW + MINUTE)
    second = on_a_street(tx, dangers=(Danger.POWER_LINE,))
    by_request = {one.request_id: one for one in watch.at(2)}
    assert by_request[first.id].acknowledged_by == DISPATCHER.id
    assert by_request[second.id].acknowledged_at is None
    [opened] = list_events(tx, f"alert:{by_request[second.id].id}")
    assert (opened.verb, opened.after["request"]) == ("alert.opened", second.id)

    done(tx, first.id)
    watch.at(3)
    assert [one.request_id for one in watch.at(5)] == [second.id]
    assert [line.verb for line in list_events(tx, f"alert:{alert.id}")] == [
        "alert.opened",
        "alert.acknowledged",
        "alert.closed",
    ]


def test_a_new_danger_in_an_acknowledged_alert_is_told_anew(tx: Tx, watch: Watch) -> None:
    kept = on_a_street(tx, dangers=(Danger.AMBULANCE,))
    [alert] = watch.at(0)
    acknowledge(tx, DISPATCHER, alert.id, v.NOW)
    also, another = (
        on_a_street(tx, dangers=(danger,)) for danger in (Danger.AMBULANCE, Danger.POWER_LINE)
    )
    merge_many(tx, DISPATCHER, [also.id], kept.id, v.NOW)
    assert [one.acknowledged_by for one in watch.at(1) if one.id == alert.id] == [DISPATCHER.id]
    merge_many(tx, DISPATCHER, [another.id], kept.id, v.NOW)
    watch.at(2)
    told = get_alert(tx, alert.id)
    assert (told.acknowledged_by, told.acknowledged_at, told.owner) == ("", None, DISPATCHER.id)
    assert (alert.since, told.since) == (v.NOW, v.NOW + 2 * MINUTE)
    assert acknowledge(tx, DISPATCHER, alert.id, v.NOW).acknowledged_by == DISPATCHER.id
    assert watch.at(3)[0].acknowledged_by == DISPATCHER.id


def test_the_alert_of_a_request_that_is_open_again_goes_on_and_is_told_anew(
    tx: Tx, watch: Watch
) -> None:
    asked = on_a_street(tx, dangers=(Danger.TRAPPED,))
    [alert] = watch.at(0)
    acknowledge(tx, DISPATCHER, alert.id, v.NOW)
    done(tx, asked.id)
    watch.at(1)
    assert watch.at(3) == []
    reopen_request(tx, DISPATCHER, asked.id, "still there", v.NOW + 4 * MINUTE)
    [again] = watch.at(5)
    assert (again.id, again.acknowledged_by, again.acknowledged_at) == (alert.id, "", None)
    assert again.since == v.NOW + 5 * MINUTE


def test_a_danger_that_is_over_closes_its_alert_and_cannot_be_over_twice(
    tx: Tx, watch: Watch
) -> None:
    asked = on_a_street(tx, dangers=(Danger.AMBULANCE,))
    [alert] = watch.at(0)
    over = end_danger(tx, DISPATCHER, asked.id, asked.dangers, v.NOW)
    assert [one.id for one in over.alerts] == [alert.id]
    assert watch.at(0) == []
    assert get_alert(tx, alert.id).until == v.NOW
    assert [one.verb for one in list_events(tx, f"request:{asked.id}")][-1] == "request.danger_over"
    with pytest.raises(ConflictError):
        end_danger(tx, DISPATCHER, asked.id, asked.dangers, v.NOW)


def test_a_danger_that_ends_between_a_look_and_its_storing_stays_ended(
    tx: Tx, storm: Storm
) -> None:
    monitor, city = AlertMonitor(), CityContext(tx, v.village(), POLICY, v.NOW)
    asked = on_a_street(tx, dangers=(Danger.TRAPPED,))
    monitor.store(tx, monitor.check(city, storm, {}), RULES, v.NOW)
    assert endangered(tx, storm) == [one.request_id for one in list_open_alerts(tx)] == [asked.id]
    look = monitor.check(city, storm, {})
    end_danger(tx, DISPATCHER, asked.id, asked.dangers, v.NOW)
    assert monitor.store(tx, look, RULES, v.NOW) == list_open_alerts(tx) == []


def test_nobody_puts_a_danger_to_life_off(tx: Tx, storm: Storm) -> None:
    for cause in (AlertKind.REQUEST_DANGER, f"fleet:{AlertKind.REQUEST_DANGER}"):
        with pytest.raises(InvalidError):
            snooze(tx, DISPATCHER, storm.id, SnoozeWish(cause, 1, 3), v.NOW)
