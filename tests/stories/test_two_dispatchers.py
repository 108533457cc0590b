"""Two dispatchers at two boards: each hears of the other, and neither overrides the other."""

import pytest

HEARD = frozenset({"requests", "presence", "runs", "storm"})


@pytest.fixture
def boards(client, sign_in):
    """One client with two people: whoever speaks signs in first."""

    def speak(login: str):
        sign_in(login)
        return client

    return speak


def look_at(client, subject: str, tab: str, *, editing: bool = False):
    shown = {"tab": tab, "subject": subject, "editing": editing}
    return client.post("/api/board/presence", json=shown).json()


def test_two_dispatchers_work_beside_each_other(client, boards):
    heard = client.app.state.barfrub.hub.subscribe(lambda: None, HEARD)
    first = boards("dispatcher")
    first.post("/api/storms", json={"name": "First snow"})
    request = first.post("/requests", json={"kind": "plow", "text": "by the old oak"}).json()
    subject = f"request:{request['id']}"
    before = look_at(first, subject, "tab-first", editing=True)
    assert [one["login"] for one in before["present"]] == ["dispatcher"]
    told = dict(heard.take())
    assert [one.name for one in told["storm"]] == ["First snow"]
    assert [one.reference for one in told["requests"]] == [request["reference"]]

    second = boards("administrator")
    beside = look_at(second, subject, "tab-second")
    editing = {one["login"]: one["editing"] for one in beside["present"]}
    assert editing == {"dispatcher": True, "administrator": False}
    assert [one.login for one in dict(heard.take())["presence"]] == ["administrator"]
    seen = {"If-Match": f'"{beside["change"]["version"]}"'}
    placed = second.post(
        f"/api/requests/{request['id']}/place", json={"lon": 45.07, "lat": 37.55}, headers=seen
    )
    assert placed.status_code == 200
    assert dict(heard.take())["requests"][0].lon == pytest.approx(45.07, abs=0.01)

    first = boards("dispatcher")
    cancel = f"/api/requests/{request['id']}/cancel"
    old = {"If-Match": str(before["change"]["version"])}
    refused = first.post(cancel, json={}, headers=old)
    assert refused.status_code == 409
    values = refused.json()["error"]["values"]
    assert (values["reason"], values["who"]) == ("changed_meanwhile", "administrator")
    assert (values["verb"], values["subject"]) == ("request.opened", subject)
    assert "administrator" in refused.json()["error"]["message"]
    taken_over = first.post(cancel, json={}, headers={"If-Match": f'"{values["version"]}"'})
    assert taken_over.json()["state"] == "cancelled"


def test_a_plan_that_was_published_meanwhile_is_not_overridden_unseen(client, boards):
    dispatcher = boards("dispatcher")
    dispatcher.post("/api/storms", json={"name": "First snow"})
    assert look_at(dispatcher, "plans", "tab-first")["change"]["version"] == 0
    answer = dispatcher.post("/api/plans/99/publish", headers={"If-Match": "0"})
    assert answer.status_code == 404
    nonsense = dispatcher.post("/api/plans/99/publish", headers={"If-Match": "newest"})
    assert nonsense.json()["error"]["values"]["field"] == "If-Match"


def test_who_closes_a_board_is_gone_at_once(client, boards):
    dispatcher = boards("dispatcher")
    look_at(dispatcher, "", "tab-first")
    heard = client.app.state.barfrub.hub.subscribe(lambda: None, HEARD)
    assert (
        dispatcher.post("/api/board/presence/leave", json={"tab": "tab-first"}).status_code == 204
    )
    assert [one.here for one in dict(heard.take())["presence"]] == [False]
    assert len(look_at(dispatcher, "", "tab-third")["present"]) == 1
