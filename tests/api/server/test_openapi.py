"""Whatever the OpenAPI description allows, the server answers as it says, and never fails."""

from collections.abc import Iterator

import pytest
import requests
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as generating
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)

from api.web.cookies import CSRF_COOKIE, SESSION_COOKIE
from data.model import Role
from data.store.accounts.accounts import add_user
from data.store.database.engine import transaction
from tests.begun_session import begun_session

EXAMPLES = 2
"""Calls of each operation: the same ones every time."""

ENDLESS = {"/stream"}
"""Answers that last as long as somebody reads."""

ROWS = {"GET /api/council/coverage"}
"""Answers of tuples, which schemathesis 4.32 cannot check: it calls their schema broken."""

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]

SAMPLING = generating(
    max_examples=EXAMPLES,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def operations(web: FastAPI) -> Iterator[schemathesis.APIOperation]:
    schema = schemathesis.openapi.from_dict(web.openapi())
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path not in ENDLESS:
            yield operation


def checks_of(operation: schemathesis.APIOperation) -> list[schemathesis.CheckFunction]:
    rows = operation.label in ROWS
    return [each for each in CHECKS if not (rows and each is response_schema_conformance)]


@pytest.fixture
def everybody(client, password_hash):
    """A client whose user may do everything."""
    app = client.app.state.barfrub
    app.limits.pace = 0.0
    with transaction(app.engine) as tx:
        add_user(tx, "everybody", list(Role), "en", password_hash)
    return client


def come_in(client) -> None:
    """Sign in, anew for each operation: some of them sign out."""
    session = begun_session(client.app.state.barfrub.engine, "everybody")
    client.cookies.clear()
    client.cookies.set(SESSION_COOKIE, session.text)
    client.cookies.set(CSRF_COOKIE, session.csrf)
    client.headers["x-csrf-token"] = session.csrf


def sent(client, case: schemathesis.Case):
    told = case.as_transport_kwargs(base_url="http://testserver")
    wire = requests.Request(**told).prepare()
    return client.request(
        wire.method,
        wire.url,
        content=wire.body,
        headers=dict(wire.headers),
        follow_redirects=False,
    )


def fault_of(client, operation: schemathesis.APIOperation) -> Exception | None:
    checks = checks_of(operation)
    come_in(client)

    @SAMPLING
    @given(case=operation.as_strategy())
    def called(case):
        case.validate_response(sent(client, case), checks=checks)

    try:
        called()
    except Exception as error:  # the faults of all operations are told, not only the first
        return error
    return None


def test_every_operation_answers_as_it_is_described(everybody):
    faults = {each.label: fault_of(everybody, each) for each in operations(everybody.app)}
    assert len(faults) > 150
    assert {label: fault for label, fault in faults.items() if fault is not None} == {}
