"""A screen on a wall: signed in for a winter, and it shows no words of callers."""

import json
import re
from dataclasses import is_dataclass, replace
from datetime import timedelta
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from pydantic_core import to_json

from api.access.auth import SESSION_S, WALL_S
from api.processes.cluster.change_bridge import SharedView
from api.web.stream import KINDS_BY_ROLE
from data.model import Role
from data.store.accounts.accounts import list_users, set_name
from data.store.database.engine import transaction
from maps.alerts import AlertView
from maps.board.board import CityView, StormView, VehicleView
from maps.pages.wall import PrivateText, for_wall
from maps.routes.plan_vs_actual import CheckView, TruckStateView
from maps.shifts.driver import BlockageView, ProgressView
from maps.storms.storms import ClosureView
from tests import village as v

PAGE = {"accept": "text/html"}


def later(app, seconds: int) -> None:
    """Let so many seconds go by since the sessions were begun."""
    began = app.sessions.now()
    app.sessions.now = lambda: began + timedelta(seconds=seconds)


def test_a_wall_comes_to_the_board_and_stays_signed_in_for_a_winter(client, app, sign_in):
    sign_in("wall")
    first = client.get("/", headers=PAGE, follow_redirects=False)
    assert first.headers["location"] == "/board?wall"
    later(app, WALL_S - 60)
    assert client.get("/board", headers=PAGE).status_code == 200
    later(app, 120)
    assert client.get("/api/board").status_code == 401


def test_others_sign_in_again_after_a_shift(client, app, sign_in):
    sign_in("dispatcher")
    later(app, SESSION_S + 1)
    assert client.get("/api/board").status_code == 401


def test_a_wall_shows_requests_but_not_what_callers_said(client, sign_in):
    sign_in("dispatcher")
    client.post("/requests", json={"kind": "plow", "text": "my mother lives at School Street 4"})
    sign_in("wall")
    board = client.get("/api/board")
    assert board.json()["figures"]["open_requests"] == 1
    assert len(board.json()["waiting"]) == 1
    assert "mother" not in board.text
    assert "requests" not in KINDS_BY_ROLE[Role.WALL]


def test_of_somebody_in_danger_a_wall_is_told_the_street_and_not_the_callers_place(
    client, app, sign_in
):
    sign_in("dispatcher")
    client.post("/api/storms", json={"name": "Snow"})
    told = {"kind": "plow", "text": "my mother lives at School Street 4", "dangers": ["trapped"]}
    called = client.post("/requests", json=told).json()
    assert called["lon"] is not None
    app.alert_task.run()
    sign_in("wall")
    [alert] = client.get("/api/alerts").json()
    assert (alert["facts"]["request"], alert["segment_id"]) == (called["id"], v.SCHOOL)
    assert (alert["lon"], alert["lat"]) == (None, None)


def test_the_board_has_names_of_colleagues_and_a_wall_has_none(client, app, sign_in):
    sign_in("dispatcher")
    with transaction(app.engine) as tx:
        (person,) = [one for one in list_users(tx) if one.login == "dispatcher"]
        set_name(tx, person.id, "Sara Ahmadi")
    page = client.get("/", headers=PAGE).text
    assert '"people": {"dispatcher": "Sara Ahmadi"}' in page
    assert '"driven": {"driver-1": "Truck 1", "driver-2": "Truck 2"' in page
    assert '"simulated": ["training-operator", "training-dispatcher"]' in page
    assert '"staged": false' in page
    sign_in("wall")
    assert "Sara Ahmadi" not in client.get("/board", headers=PAGE).text


SEEN_BY_KIND = {
    "alerts": AlertView,
    "blockages": BlockageView,
    "checks": CheckView,
    "city": CityView,
    "closures": ClosureView,
    "legs": ProgressView,
    "storm": StormView,
    "trucks": TruckStateView,
    "vehicles": VehicleView,
}
NO_VIEWS = {"beat", "coverage"}

HARMLESS = {
    "AlertView.facts",
    "AlertView.kind",
    "AlertView.street",
    "BlockageView.names",
    "BlockageView.vehicle",
    "CheckView.counts",
    "CityView.network_version",
    "ClosureView.names",
    "ProgressView.declined",
    "ProgressView.kind",
    "ProgressView.reason",
    "ProgressView.street",
    "StormView.name",
    "StormView.phase",
    "VehicleFaultView.code",
    "VehicleFaultView.names",
    "VehicleView.name",
    "VehicleView.type",
}
"""Texts of views that name things, or are codes: nobody's name, and nobody's words."""


def filled(kind: type) -> Any:
    """Return a view whose texts say which field they are of."""
    hints = get_type_hints(kind)
    return kind(**{name: _filling(hint, f"{kind.__name__}.{name}") for name, hint in hints.items()})


def _filling(hint: Any, where: str) -> Any:
    if hint is str or hint is PrivateText:
        return where
    for inner in (hint, *get_args(hint)):
        if is_dataclass(inner) and isinstance(inner, type):
            return (filled(inner),) if get_origin(hint) is tuple else filled(inner)
    return {where: where} if _holds_text(hint) else None


def _holds_text(hint: Any) -> bool:
    return hint is str or any(map(_holds_text, get_args(getattr(hint, "__value__", hint))))


def texts_of(view: Any) -> set[str]:
    return set(re.findall(r"\w+View\.\w+", to_json(view).decode()))


@pytest.mark.parametrize("kind", sorted(SEEN_BY_KIND))
def test_every_text_of_an_event_on_a_wall_names_things_or_is_hidden(kind: str) -> None:
    view = SEEN_BY_KIND[kind]
    harmless = HARMLESS & texts_of(filled(view))
    assert texts_of(for_wall(filled(view))) == harmless
    from_elsewhere = SharedView(1, json.loads(to_json(filled(view))))
    assert texts_of(for_wall(from_elsewhere)) == harmless


def test_of_a_view_of_another_version_nothing_private_is_shown() -> None:
    view = json.loads(to_json(filled(BlockageView))) | {"newer": 1}
    assert "BlockageView.text" not in texts_of(for_wall(SharedView(1, view)))


def test_a_nested_view_of_another_version_shows_nothing_private_and_facts_keep_their_codes() -> (
    None
):
    fault = {"code": "brakes", "text": "Ali hit a wall", "newer": 1}
    view = {"id": 1, "check": {"points": 2, "newer": 1, "faults": [fault]}}
    assert for_wall(SharedView(1, view))["check"]["faults"] == ({**fault, "text": ""},)
    declined = replace(filled(AlertView), facts={"reason": "tired"})
    assert for_wall(declined).facts == {"reason": "tired"}


def test_the_kinds_of_events_on_a_wall_are_those_whose_texts_are_known() -> None:
    assert KINDS_BY_ROLE[Role.WALL] == SEEN_BY_KIND.keys() | NO_VIEWS
