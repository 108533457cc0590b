"""Alerts that one dispatcher puts off are put off on every board, for half an hour."""

from datetime import timedelta

import pytest

from data.store.audit.audit_log import list_events
from data.store.database.engine import reading
from fleet.alerts.snoozes import LASTS
from tests import village as v

pytestmark = pytest.mark.usefixtures("storm")

PATH = "/api/alerts/snoozes"
MINUTE = timedelta(minutes=1)


def causes(client) -> dict[str, dict]:
    return {one["cause"]: one for one in client.get(PATH).json()}


def test_a_snooze_is_seen_on_every_board_with_who_and_until_when(client, app, sign_in) -> None:
    heard = app.hub.subscribe(lambda: None, frozenset({"snoozes"}))
    done = client.post(f"{PATH}/off_route", json={"weight": 2, "severity": 1})
    assert done.status_code == 200, done.text
    (told,) = dict(heard.take())["snoozes"]
    assert (told.cause, told.snoozed_by, told.until) == ("off_route", "dispatcher", v.NOW + LASTS)
    sign_in("administrator")
    assert causes(client) == {"off_route": done.json()}
    app.clock.moment += LASTS + MINUTE
    assert causes(client) == {}


def test_snoozing_again_counts_anew_and_showing_again_ends_it(client, app) -> None:
    client.post(f"{PATH}/off_route", json={"weight": 1, "severity": 1})
    app.clock.moment += MINUTE
    again = client.post(f"{PATH}/off_route", json={"weight": 3, "severity": 1}).json()
    assert causes(client) == {"off_route": again}
    assert client.post(f"{PATH}/off_route/end").status_code == 200
    assert causes(client) == {}
    refused = client.post(f"{PATH}/off_route/end").json()["error"]
    assert refused["values"]["reason"] == "not_snoozed"
    with reading(app.engine) as tx:
        verbs = [one.verb for one in list_events(tx, "snooze:off_route")]
    assert verbs == ["alert.snoozed", "alert.snoozed", "alert.shown_again"]


@pytest.mark.parametrize("cause", ["sos", "fleet:sos", "weather"])
def test_a_call_for_help_and_what_is_no_cause_cannot_wait(client, cause: str) -> None:
    refused = client.post(f"{PATH}/{cause}", json={"weight": 1, "severity": 3})
    assert refused.status_code == 422
    assert refused.json()["error"]["values"]["field"] == "cause"
