"""The audit log of a whole storm is proved, exported, checked by an outsider, and tampered with."""

import re
import subprocess
import sys
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from typer.testing import CliRunner

from api.cli.storms.audit import audit as audit_command
from api.config.settings import Settings
from api.processes.tasks import audit_task
from data.errors import InvalidError
from data.model import Actor, ActorKind, VehicleId
from data.store.accounts.accounts import add_device, list_users
from data.store.audit.audit_log import add_event, list_events
from data.store.audit.audit_log_reader import read_audit_log
from data.store.audit.audit_seals import (
    first_seal_of_fixes,
    list_unsealed,
    seal_of_window,
    unseal,
    window_subject,
)
from data.store.audit.receipt_file import Receipt
from data.store.database.city_database import database_of
from data.store.database.engine import transaction
from data.store.tracking.positions import add_positions, find_newest, mark_seen_until
from fleet.accounts.accounts import token_digest
from fleet.audit.audit_log import audit
from fleet.audit.clock_lines import note_jump
from fleet.audit.findings import Wrong
from fleet.coverage.track_windows import begins_at, number_at
from tests import postgres
from tests import village as v
from tests.api.conftest import StillClock, be_signed_in, served
from tests.fleet.drives import a_fix
from tests.stories.tamperings import (
    TWELVE,
    UNLOCKED,
    a_late_position,
    first_window,
    sealed_anew,
)
from tests.stories.test_first_storm import WORDS, drive, planned
from tests.village_database import copy_city

SYSTEM = Actor(ActorKind.SYSTEM, "test")
SECURITY = Path(__file__).parents[2] / "docs" / "security.md"
DOCUMENT = Path(__file__).parents[2] / "docs" / "audit-log.md"


AFTER = v.NOW + timedelta(hours=5)


def a_storm(client, clock) -> None:
    """Let a storm have a caller, a plan and what two trucks did, all of it written down."""
    app = client.app.state.barfrub
    trackers = {VehicleId(1): "token-one", VehicleId(2): "token-two"}
    with transaction(app.engine) as tx:
        for user in list_users(tx):  # the drawn city has them without a line
            after = {"roles": list(user.roles)}
            add_event(tx, v.NOW, SYSTEM, "user.added", f"user:{user.id}", after=after)
        for vehicle_id, token in trackers.items():
            add_device(tx, f"truck-{vehicle_id}", vehicle_id, token_digest(token))
        add_event(tx, v.NOW, SYSTEM, "device.added", "device:1")
    be_signed_in(client, "dispatcher")
    client.post("/api/storms", json={"name": "First snow"})
    be_signed_in(client, "operator")
    said = {"kind": "plow", "text": WORDS, "caller_name": "Sara", "caller_phone": "09141234567"}
    assert client.post("/requests", json=said).status_code == 201
    be_signed_in(client, "dispatcher")
    plan = planned(client, app)
    clock.moment = v.NOW + timedelta(hours=3)
    drive(client, app, clock, plan, trackers, blade=True)
    clock.moment = AFTER
    while app.consumer.run():
        pass
    assert app.audit_task.run() > 0


@pytest.fixture(scope="module")
def written(tmp_path_factory, drawn_city) -> Path:
    """The folder of a village after its storm; tests get copies."""
    settings, clock = Settings(var=tmp_path_factory.mktemp("storm")), StillClock()
    folder = copy_city(drawn_city, settings.city_folder("village"), shared=True)
    with served(settings, folder, clock) as client:
        a_storm(client, clock)
    return folder


@pytest.fixture
def city_folder(settings, written) -> Path:
    return copy_city(written, settings.city_folder("village"))


@pytest.fixture
def engine(city_folder):
    """The database of the village after its storm, with no server beside."""
    engine = database_of(city_folder)
    yield engine
    engine.dispose()


@pytest.fixture
def clock() -> StillClock:
    clock = StillClock()
    clock.moment = AFTER
    return clock


def read(tx, *receipts):
    return audit(tx, read_audit_log(tx), receipts)


@contextmanager
def tampered(engine, *orders):
    """What somebody with the file in his hands can do; taken back at the end."""
    with engine.connect() as tx, tx.begin() as undone:
        for order in orders:
            assert tx.execute(text(order)).rowcount != 0, order
        yield tx
        undone.rollback()


def test_evidence_that_changes_while_it_is_read_is_written_down_at_the_next_look(app, monkeypatch):
    honest, subject = audit_task.read_evidence, window_subject(VehicleId(1), number_at(v.NOW))

    def overtaken(tx, settled):
        evidence = honest(tx, settled)
        with transaction(app.engine) as other:
            unseal(other, settled)
        return evidence

    app.audit_task.run()  # seals what the server digests anew when it starts
    with transaction(app.engine) as tx:
        assert list_unsealed(tx) == []
        unseal(tx, [subject])
    with monkeypatch.context() as patch:
        patch.setattr(audit_task, "read_evidence", overtaken)
        app.audit_task.run()
    with transaction(app.engine) as tx:
        assert list_unsealed(tx) == [subject]
    assert app.audit_task.run() == 0  # nothing is new, so it needs no other line
    with transaction(app.engine) as tx:
        done = read(tx)
    assert (done.findings, done.unsealed) == ([], 0)


def test_a_whole_storm_is_as_it_was_written(engine):
    with transaction(engine) as tx:
        done = read(tx)
        assert (done.findings, done.unsealed) == ([], 0)
        assert read(tx, Receipt(done.lines, done.last_hash)).findings == []
        made_anew = read(tx, Receipt(3, "0" * 64), Receipt(done.lines + 5, "0" * 64)).findings
    found = [(one.wrong, one.line) for one in made_anew]
    assert found == [("not_in_chain", 3), ("missing", done.lines + 5)]
    for order in ("UPDATE event SET verb = 'x'", "DELETE FROM event"):
        with pytest.raises(Exception, match="append-only"), engine.begin() as tx:
            tx.execute(text(order))


TAMPERINGS = [
    ([*UNLOCKED, "UPDATE event SET actor_id = 'nobody' WHERE id = 9"], "altered:9"),
    ([*UNLOCKED, "UPDATE event SET at = '2020-01-01 00:00:00' WHERE id = 9"], "altered:9"),
    ([*UNLOCKED, "DELETE FROM event WHERE id = 9"], "missing:9"),
    # the last line sealed something, which nothing vouches for any more
    ([*UNLOCKED, "DELETE FROM event WHERE id = (SELECT max(id) FROM event)"], "unwritten:"),
    ([*UNLOCKED, "UPDATE event SET verb = 'x' WHERE id = 9"], "altered:9"),
    (
        [*UNLOCKED, "UPDATE event SET subject = 'window:x' WHERE verb = 'evidence.sealed'"],
        "altered:",
    ),
    (["UPDATE request SET state = 'dismissed'"], "record:request:1"),
    (["UPDATE request SET text = 'nothing of importance'"], "record:request:1"),
    (["UPDATE plan SET state = 'draft'"], "record:plan:1"),
    (["""UPDATE plan SET cost = '{"total": 1.0}'"""], "record:plan:1"),
    (["UPDATE route SET vehicle_id = 3 - vehicle_id"], "record:plan:1"),
    (["UPDATE job SET state = 'done' WHERE state = 'open'"], "unwritten:job"),
    (["UPDATE pass SET ended_at = '2026-01-01 00:00:00' WHERE id = 1"], "record:window"),
    (["DELETE FROM pass WHERE id = 1"], "record:window"),
    (["UPDATE position SET blade = false WHERE id = 30"], "record:window"),
    (["DELETE FROM position WHERE id = 30"], "record:window"),
    (["""UPDATE "user" SET roles = '["administrator"]' WHERE login = 'driver'"""], "record:user"),
    (["UPDATE \"user\" SET disabled = true WHERE login = 'council'"], "record:user"),
]


def test_a_row_that_was_changed_behind_the_book_is_named(engine):
    for orders, named in TAMPERINGS:
        with tampered(engine, *orders) as tx:
            findings = read(tx).findings
        found = [f"{one.wrong}:{about}" for one in findings for about in (one.line, one.subject)]
        assert any(one.startswith(named) for one in found), (orders, found)


def test_each_tampering_of_the_list_is_found(engine):
    with transaction(engine) as tx:
        before = read(tx)
        assert before.findings == []
    kept = Receipt(before.lines, before.last_hash)
    for named, tamper, wrong in TWELVE:
        with tampered(engine) as tx:
            tamper(tx)
            assert wrong in {one.wrong for one in read(tx, kept).findings}, named


def test_the_list_of_tamperings_is_that_of_the_document():
    listed = re.findall(r"^\| \d+ \| ([^|]+) \|", SECURITY.read_text(), re.MULTILINE)
    assert [one.strip() for one in listed] == [name for name, _, _ in TWELVE]


def test_a_late_position_explains_a_second_seal(engine):
    with tampered(engine) as tx:
        a_late_position(tx, "2026-12-31 00:00:00.000000")
        sealed_anew(tx)
        done = read(tx)
        said = list_events(tx, first_window(tx))
    assert done.findings == []
    assert said[0].after.get("new_positions") is None
    assert len(said[-1].after["new_positions"]) == 1


@pytest.mark.parametrize("changed", [False, True])
def test_a_seal_of_before_that_names_no_position_is_compared_as_it_was_made(engine, changed):
    window, subject = 500_000, "window:1:500000"
    with tampered(engine) as tx:
        since, until = begins_at(window), begins_at(window + 1)
        seconds = (since - v.NOW).total_seconds()
        add_positions(tx, [a_fix(v.at_m(0, 0), seconds, source="x")])
        mark_seen_until(tx, find_newest(tx))
        fixes = first_seal_of_fixes(tx, VehicleId(1), since, until)
        passes = seal_of_window(tx, VehicleId(1), window)
        before = {
            "positions": fixes.rows,
            "positions_digest": fixes.digest,
            "passes": passes.rows,
            "passes_digest": passes.digest,
        }
        add_event(tx, v.NOW + timedelta(hours=6), SYSTEM, "evidence.sealed", subject, after=before)
        if changed:
            tx.execute(text("UPDATE position SET lon = 0 WHERE source = 'x'"))
        findings = read(tx).findings
    assert [(one.wrong, one.subject) for one in findings] == [(Wrong.RECORD, subject)] * changed


def test_a_clock_that_was_set_back_is_told_by_a_line(engine):
    with tampered(engine) as tx:
        yesterday = v.NOW - timedelta(days=1)
        note_jump(tx, yesterday, timedelta(days=-1))
        add_event(tx, yesterday, SYSTEM, "storm.looked", "storm:1")
        done = read(tx)
    assert (done.findings, done.clock_jumps) == ([], 1)


UNREADABLE = [
    ("actor_kind = 'systemx'", "its kind of actor is 'systemx'"),
    ("verb = CAST(x'ff' AS TEXT)", r"its verb is no text: b'\xff'"),
    ("at = 'yesterday'", "its time is 'yesterday'"),
    ("at = '2026-12-21 04:00:00+03:30'", "its time is '2026-12-21 04:00:00+03:30'"),
    ("at = 5", "its time is '5'"),
    ("before = '{'", "its 'before' is no JSON: '{'"),
    ("after = '[]'", "its 'after' is no JSON object: '[]'"),
    (r"""after = '{"a": "\ud800"}'""", "its 'after' is no JSON"),
    ("actor_kind = 'systemx', subject = CAST(x'ff' AS TEXT)", "its kind of actor is 'systemx'"),
]


def test_a_line_that_no_longer_reads_is_named_and_what_follows_is_read(engine):
    with transaction(engine) as tx:
        length = read(tx).lines
    for change, reason in UNREADABLE:
        order = f"UPDATE event SET {change} WHERE id = 9"  # noqa: S608 - our own words
        try:
            with tampered(engine, *UNLOCKED, order) as tx:
                done = read(tx)
        except (DBAPIError, InvalidError):
            assert postgres.WANTED, "only PostgreSQL refuses what is no time, text or JSON"
            continue
        of_lines = [(one.wrong, one.line) for one in done.findings if one.line is not None]
        if postgres.WANTED and ("unreadable", 9) not in of_lines:
            continue  # what its types made of it still reads
        assert ("unreadable", 9) in of_lines, (change, of_lines)
        assert not [one for one in of_lines if one[0] in {"unlinked", "missing"}]
        assert done.findings[0].found.startswith(reason)
        assert done.lines == length


def test_the_console_names_the_line_that_no_longer_reads(app, city_folder, monkeypatch, tmp_path):
    monkeypatch.setenv("BARFRUB_VAR", str(city_folder.parent.parent))
    with app.engine.begin() as tx:
        for order in (*UNLOCKED, "UPDATE event SET actor_kind = 'systemx' WHERE id = 9"):
            tx.execute(text(order))
    done = CliRunner().invoke(audit_command, ["verify"])
    assert done.exit_code == 1
    assert re.search(r"line 9 \(\S+\) cannot be read: its kind of actor is 'systemx'", done.output)
    asked = CliRunner().invoke(audit_command, ["export", str(tmp_path / "audit-log.jsonl")])
    assert str(asked.exception) == "line 9 cannot be read: its kind of actor is 'systemx'"


def test_an_outsider_checks_the_export_with_the_script_of_the_documents(
    app, city_folder, monkeypatch, tmp_path
):
    monkeypatch.setenv("BARFRUB_VAR", str(city_folder.parent.parent))
    log, script = tmp_path / "audit-log.jsonl", tmp_path / "check_audit_log.py"
    assert CliRunner().invoke(audit_command, ["export", str(log)]).exit_code == 0
    code = re.search(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert code
    script.write_text(code[1])
    assert len([line for line in code[1].splitlines() if line.strip()]) <= 30

    def check(*words):
        order = [sys.executable, str(script), str(log), *words]
        return subprocess.run(order, capture_output=True, text=True, check=False)

    done = CliRunner().invoke(audit_command, ["verify"])
    assert done.exit_code == 0, done.output
    receipt = done.output.split()[-1]
    assert receipt in check(receipt).stdout
    whole = log.read_text()
    assert "Sara" not in whole
    assert "09141234567" not in whole
    assert WORDS not in whole
    log.write_text(whole.replace("dispatcher", "somebody", 1))
    assert "is not as it was written" in check().stderr

    with transaction(app.engine) as tx:
        tx.execute(text("UPDATE request SET state = 'dismissed'"))
    done = CliRunner().invoke(audit_command, ["verify"])
    assert done.exit_code == 1
    assert "request:1: the log says 'done', found 'dismissed'" in done.output
    assert CliRunner().invoke(audit_command, ["verify", "--receipt", "x"]).exception is not None
