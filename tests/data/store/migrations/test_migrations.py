import re
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import BIGINT, Engine, inspect, select, text

from data.errors import ConflictError
from data.model import LonLat, NoticeKind, ReferralId, RequestId
from data.model.requests.followup import InspectionFault
from data.store import migrations
from data.store.database.city_address import PostgresAddress
from data.store.database.engine import create_engine, transaction
from data.store.followup.referrals import get_referral, list_agencies
from data.store.followup.sightings import list_sightings
from data.store.migrations import (
    HERE,
    NEWEST,
    REVISIONS,
    require_known,
    revision_of,
)
from data.store.migrations.upgrading import upgrade
from data.store.migrations.versions.r0080_faults_of_inspections import faults_and_words
from data.store.requests.notices import list_agency_messages, list_due_notices
from data.store.schema import message, metadata
from data.store.tracking.unknown_trackers import list_unknown_trackers
from tests import postgres
from tests.data.store.migrations.tables_of_0031 import make_tables_of_0031


def test_no_module_stands_where_the_function_that_upgrades_is_looked_for() -> None:
    assert not hasattr(migrations, "upgrade")


def test_the_revisions_end_at_the_tables_of_the_schema(tmp_path: Path) -> None:
    engine = create_engine(tmp_path / "barfrub.sqlite")
    upgrade(engine)
    with transaction(engine) as tx:
        assert compare_metadata(MigrationContext.configure(tx), metadata) == []
    engine.dispose()


def test_the_revisions_make_the_same_tables_as_the_schema(tmp_path: Path) -> None:
    migrated, created = (create_engine(tmp_path / name) for name in ("a.sqlite", "b.sqlite"))
    upgrade(migrated)
    metadata.create_all(created)
    assert _definitions(migrated) == _definitions(created)
    migrated.dispose()
    created.dispose()


def test_tables_older_than_the_baseline_are_refused_by_the_name_of_who_upgrades_them() -> None:
    engine = create_engine(None)
    make_tables_of_0031(engine)
    with transaction(engine) as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '0030'"))
    with pytest.raises(ConflictError, match=r"of revision 0030.*Barfrub 0\.1\.0"):
        require_known(engine)
    engine.dispose()


def test_each_revision_changes_the_one_before_whatever_their_numbers_are() -> None:
    engine = create_engine(None)
    upgrade(engine)
    assert revision_of(engine) == NEWEST == REVISIONS[-1]
    assert len(REVISIONS) == len({*REVISIONS}) == len(list(HERE.glob("versions/r*.py")))
    engine.dispose()


def test_upgrading_twice_changes_nothing() -> None:
    engine = create_engine(None)
    upgrade(engine)
    upgrade(engine)
    assert "storm" in inspect(engine).get_table_names()
    engine.dispose()


def test_tables_of_the_many_revisions_before_the_baseline_are_those_of_the_schema(
    tmp_path: Path,
) -> None:
    engine = create_engine(tmp_path / "old.sqlite")
    make_tables_of_0031(engine)
    require_known(engine)
    upgrade(engine)
    created = create_engine(tmp_path / "new.sqlite")
    upgrade(created)
    assert _definitions(engine) == _definitions(created)
    engine.dispose()
    created.dispose()


WITH_MESSAGES = (
    """INSERT INTO storm (id, name, phase, started_at, snowfall)
       VALUES (1, 'First snow', 'active', '2026-12-21', '[]')""",
    "INSERT INTO depot (id, name, lon, lat, assumed) VALUES (1, 'Depot', 45, 37, 0)",
    """INSERT INTO vehicle (id, name, type, owner, capabilities, blade_m, min_street_m, hopper_kg,
           drive_speed_mps, work_speed_mps, depot_id, shift_h, assumed, retired)
       VALUES (1, 'Truck', 'grader', 'own', '[]', 3, 3, 0, 10, '{}', 1, 8, 0, 0)""",
    """INSERT INTO message (id, storm_id, vehicle_id, from_driver, text_fa, text_en, salt, sent_by,
           sent_at)
       VALUES (1, 1, 1, 0, 'بیا', 'Come', x'01', 'sara', '2026-12-21'),
              (2, 1, 1, 1, '', '', NULL, 'reza', '2026-12-21')""",
)


def test_words_of_messages_are_carried_over_by_language() -> None:
    engine = create_engine(None)
    make_tables_of_0031(engine)
    with transaction(engine) as tx:
        for statement in WITH_MESSAGES:
            tx.execute(text(statement))
    upgrade(engine)
    with transaction(engine) as tx:
        found = tx.execute(select(message.c.id, message.c.texts, message.c.sent_by)).all()
    assert found == [(1, {"fa": "بیا", "en": "Come"}, "sara"), (2, {}, "reza")]
    engine.dispose()


def _definitions(engine: Engine) -> dict[str, list[str]]:
    query = text("select name, sql from sqlite_master where sql is not null")
    with transaction(engine) as tx:
        found = {row.name: _clauses(row.sql) for row in tx.execute(query)}
    return {name: clauses for name, clauses in found.items() if name != "alembic_version"}


def _clauses(sql: str) -> list[str]:
    """Return columns and constraints in a fixed order: foreign keys come in any.

    A table that was made anew has its name in quotation marks.
    """
    plain = re.sub(r'CREATE TABLE "(\w+)"', r"CREATE TABLE \1", " ".join(sql.split()))
    return sorted(clause.strip() for clause in re.split(r",|\(\s|\s\)", plain))


LETTER_OF_0031 = (
    "INSERT INTO request (id, reference, received_at, channel, text, kind, state, address) VALUES"
    " (7, 'B-0007', '2026-12-21 04:00:00.000000', 'phone', 'a tree', 'tree', 'handed_over', '')",
    "INSERT INTO body (id, name, kind, contact, phone, email, address) VALUES"
    " (2, 'Parks', 'parks', '', '', 'parks@city.example', '')",
    "INSERT INTO hand_over (id, request_id, body_id, at, way, note, with_caller, state, answer)"
    " VALUES (3, 7, 2, '2026-12-21 04:01:00.000000', 'message', '', 0, 'sent', '')",
    "INSERT INTO body_letter (hand_over_id, state, due_at, tries, told_at) VALUES"
    " (3, 'waiting', '2026-12-21 04:06:00.000000', 2, '2026-12-21 04:02:00.000000')",
)


def test_a_letter_that_waited_at_0031_waits_in_the_outbox_of_messages() -> None:
    engine = create_engine(None)
    make_tables_of_0031(engine)
    with transaction(engine) as tx:
        for statement in LETTER_OF_0031:
            tx.execute(text(statement))
    upgrade(engine)
    with transaction(engine) as tx:
        referral = get_referral(tx, ReferralId(3))
        letter = list_agency_messages(tx, [referral])[referral.id]
        due = list_due_notices(tx, letter.due_at, 9)
    assert due == [letter]
    assert (letter.request_id, letter.kind, letter.tries) == (7, NoticeKind.LETTER, 2)
    assert letter.written_at == referral.at < letter.told_at < letter.due_at < letter.stale_at
    engine.dispose()


NAMES_OF_0031 = (
    *LETTER_OF_0031,
    "INSERT INTO stranger (name, door, fault, address, first_at, last_at, times, lon, lat) VALUES"
    " ('IMEI-7', 'osmand', 'name', '10.0.0.1', '2026-12-21 04:00:00.000000',"
    " '2026-12-21 05:00:00.000000', 2, 45.07, 37.55)",
    "INSERT INTO sighting (id, request_id, seen_at, author, clear, text, photo) VALUES"
    " (5, 7, '2026-12-21 05:00:00.000000', 'reza', 0, 'Buzlu, körpüdə', '5.jpg'),"
    " (6, 7, '2026-12-21 06:00:00.000000', 'reza', 1, 'Icy', '6.jpg')",
)


def test_agencies_referrals_trackers_and_inspections_keep_what_their_tables_of_0031_had() -> None:
    engine = create_engine(None)
    make_tables_of_0031(engine)
    with transaction(engine) as tx:
        for statement in NAMES_OF_0031:
            tx.execute(text(statement))
    upgrade(engine)
    with transaction(engine) as tx:
        (agency,), (tracker,) = list_agencies(tx), list_unknown_trackers(tx)
        referral = get_referral(tx, ReferralId(3))
        found = [(one.faults, one.text) for one in list_sightings(tx, RequestId(7))]
    assert found == [((InspectionFault.ICE,), "körpüdə"), ((), "Icy")]
    assert (agency.name, agency.email, agency.retired) == ("Parks", "parks@city.example", False)
    assert (referral.request_id, referral.agency_id) == (7, agency.id)
    assert (tracker.name, tracker.protocol, tracker.times) == ("IMEI-7", "osmand", 2)
    assert tracker.location == LonLat(45.07, 37.55)
    engine.dispose()


AS_OF_0060 = (
    "DROP TABLE order_preference",
    "ALTER TABLE hand_draft DROP pace",
    "DROP INDEX promise_by_making",
    "DROP TABLE training_result",
    "DROP TABLE training_call, training_note, training_event, training_seat",
    "DROP TABLE training_mark, training",
    "DROP TABLE pace_proposal, weather_feed, ended_watch, street_watch, forecast, road_weather",
    "ALTER TABLE leg_progress DROP at_end",
    "DROP INDEX sighting_by_segment",
    "ALTER TABLE sighting DROP segment_id, DROP faults, ALTER request_id SET NOT NULL",
    "DROP INDEX request_clock_by_closing",
    "ALTER TABLE district DROP inhabitants",
    'ALTER TABLE "user" DROP district',
    "DROP TABLE machine_limit",
    "DROP TABLE driver_rest",
    "ALTER TABLE message DROP crew_shift_id",
    "ALTER TABLE blockage DROP reason, DROP accuracy_m, DROP plan_id, DROP leg, DROP last,"
    " DROP voice",
    "DROP TABLE vehicle_fault, vehicle_check",
    "DROP INDEX request_by_place",
    "ALTER TABLE plan DROP published_at",
    "ALTER TABLE place DROP gates",
    "DROP TABLE duplicate",
    'ALTER TABLE "user" DROP name',
    "ALTER TABLE alert DROP given_by",
    "DROP TABLE alert_snooze",
    "ALTER TABLE handover_note DROP texts",
    "ALTER TABLE coverage DROP worked_at, DROP cleared_at",
    "DROP TABLE photo_quota",
    "ALTER TABLE phone_confirmation DROP wrong_codes",
    "DROP INDEX session_by_origin",
    "ALTER TABLE session ALTER begun_from TYPE integer",
    "ALTER TABLE entry_ticket ALTER session_id TYPE integer",
    "UPDATE alembic_version SET version_num = '0060'",
)


@pytest.mark.skipif(not postgres.WANTED, reason="SQLite has whole numbers of one width")
def test_sessions_are_numbered_as_widely_by_those_that_began_from_them() -> None:
    engine = create_engine(PostgresAddress(postgres.url_for_new_cities(), "city"))
    upgrade(engine)
    with transaction(engine) as tx:
        for statement in AS_OF_0060:
            tx.execute(text(statement))
    upgrade(engine)
    tables = inspect(engine)
    widths = {column["name"]: column["type"] for column in tables.get_columns("session")}
    widths |= {column["name"]: column["type"] for column in tables.get_columns("entry_ticket")}
    assert {type(widths[name]) for name in ("id", "begun_from", "session_id")} == {BIGINT}
    assert "session_by_origin" in {index["name"] for index in tables.get_indexes("session")}
    engine.dispose()


@pytest.mark.parametrize(
    ("written", "codes", "words"),
    [
        ("Icy", ["ice"], ""),
        (
            "Ridge of snow in the way, Icy, as ever, says Sara",
            ["ridge", "ice"],
            "as ever, says Sara",
        ),
        ("نیمه‌کاره، یخ‌زده، جلوی در", ["half_done", "ice"], "جلوی در"),
        ("Yolda qar yığını, Buzlu", ["ridge", "ice"], ""),
        ("Icy road", [], "Icy road"),
    ],
)
def test_words_of_faults_become_codes_and_other_words_stay(
    written: str, codes: list[str], words: str
) -> None:
    assert faults_and_words(written) == (codes, words)
