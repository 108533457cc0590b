"""A storm leaves nothing in the log that an administrator would have to look into."""

import logging
import re
from datetime import timedelta

from api.simulation.drivers.simulated_tracker import entry_of
from data.model import AlertKind, VehicleId
from data.store.accounts.accounts import add_device
from data.store.database.engine import transaction
from fleet.accounts.accounts import token_digest
from fleet.simulation.simulated_trucks import driven
from tests import village as v
from tests.stories.test_first_storm import WORDS, planned

READERS = ("administrator", "dispatcher", "operator", "supervisor", "council")
ENDLESS = {"/stream"}


def drive(client, app, clock, plan):
    """Send what one truck measures, minute by minute, while the other keeps silent."""
    bearer = {"Authorization": "Bearer token-one"}
    fixes = list(driven(plan.routes[0], app.network, v.NOW, seed=1))
    for minute in range(20):
        clock.moment = v.NOW + timedelta(minutes=minute)
        due = [entry_of(fix) for fix in fixes if fix.sent_at <= clock.moment]
        fixes = fixes[len(due) :]
        if due:
            assert client.post("/positions", json={"positions": due}, headers=bearer).is_success
        while app.consumer.run():
            pass
        app.alert_task.run()


def read_as(client, paths):
    """Open pages and answers, of many of a kind the first; return those that may be read.

    No file is waited for, since no worker makes one.
    """
    addresses = {path: re.sub(r"{\w+}", "1", path) for path in paths}
    found = {path: client.get(at, params={"wait_s": 0}) for path, at in addresses.items()}
    return {path for path, answer in found.items() if answer.is_success}


def test_a_storm_is_read_by_everybody_without_a_warning(client, sign_in, clock, app, caplog):
    with transaction(app.engine) as tx:
        add_device(tx, "truck-1", VehicleId(1), token_digest("token-one"))
    (app.folder / "tiles" / "streets.pmtiles").unlink()  # no map that phones could keep
    sign_in("dispatcher")
    assert client.post("/api/storms", json={"name": "First snow"}).status_code == 201
    sign_in("operator")
    assert client.post("/requests", json={"kind": "plow", "text": WORDS}).status_code == 201
    sign_in("dispatcher")
    drive(client, app, clock, planned(client, app, classes=["P1"]))
    clock.moment = v.NOW + timedelta(hours=5)
    app.alert_task.run()
    sign_in("dispatcher")
    kinds = {alert["kind"] for alert in client.get("/api/alerts").json()}
    assert AlertKind.AT_RISK in kinds
    unread = {path for path, ways in client.app.openapi()["paths"].items() if "get" in ways}
    unread -= ENDLESS
    for role in READERS:
        sign_in(role)
        unread -= read_as(client, unread)
    assert not {"/api/alerts", "/api/board", "/api/plans/{plan_id}", "/drive/{link}"} & unread
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
