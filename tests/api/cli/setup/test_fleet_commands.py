import pytest
from typer.testing import CliRunner

from api.cli.setup.fleet import fleet
from data.errors import InvalidError
from data.languages import languages
from data.setup.fleet_file import URMIA_FLEET, fleet_from_toml
from data.store.database.city_database import database_of
from data.store.database.engine import reading
from data.store.setup.machines import list_vehicles

TABLE = "نام;نوع;سرعت حرکت;تیغه;برف روبی\r\nلودر;لودر;۲۵;۲٫۸;۸\r\n"


@pytest.fixture
def run(city_folder, monkeypatch):
    monkeypatch.setenv("BARFRUB_VAR", str(city_folder.parent.parent))
    return lambda *words: CliRunner().invoke(fleet, [str(word) for word in words])


def names(folder):
    with reading(database_of(folder)) as tx:
        return [each.name for each in list_vehicles(tx)]


def test_a_table_replaces_the_machines(run, city_folder, tmp_path):
    (tmp_path / "machines.csv").write_text(TABLE, "utf-8-sig")
    result = run("set", tmp_path / "machines.csv")
    assert "1 machines, 1 depots (0 assumed)" in result.output
    assert names(city_folder) == ["لودر"]
    written = fleet_from_toml((city_folder / "fleet.toml").read_text("utf-8"))
    assert [each.name for each in written.vehicles] == ["لودر"]


def test_every_mistake_is_listed_and_nothing_changes(run, city_folder, tmp_path):
    (tmp_path / "machines.csv").write_text(TABLE.replace("لودر;۲۵", "موشک;۲۵۰"), "utf-8")
    result = run("set", tmp_path / "machines.csv")
    assert isinstance(result.exception, InvalidError)
    assert "machines.csv:2: type: expected one of dump_truck" in str(result.exception)
    assert "machines.csv:2: drive_kmh: expected 1 to 120, got '۲۵۰'" in result.stderr
    assert names(city_folder) == ["Truck 1", "Truck 2"]


@pytest.mark.parametrize("name", ["back.toml", "back.csv"])
def test_what_is_exported_is_taken_back(run, city_folder, tmp_path, name):
    (tmp_path / "urmia.toml").write_text(URMIA_FLEET, "utf-8")
    run("set", tmp_path / "urmia.toml")
    before = names(city_folder)
    assert "66 machines" in run("export", tmp_path / name, "--language", "fa").output
    assert "66 machines" in run("set", tmp_path / name).output
    assert names(city_folder) == before


def test_a_language_that_we_do_not_speak_is_refused(run, tmp_path):
    result = run("export", tmp_path / "a.csv", "--language", "xx")
    assert f"one of {', '.join(languages())}" in str(result.exception)
