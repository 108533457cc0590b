import re
from datetime import timedelta
from pathlib import Path

from data.model import Actor, ActorKind, RequestKind
from data.store.audit.audit_log import broken_links, list_events
from fleet.requests.caller_privacy import SEEN, read_caller, read_callers
from fleet.requests.intake import Report, receive
from tests.village import NOW

OPERATOR = Actor(ActorKind.USER, "operator")
LATER = NOW + timedelta(minutes=5)


def asked(tx, name: str = "", phone: str = ""):
    report = Report("phone", RequestKind.PLOW, "mill lane", caller_name=name, caller_phone=phone)
    return receive(tx, OPERATOR, report, NOW).id


def looks(tx):
    return [line for line in list_events(tx) if line.verb == SEEN]


def test_every_look_at_a_caller_is_written_down_and_names_nobody(tx):
    first = asked(tx, "Maryam", "0914 111 2233")
    caller = read_caller(tx, OPERATOR, first, "call_back", LATER)
    assert (caller.name, caller.phone) == ("Maryam", "0914 111 2233")
    (line,) = looks(tx)
    assert (line.at, line.actor, line.subject) == (LATER, OPERATOR, f"caller:{first}")
    assert line.after == {"requests": [first], "purpose": "call_back"}
    assert "Maryam" not in str(list_events(tx))
    assert broken_links(list_events(tx)) == []


def test_a_list_of_callers_is_one_look_at_those_who_are_known(tx):
    known, unknown, other = asked(tx, "Maryam"), asked(tx), asked(tx, phone="137")
    found = read_callers(tx, OPERATOR, {other, unknown, known}, "export", LATER)
    assert sorted(found) == [known, other]
    (line,) = looks(tx)
    assert (line.subject, line.after["requests"]) == ("callers", [known, other])


def test_where_nobody_said_who_they_are_there_is_nothing_to_see(tx):
    assert read_caller(tx, OPERATOR, asked(tx), "call_back", LATER) is None
    assert looks(tx) == []


def test_nobody_else_reads_callers_past_the_audit_log():
    root = Path(__file__).parents[3]
    readers = {
        str(path.relative_to(root))
        for layer in ("api", "fleet", "maps")
        for path in (root / layer).rglob("*.py")
        if re.search(r"\b(find_caller|list_callers)\b", path.read_text("utf-8"))
    }
    # Messages and their sender are machines; the tracking page tells callers of themselves.
    machines = {
        "fleet/requests/notices.py",
        "fleet/requests/outbox.py",
        "fleet/requests/notice_consent.py",
        "api/requests/tracking_page.py",
    }
    assert readers == {"fleet/requests/caller_privacy.py", *machines}
