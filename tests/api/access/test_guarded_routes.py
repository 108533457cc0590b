"""Every guarded route asked as every role, and by nobody: the table says whom it lets in."""

import json
from collections.abc import Iterable

import pytest

from api.web.context import Allowed, AllowedByForm
from data.model import Role
from tests.api.access.roles_of_routes import ROLES_OF_ROUTES
from tests.api.access.roles_of_training import ROLES_OF_TRAINING
from tests.api.access.test_roles import guards_of
from tests.api.every_page import HOLES, routes_of

type Route = tuple[str, str]
"""Method and path."""

LET_IN, REFUSED, UNKNOWN = (422, "invalid"), (403, "forbidden"), (401, "unauthorized")
"""Answers to a request whose `If-Match` no guard can read: those it lets in are told so, and
nothing is done."""


def written() -> dict[Route, set[Role]]:
    """Return the table, by route."""
    found: dict[Route, set[Role]] = {}
    roles: set[Role] = set()
    for line in (ROLES_OF_ROUTES + ROLES_OF_TRAINING).split("\n"):
        first, _, rest = line.partition(" ")
        if first == "#":
            roles = {Role(name) for name in rest.split()}
        elif first:
            found[first, rest] = roles
    return found


def guarded(web) -> set[Route]:
    """Return the routes that ask for a role."""
    return {
        (method, route.path)
        for route in routes_of(web)
        for method in route.methods
        if any(isinstance(call, Allowed | AllowedByForm) for call in guards_of(route.dependant))
    }


async def asked(client, routes: Iterable[Route]) -> dict[Route, tuple[int, str]]:
    """Return status and error of each route, for whoever is signed in at the client."""
    headers = {
        "accept": "application/json",
        "cookie": "; ".join(f"{name}={text}" for name, text in client.cookies.items()),
        "x-csrf-token": client.headers.get("x-csrf-token", ""),
        "if-match": "no number",
    }
    encoded = [(name.encode(), text.encode()) for name, text in headers.items()]
    return {route: await _asked(client.app, route, encoded) for route in routes}


async def _asked(web, route: Route, headers: list[tuple[bytes, bytes]]) -> tuple[int, str]:
    method, path = route[0], HOLES.sub("1", route[1])
    status, content = 0, b""

    async def receive():
        raise AssertionError(f"the body of {route} is read")

    async def send(message) -> None:
        nonlocal status, content
        status = message.get("status", status)
        content += message.get("body", b"")

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": ("testclient", 1),
        "server": ("testserver", 80),
        "state": {},
    }
    await web(scope, receive, send)
    return status, json.loads(content)["error"]["code"]


def test_the_table_names_every_guarded_route(client):
    assert guarded(client.app) == set(written())


@pytest.mark.parametrize("role", list(Role))
def test_a_role_is_let_in_by_its_routes_and_refused_by_all_others(client, sign_in, role):
    sign_in(role.value)
    table = written()
    answers = client.portal.call(asked, client, table)
    wanted = {route: LET_IN if role in table[route] else REFUSED for route in table}
    assert {one: answers[one] for one in table if answers[one] != wanted[one]} == {}


def test_nobody_is_let_in_without_a_session(client):
    answers = client.portal.call(asked, client, written())
    assert {one: found for one, found in answers.items() if found != UNKNOWN} == {}
