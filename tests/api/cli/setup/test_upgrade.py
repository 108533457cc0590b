import re
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text
from typer.testing import CliRunner

from api.cli.main import commands
from api.cli.setup.restore import upgrade
from api.config.clock import Clock
from api.server.app import create_app
from data.errors import ConflictError
from data.store.backup.restore import restore_city
from data.store.database.engine import open_database, transaction
from data.store.migrations import NEWEST
from tests.api.lived_in_city import open_at, rows_of, run

ROOT = Path(__file__).parents[4]


def test_the_program_tells_its_version() -> None:
    told = CliRunner().invoke(commands, ["--version"]).output
    assert re.fullmatch(r"barfrub \d+\.\d+\.\d+\n", told)


def make_older(folder: Path) -> None:
    engine = open_at(folder)
    with transaction(engine) as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    engine.dispose()


def test_older_tables_are_not_served(lived_in: Path, settings) -> None:
    assert "is up to date" in run(upgrade).output
    make_older(lived_in)
    with pytest.raises(ConflictError, match="run barfrub upgrade"):
        create_app(settings, lived_in, Clock())


def test_newer_tables_are_left_alone(lived_in: Path) -> None:
    engine = open_at(lived_in)
    with transaction(engine) as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    refused = run(upgrade).exception
    assert isinstance(refused, ConflictError)
    assert refused.reason == "tables_newer"


def test_an_upgrade_saves_the_city_first(
    city_folder: Path, settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BARFRUB_VAR", str(settings.var))
    database = city_folder / "barfrub.sqlite"
    for leftover in city_folder.glob("barfrub.sqlite*"):
        leftover.unlink()
    (city_folder / "barfrub.sqlite").touch()
    engine = open_database(database)
    config = Config()
    config.set_main_option("script_location", str(ROOT / "data/store/migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        connection.execute(
            text(
                "INSERT INTO city (name, timezone, bounds, network_version, attribution, policy, "
                "fleet, report) VALUES ('Old', 'UTC', '[0,0,1,1]', 'v', '', '', '', '{}')"
            )
        )
    engine.dispose()
    done = run(upgrade)
    assert f"tables 0002 to {NEWEST}" in done.output
    (saved,) = (settings.var / "backups").iterdir()
    restore_city(saved, settings.city_folder("copy"))
    assert rows_of(settings.city_folder("copy"))["city"] == rows_of(city_folder)["city"]
