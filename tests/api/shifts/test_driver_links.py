"""The QR code that lets a driver in, beside the short code."""

import pytest
from sqlalchemy import select

from api.access.code_limit import BY_ADDRESS
from data.store.database.engine import transaction
from data.store.schema import sign_in_code as code_table
from fleet.shifts.driver_codes import TOKEN_LETTERS, give_code
from maps.pages.qr_code import qr_code
from tests import village as v
from tests.village_database import DISPATCHER


@pytest.fixture
def token(code, app) -> str:
    """The token of the QR code beside the code, given out anew."""
    secret = app.settings.secret_key()
    with transaction(app.engine) as tx:
        return give_code(tx, DISPATCHER, 1, secret, "en", v.NOW).token


def test_a_scanned_token_lets_a_driver_in_as_the_code_does(client, token, enter):
    answer = enter(token)
    assert (answer.status_code, answer.headers["location"]) == (303, "/drive")
    assert client.get("/api/drive").json()["shift_id"] == 1


def test_the_qr_code_holds_the_token_behind_the_hash_of_the_address(
    client, plan, sign_in, monkeypatch
):
    drawn = []
    monkeypatch.setattr("api.shifts.shifts.qr_code", lambda text: drawn.append(text) or qr_code(""))
    sign_in("dispatcher")
    answer = client.post("/api/shifts/1/code", json={}).json()
    address, _, token = drawn[0].partition("#link=")
    assert address == "http://testserver/drive"
    assert len(token) == TOKEN_LETTERS
    assert token not in str(answer)


def test_a_new_code_ends_the_token_and_the_phone_that_it_signed_in(client, app, token, enter):
    assert enter(token).status_code == 303
    phone = {"cookie": f"barfrub_session={client.cookies['barfrub_session']}"}
    assert client.get("/api/drive", headers=phone).status_code == 200
    with transaction(app.engine) as tx:
        give_code(tx, DISPATCHER, 1, app.settings.secret_key(), "en", v.NOW)
    client.cookies.clear()
    assert client.get("/api/drive", headers=phone).status_code == 401
    assert enter(token).status_code == 401


def test_guesses_of_codes_do_not_keep_a_scanned_token_out(client, token, enter):
    for _ in range(int(BY_ADDRESS.burst) + 1):
        last = enter("00000000")
    assert last.status_code == 429
    assert enter(token).status_code == 303


def test_tokens_that_are_made_up_let_nobody_in_and_have_a_pace(client, app, token, enter):
    assert enter("x" * TOKEN_LETTERS).status_code == 401
    app.limits.pace = 0.001
    assert [enter("x" * TOKEN_LETTERS).status_code for _ in range(2)] == [401, 429]


def test_a_tokens_digest_is_no_code(client, app, token, enter):
    with transaction(app.engine) as tx:
        digests = tx.execute(select(code_table.c.digest)).scalars().all()
    assert len(digests) == 2
    assert token not in digests
    for digest in digests:
        assert enter(digest[:60]).status_code == 401
