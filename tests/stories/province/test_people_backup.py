"""The people of a province are saved, lost, and restored, on either store."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.main import commands
from api.config.settings import Settings
from data.errors import BarfrubError, NotFoundError
from data.model import Role, SignInMethod
from data.store.accounts.sessions import list_sessions
from data.store.audit.audit_log import list_events
from data.store.database.city_address import PostgresAddress, address_of, has_city
from data.store.database.city_database import list_cities_in, province_in
from data.store.database.engine import create_engine, reading, transaction
from data.store.migrations.upgrading import upgrade
from fleet.accounts.province_people import all_people, give_roles, new_person
from fleet.accounts.sessions import SessionOrigin, begin_session
from fleet.setup.province_store import open_province, province_held
from tests import village as v
from tests.postgres import WANTED, url_for_new_cities
from tests.two_towns import CONSOLE

ROLES = {"urmia": (Role.DISPATCHER,), "tabriz": (Role.COUNCIL,)}


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of commands, with a PostgreSQL database where the tests want one."""
    monkeypatch.setenv("BARFRUB_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("BARFRUB_DATABASE", url_for_new_cities())
    return Settings()


@pytest.fixture
def leila(settings: Settings) -> str:
    """A person of two towns, who is signed in."""
    people = open_province(settings.province_folder, settings.database)
    with transaction(people) as tx:
        person = new_person(tx, CONSOLE, "leila", "en", "", v.NOW)
        for city, roles in ROLES.items():
            give_roles(tx, CONSOLE, person, city, roles, v.NOW)
        origin = SessionOrigin(SignInMethod.PASSWORD, "10.0.0.7", "Firefox")
        begin_session(tx, person, "digest", origin, v.NOW, v.NOW - v.NOW)
    people.dispose()
    return "leila"


def add(settings: Settings, login: str) -> None:
    people = open_province(settings.province_folder)
    with transaction(people) as tx:
        new_person(tx, CONSOLE, login, "en", "", v.NOW)
    people.dispose()


def people_of(settings: Settings) -> dict[str, dict[str, tuple[Role, ...]]]:
    people = open_province(settings.province_folder)
    with reading(people) as tx:
        found = {each.person.login: each.roles for each in all_people(tx)}
        assert not [one for each in all_people(tx) for one in list_sessions(tx, each.person.id)]
        assert [line.verb for line in list_events(tx)].count("user.added") == len(found)
    people.dispose()
    return found


def barfrub(*words: object) -> str:
    done = CliRunner().invoke(commands, ["province", *map(str, words)])
    if isinstance(done.exception, BarfrubError):
        return f"refused: {done.exception}"
    assert done.exit_code == 0, done.output
    return done.output


def test_a_drill_the_people_are_restored_with_their_roles(
    settings: Settings, leila: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = tmp_path / "people.tar.gz"
    with province_held(settings.province_folder):  # while the server runs
        assert "is saved in" in barfrub("backup", saved)
    add(settings, "a-mistake")
    assert "--replace" in barfrub("restore", saved)
    with province_held(settings.province_folder):
        assert "is open in another program" in barfrub("restore", saved, "--replace")
    assert "all checksums correct" in barfrub("restore", saved, "--replace")
    assert people_of(settings) == {leila: ROLES}

    monkeypatch.setenv("BARFRUB_VAR", str(tmp_path / "another machine"))
    monkeypatch.setenv("BARFRUB_DATABASE", url_for_new_cities())
    assert "all checksums correct" in barfrub("restore", saved)
    assert people_of(Settings()) == {leila: ROLES}


def test_a_folder_of_backups_keeps_the_newest(
    settings: Settings, leila: str, tmp_path: Path
) -> None:
    old = tmp_path / "people-of-province-20260101T033000Z.barfrub.tar.gz"
    of_city = tmp_path / "province-20260101T033000Z.barfrub.tar.gz"
    for each in (old, of_city):
        each.touch()
    assert f"Deleted {old}" in barfrub("backup", tmp_path, "--keep", "1")
    assert of_city.exists()
    assert len([*tmp_path.glob("people-of-province-*")]) == 1


def test_a_backup_of_a_city_is_none_of_a_province_and_the_other_way_round(
    settings: Settings, leila: str, tmp_path: Path, cities: dict[str, Path]
) -> None:
    people, city = tmp_path / "people.tar.gz", tmp_path / "city.tar.gz"
    barfrub("backup", people)
    done = CliRunner().invoke(commands, ["backup", str(city), "--city", "urmia"])
    assert done.exit_code == 0, done.output
    assert "a backup of a province" in barfrub("restore", city, "--replace")
    wrong = CliRunner().invoke(commands, ["restore", str(people), "--city", "third"])
    assert "a backup of a city" in str(wrong.exception)
    assert people_of_still(settings) == [leila]
    assert not settings.city_folder("third").exists()


def people_of_still(settings: Settings) -> list[str]:
    people = open_province(settings.province_folder)
    with reading(people) as tx:
        logins = [each.person.login for each in all_people(tx)]
    people.dispose()
    return logins


@pytest.mark.skipif(not WANTED, reason="about people on PostgreSQL")
def test_after_a_restore_servers_find_the_people_and_one_with_the_former_address_makes_none(
    settings: Settings, leila: str, tmp_path: Path
) -> None:
    saved, other = tmp_path / "people.tar.gz", tmp_path / "other"
    open_province(other, settings.database).dispose()
    barfrub("backup", saved)
    barfrub("restore", saved, "--replace")
    here = address_of(settings.province_folder)
    assert isinstance(here, PostgresAddress)
    assert here == province_in(settings.database)
    assert list_cities_in(settings.database) == []
    with pytest.raises(NotFoundError, match="schema province"):
        open_province(other, settings.database)
    assert province_in(settings.database) == here == address_of(settings.province_folder)
    second = open_province(tmp_path / "second", settings.database)
    with reading(second) as tx:
        assert [each.person.login for each in all_people(tx)] == [leila]
    second.dispose()


@pytest.mark.skipif(not WANTED, reason="about people on PostgreSQL")
def test_of_two_provinces_in_one_database_none_is_picked(
    settings: Settings, leila: str, tmp_path: Path
) -> None:
    create_postgres_province(settings.database, "province_0a1b2c3d")
    with pytest.raises(BarfrubError, match="province and province_0a1b2c3d"):
        open_province(tmp_path / "third", settings.database)
    assert not has_city(tmp_path / "third")
    assert people_of_still(settings) == [leila]


def create_postgres_province(url: str, schema: str) -> None:
    engine = create_engine(PostgresAddress(url, schema))
    upgrade(engine)
    engine.dispose()
