"""The audit log over the wire: searched, proved, taken along, and read by those who may."""

import ast
import csv
import json
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest

from data.languages import languages
from data.model import (
    Actor,
    ActorKind,
    AnswerState,
    CallOutState,
    RequestState,
    Role,
    ShiftState,
)
from data.store.accounts.accounts import add_user, set_name
from data.store.audit.audit_log import add_event, line_json, list_events
from data.store.database.engine import transaction
from data.store.shifts.shifts import add_shifts
from data.store.storms.storms import add_storm
from fleet.audit.line_kinds import GROUPS
from maps.pages.i18n import translator
from tests import village as v

LEILA, REZA = Actor(ActorKind.USER, "leila"), Actor(ActorKind.USER, "reza")
SERVER = Actor(ActorKind.SYSTEM, "watch")


@pytest.fixture
def log(client, sign_in):
    """A client whose city has a line each of a truck, a street, sign-ins and a plan."""
    with transaction(client.app.state.barfrub.engine) as tx:
        storm = add_storm(tx, "First snow", "active", v.NOW)
        add_shifts(tx, [v.a_shift(storm_id=storm.id)])
        at = iter(v.NOW + timedelta(minutes=n) for n in range(10))
        add_event(tx, next(at), LEILA, "storm.started", f"storm:{storm.id}")
        add_event(tx, next(at), REZA, "shift.broke_down", "shift:1")
        add_event(tx, next(at), LEILA, "class.decided", f"segment:{v.MILL}")
        add_event(tx, next(at), REZA, "user.signed_in", "user:1")
        add_event(tx, next(at), SERVER, "job.done", "job:9", after={"evidence": [{"vehicle": 1}]})
    return client


def test_people_are_called_by_their_names_beside_their_logins(log, sign_in):
    sign_in("administrator")
    with transaction(log.app.state.barfrub.engine) as tx:
        leila = add_user(tx, "leila", [Role.DISPATCHER], "en", "")
        set_name(tx, leila.id, "Leila Karimi")

    said = sentences(log)
    assert "Leila Karimi (leila) started the storm First snow." in said
    assert "reza marked Truck 1 as broken down." in said
    page = log.get("/audit-log", headers={"Accept": "text/html"}).text
    assert '<option value="leila">Leila Karimi (leila)</option>' in page
    assert (
        sentences(log, "person=leila")[-1] == "Leila Karimi (leila) started the storm First snow."
    )


def sentences(client, query=""):
    answer = client.get(f"/audit-log.csv?{query}")
    assert answer.status_code == 200, answer.text
    return [row["what happened"] for row in csv.DictReader(StringIO(answer.text.lstrip("\ufeff")))]


def test_lines_are_sentences_the_newest_first(log, sign_in):
    sign_in("dispatcher")

    assert sentences(log)[-3:] == [
        "leila set the priority class of Mill Street.",
        "reza marked Truck 1 as broken down.",
        "leila started the storm First snow.",
    ]


def test_a_line_says_to_whom_an_alert_was_given_and_into_which_phase_a_storm_went(log, sign_in):
    sign_in("dispatcher")
    asked = log.post("/requests", json={"kind": "plow", "text": "snow"}).json()
    given = {"kind": "request_danger", "vehicle": 1, "request": asked["id"], "owner": "leila"}
    with transaction(log.app.state.barfrub.engine) as tx:
        moved = {"phase": "active"}, {"phase": "clean_up"}
        add_event(tx, v.NOW, LEILA, "storm.moved", "storm:1", *moved)
        add_event(tx, v.NOW, REZA, "alert.given", "alert:7", after=given)

    for who, besides in (
        ("leila", ["Clean-up"]),
        ("reza", [asked["reference"], "Truck 1", "leila"]),
    ):
        page = log.get(f"/audit-log?person={who}", headers={"Accept": "text/html"}).text
        newest = page.partition('<ol class="lines"')[2].partition("</summary>")[0]
        for each in besides:
            assert f'<bdi class="muted small">{each}</bdi>' in newest


def test_a_street_a_truck_a_person_and_a_time_are_searched(log, sign_in):
    sign_in("dispatcher")

    assert sentences(log, "street=mill") == ["leila set the priority class of Mill Street."]
    assert sentences(log, "street=nowhere") == []
    assert sentences(log, "vehicle=1") == [
        "The server found evidence that 9 is done.",
        "reza marked Truck 1 as broken down.",
    ]
    assert sentences(log, "person=leila&kind=storms") == ["leila started the storm First snow."]
    after = (v.NOW + timedelta(minutes=1)).isoformat().replace("+", "%2B")
    assert sentences(log, f"person=leila&since={after}") == [
        "leila set the priority class of Mill Street."
    ]


def test_sign_ins_are_for_administrators(log, sign_in):
    sign_in("dispatcher")
    assert not [each for each in sentences(log) if "signed in" in each]
    assert log.get("/audit-log.jsonl").status_code == 403
    assert sentences(log, "kind=access") == []

    sign_in("administrator")
    assert "reza signed in." in sentences(log, "kind=access")


def test_what_people_did_is_seen_before_seals_of_evidence_which_exports_keep(log, sign_in):
    with transaction(log.app.state.barfrub.engine) as tx:
        for number in range(60):
            add_event(tx, v.NOW, SERVER, "evidence.sealed", f"window:1:{number}")
    sign_in("dispatcher")

    page = log.get("/audit-log").text
    assert "leila started the storm First snow." in page
    assert "sealed the evidence" not in page
    assert "found evidence that" not in page
    assert "found evidence that 9 is done" in log.get("/audit-log?kind=streets").text
    assert 'href="/audit-log?kind=evidence"' in page
    assert log.get("/audit-log?kind=evidence").text.count(" sealed the evidence of ") == 50
    assert len([each for each in sentences(log) if "sealed the evidence" in each]) == 60


def test_the_page_leads_to_older_lines_and_to_the_newest_again(log, sign_in):
    with transaction(log.app.state.barfrub.engine) as tx:
        for _ in range(60):
            add_event(tx, v.NOW, LEILA, "fleet.set", "city:village")
    sign_in("dispatcher")

    first = log.get("/audit-log?person=leila").text
    assert first.count('<li id="line-') == 50
    older = first.split('href="/audit-log?person=leila&amp;before=')[1].split('"')[0]
    rest = log.get(f"/audit-log?person=leila&before={older}").text
    assert rest.count('<li id="line-') == 12
    assert 'href="/audit-log?person=leila"' in rest


def test_a_time_that_is_none_is_refused_and_named(log, sign_in):
    sign_in("dispatcher")

    assert log.get("/audit-log.csv?since=yesterday").status_code == 422


def test_the_whole_log_is_as_the_export_of_the_command_line(log, sign_in):
    sign_in("administrator")
    with transaction(log.app.state.barfrub.engine) as tx:
        wanted = [line_json(line) for line in list_events(tx)]

    assert log.get("/audit-log.jsonl").text.splitlines() == wanted


def test_one_click_proves_the_log_and_says_of_how_many_lines(log, sign_in):
    sign_in("dispatcher")
    answer = log.post("/api/audit-log/proof")
    steps = [json.loads(line) for line in answer.text.splitlines()]

    with transaction(log.app.state.barfrub.engine) as tx:
        total = len(list_events(tx))
    proof = steps[-1]["proof"]
    assert steps[-2] == {"lines": total, "total": total}
    assert proof["receipt"].startswith(f"{total}:")
    # The village's people and places were drawn without lines of their own, which a proof says.
    assert proof["whole"] is not bool(proof["findings"])


def _verbs():
    """Verbs that stand whole in the code."""
    for room in ("fleet", "api", "data"):
        for file in Path(room).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    family, dot, rest = node.value.partition(".")
                    if dot and rest != "id" and rest.replace("_", "").isalpha() and rest.islower():
                        yield family, node.value


FAMILIES = {family for group in GROUPS.values() for family in group.families}
MADE_VERBS = {
    "call_out": [each for each in CallOutState if each is not CallOutState.CALLED],
    "crew_job": ["assigned", "cannot", "cancelled", "changed", "done", "started", "unassigned"],
    "crew_plan": ["drafted", "moved"],
    "leg": ["done", "skipped"],
    "request": [RequestState.DONE, RequestState.CANCELLED, RequestState.HANDED_OVER],
    "route": list(AnswerState),
    "shift": [ShiftState.DRIVING, ShiftState.ENDED],
    "user": ["signed_in", "signed_out"],
}
"""Verbs that the code puts together, by their first part."""

NO_VERBS = {"fleet.toml", "policy.toml", "fleet.csv", "storm.jsonl"}
"""What looks like a verb and is a file."""


@pytest.mark.parametrize("language", languages())
def test_every_verb_in_the_code_is_a_sentence(language):
    verbs = {verb for family, verb in _verbs() if family in FAMILIES} - NO_VERBS
    verbs |= {f"{family}.{end}" for family, ends in MADE_VERBS.items() for end in ends}
    texts = translator(language).texts()

    assert len(verbs) > 100
    assert sorted(verb for verb in verbs if f"line:{verb}" not in texts) == []
