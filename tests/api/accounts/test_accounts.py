"""People of the set-up over HTTP: invited, enabled, disabled."""

from datetime import timedelta

import pytest

from data.model import Role
from fleet.accounts.accounts import INVITED_FOR

HTML = {"accept": "text/html"}
CHOSEN = "snow at dawn"


@pytest.fixture
def invited(client, sign_in):
    """The answer to an invitation of sara as an operator."""
    sign_in("administrator")
    wanted = {"login": "sara", "roles": ["operator"], "language": "fa"}
    return client.post("/api/people", json=wanted).json()


@pytest.fixture
def person_id(client, sign_in):
    """The id of the user of a role."""

    def known(login):
        sign_in("administrator")
        return next(one["id"] for one in client.get("/api/people").json() if one["login"] == login)

    return known


def come_in(client, path, password=CHOSEN):
    """Open the link of an invitation as somebody new, and choose a password."""
    client.cookies.clear()
    client.headers.pop("x-csrf-token", None)
    page = client.get(path, headers=HTML)
    form = {"password": password, "csrf": client.cookies.get("barfrub_csrf", "")}
    return page, client.post(path, data=form, headers=HTML, follow_redirects=False)


def test_an_invited_operator_chooses_a_password_and_is_at_the_desk(client, invited):
    page, answer = come_in(client, invited["path"])
    assert 'lang="fa"' in page.text
    assert 'value="sara"' in page.text
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert client.get("/operator", headers=HTML).status_code == 200


def test_the_password_that_was_chosen_signs_in_later(client, invited, sign_in_by_form):
    come_in(client, invited["path"])
    assert sign_in_by_form("sara", CHOSEN).status_code == 200


def test_nobody_signs_in_before_the_link_was_used(invited, sign_in_by_form):
    for guess in ("", "sara", CHOSEN):
        assert sign_in_by_form("sara", guess).status_code in {401, 422}


def test_the_link_works_once(client, invited):
    come_in(client, invited["path"])
    page, answer = come_in(client, invited["path"])
    assert (page.status_code, answer.status_code) == (409, 409)
    assert 'name="password"' not in page.text


def test_the_link_ends_after_a_week(client, invited, clock):
    clock.moment += INVITED_FOR + timedelta(seconds=1)
    assert client.get(invited["path"], headers=HTML).status_code == 409


@pytest.mark.parametrize("password", ["short", "SARA", "7letter", "iloveyou", "Village-2026"])
def test_a_weak_password_is_refused_and_the_link_stays(client, invited, password):
    _, answer = come_in(client, invited["path"], password)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert password not in answer.text.replace('value="sara"', "")
    assert come_in(client, invited["path"])[1].status_code == 303


def test_the_link_takes_no_password_from_another_site(client, invited):
    client.cookies.clear()
    del client.headers["x-csrf-token"]
    assert client.post(invited["path"], data={"password": CHOSEN}).status_code == 403


def test_the_list_says_who_has_not_come_yet(client, invited, clock):
    def states():
        return {one["login"]: one["state"] for one in client.get("/api/people").json()}

    assert states() == {"sara": "invited", **{role.value: "active" for role in Role}}
    clock.moment += INVITED_FOR
    assert states()["sara"] == "lapsed"


def test_no_answer_holds_a_password_or_its_digest(client, invited):
    assert "argon2" not in client.get("/api/people").text
    assert "password" not in client.get("/api/people").text


def test_who_is_shut_out_leaves_every_page_and_cannot_come_back(
    client, person_id, sign_in, sign_in_by_form
):
    driver = person_id("driver")
    sign_in("driver")
    drivers = dict(client.cookies)
    sign_in("administrator")
    assert client.post(f"/api/people/{driver}/disable").json()["state"] == "disabled"

    client.cookies.clear()
    client.cookies.update(drivers)
    assert client.get("/api/shifts/99").status_code == 401
    refused = sign_in_by_form("driver")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "disabled")
    assert sign_in_by_form("driver", "a guess").json()["error"]["code"] == "wrong_password"


def test_who_is_let_in_again_has_the_password_of_before(client, person_id, sign_in_by_form):
    driver = person_id("driver")
    client.post(f"/api/people/{driver}/disable")
    assert client.post(f"/api/people/{driver}/enable").json()["state"] == "active"
    assert sign_in_by_form("driver").status_code == 200


def test_a_new_password_link_signs_out_whoever_had_the_old_one(client, person_id, sign_in_by_form):
    operator = person_id("operator")
    invited = client.post(f"/api/people/{operator}/invitation").json()
    assert invited["person"]["state"] == "invited"
    assert sign_in_by_form("operator").status_code == 401
    come_in(client, invited["path"])
    assert sign_in_by_form("operator", CHOSEN).status_code == 200


def test_roles_change_what_somebody_may_do_at_once(client, person_id, sign_in):
    operator = person_id("operator")
    answer = client.post(f"/api/people/{operator}/roles", json={"roles": ["dispatcher"]})
    assert answer.json()["roles"] == ["dispatcher"]
    sign_in("operator")
    assert client.get("/api/board").status_code == 200


def test_the_only_administrator_cannot_lock_everybody_out(client, person_id):
    me = person_id("administrator")
    for order, body in (("disable", {}), ("roles", {"roles": ["driver"]})):
        answer = client.post(f"/api/people/{me}/{order}", json=body)
        assert answer.status_code == 409, order
        assert answer.json()["error"]["values"]["login"] == "administrator"
    assert client.get("/api/people").status_code == 200


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"login": "two words"}, "login"),
        ({"login": ""}, "login"),
        ({"roles": []}, "roles"),
        ({"roles": ["emperor"]}, "roles.0"),
        ({"language": "xx"}, "language"),
    ],
)
def test_an_invitation_with_a_mistake_names_the_field(client, sign_in, change, field):
    sign_in("administrator")
    wanted = {"login": "sara", "roles": ["operator"], "language": "fa"} | change
    answer = client.post("/api/people", json=wanted)
    assert answer.status_code == 422
    assert answer.json()["error"]["values"]["field"] == field


def test_a_login_is_not_given_twice(client, invited):
    again = client.post(
        "/api/people", json={"login": "sara", "roles": ["driver"], "language": "en"}
    )
    assert (again.status_code, again.json()["error"]["code"]) == (409, "conflict")


def test_nobody_who_does_not_exist_is_changed(client, sign_in):
    sign_in("administrator")
    assert client.post("/api/people/999/disable").status_code == 404
