import json

import geopandas
import pytest
from typer.testing import CliRunner

from api.cli.setup.city import city
from api.cli.setup.fleet import fleet, policy
from api.cli.storms.coverage import coverage
from api.cli.storms.storm import storm
from api.training.hosting.progress import hosting
from data.errors import BarfrubError, ConflictError, InvalidError, NotFoundError
from data.policy.city_policy import DEFAULT_POLICY
from data.setup.fleet_file import URMIA_FLEET
from data.store.database.city_address import PostgresAddress, address_of, save_address
from data.store.database.city_database import database_of
from data.store.database.city_lock import holding
from data.store.database.engine import create_engine, reading
from data.store.schema import metadata
from data.store.setup.city import get_city
from data.store.streets.districts import list_districts
from tests.data.osm.drawn_place import QUERY, cached_in
from tests.data.osm.osm_files import a_way, nodes, write_osm
from tests.postgres import WANTED, url_for_new_cities
from tests.rehearsed import a_sandbox


@pytest.fixture
def run(tmp_path, monkeypatch, new_cities):
    monkeypatch.setenv("BARFRUB_VAR", str(tmp_path / "var"))
    monkeypatch.delenv("BARFRUB_CITY", raising=False)

    def invoke(app, *words):
        return CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=True)

    return invoke


@pytest.fixture
def street_file(tmp_path):
    return write_osm(tmp_path / "town.osm", [*nodes(), a_way(10, [1, 2, 3]), a_way(11, [4, 2, 5])])


@pytest.fixture
def town(run, street_file, tmp_path):
    assert run(city, "add", "town", street_file, "--timezone", "Asia/Tehran").exit_code == 0
    return tmp_path / "var" / "cities" / "town"


def test_show_prints_the_promised_keys_as_json(run, town):
    shown = json.loads(run(city, "show", "town", "--json").stdout)
    assert set(shown) >= {
        "name",
        "version",
        "segments",
        "junctions",
        "length_km",
        "named_share",
        "oneway_share",
        "restrictions",
        "addresses",
        "places",
        "unreachable",
    }
    assert (shown["name"], shown["segments"], shown["junctions"]) == ("town", 4, 5)


def test_show_means_the_only_city(run, town):
    assert "4 segments" in run(city, "show").stdout


def test_a_city_without_a_time_zone_has_that_of_its_place(run, street_file):
    result = run(city, "add", "town", street_file)
    assert "clock is Asia/Tehran" in result.stderr
    assert "(Asia/Tehran)" in result.stdout


@pytest.mark.parametrize("name", ["../town", ".town", "a/b"])
def test_a_name_that_leaves_the_folder_is_refused(run, street_file, tmp_path, name):
    assert isinstance(run(city, "add", name, street_file).exception, InvalidError)
    assert not (tmp_path / "var" / "cities").exists()


def test_a_city_is_not_added_twice(run, town, street_file):
    assert isinstance(run(city, "add", "town", street_file).exception, ConflictError)


def test_fleet_set_replaces_machines_and_file(run, town, tmp_path):
    file = tmp_path / "urmia.toml"
    file.write_text(URMIA_FLEET, encoding="utf-8")
    assert "66 machines" in run(fleet, "set", "--city", "town", file).stdout
    assert (town / "fleet.toml").read_text(encoding="utf-8") == URMIA_FLEET


def test_policy_set_replaces_the_file_only_when_it_is_right(run, town, tmp_path):
    file = tmp_path / "policy.toml"
    file.write_text(DEFAULT_POLICY.replace("cycle_h = 3", "cycle_h = 2"), encoding="utf-8")
    assert run(policy, "set", "--city", "town", file).exit_code == 0
    assert "cycle_h = 2" in (town / "policy.toml").read_text(encoding="utf-8")
    file.write_text("[class", encoding="utf-8")
    assert isinstance(run(policy, "set", "--city", "town", file).exception, InvalidError)
    assert "cycle_h = 2" in (town / "policy.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_file_that_cannot_be_read_is_named(run, town, tmp_path, content):
    file = tmp_path / "fleet.toml"
    if content is not None:
        file.write_bytes(content)
    error = run(fleet, "set", "--city", "town", file).exception
    assert isinstance(error, BarfrubError)
    assert "fleet.toml" in str(error)


def test_a_place_by_name_becomes_a_city_within_its_boundary(run, tmp_path, monkeypatch):
    cached_in(tmp_path / "var" / "places", monkeypatch)
    done = run(city, "add", "barfabad", "--place", QUERY, "--timezone", "Asia/Tehran")
    assert done.exit_code == 0, done.output
    shown = json.loads(run(city, "show", "barfabad", "--json").stdout)
    assert (shown["file"], shown["addresses"]) == ("barfabad-iran.osm.pbf", 1)
    assert shown["bounds"][2] < 45.08, "the road out of town is clipped"


@pytest.mark.parametrize("words", [[], ["town.osm", "--place", "Urmia, Iran"]])
def test_streets_come_from_a_file_or_from_a_place(run, words):
    assert isinstance(run(city, "add", "town", *words).exception, InvalidError)


def test_districts_of_urmia_are_known_by_a_word(run, street_file, tmp_path):
    run(city, "add", "town", street_file, "--districts", "urmia", "--language", "fa")
    with reading(database_of(tmp_path / "var/cities/town")) as tx:
        assert len(list_districts(tx)) == 5
        assert get_city(tx).language == "fa"


@pytest.fixture
def newer_file(tmp_path):
    """The crossing with its western arm gone and a new lane in the north."""
    ways = [a_way(10, [2, 3]), a_way(11, [4, 2, 5]), a_way(12, [4, 3], name="کوچهٔ نو")]
    return write_osm(tmp_path / "newer.osm", [*nodes(), *ways])


def test_a_dry_run_lists_what_vanishes_and_changes_nothing(run, town, newer_file):
    before = run(city, "show", "town", "--json").stdout
    done = run(city, "update", "town", newer_file, "--dry-run")
    assert "Of the streets, 2 are unchanged, 1 changed, 1 removed; 1 new." in done.stdout
    assert "1 unnamed, 88 m; replaced by: nothing" in done.stdout
    assert "Nothing was changed." in done.stdout
    assert run(city, "show", "town", "--json").stdout == before


def test_an_update_takes_the_newer_file_over(run, town, newer_file):
    assert run(city, "update", "town", newer_file).exit_code == 0
    shown = json.loads(run(city, "show", "town", "--json").stdout)
    assert (shown["file"], shown["segments"]) == ("newer.osm", 4)


def test_streets_that_vanished_can_be_looked_up_afterwards(run, town, newer_file):
    assert run(city, "former", "town").stdout == "No street was removed.\n"
    listed = run(city, "update", "town", newer_file, "--all").stdout
    (line,) = run(city, "former", "town").stdout.splitlines()
    assert line.endswith("1 unnamed, 88 m; replaced by: nothing")
    assert line.partition("  ")[2] in listed


def test_cities_are_listed_with_their_files(run, town, street_file):
    run(city, "add", "another", street_file)
    lines = run(city, "list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["another", "town"]
    assert all("4 segments" in line and "town.osm" in line for line in lines)


def test_a_city_that_cannot_be_read_does_not_hide_the_others(run, town):
    broken = town.parent / "broken"
    broken.mkdir()
    if WANTED:
        save_address(broken, PostgresAddress(url_for_new_cities(), "broken"))
    older = create_engine(address_of(broken))
    metadata.create_all(older)
    older.dispose()
    lines = run(city, "list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["broken", "town"]
    assert "4 segments" in lines[1]


def test_removing_a_city_asks_first_and_says_what_goes(run, town):
    asked = run(city, "remove", "town")
    assert asked.exit_code == 1
    assert "4 segments, 0 storms, 0 requests" in asked.stdout
    assert town.exists()


def test_a_removed_city_is_gone(run, town):
    assert run(city, "remove", "town", "--yes").exit_code == 0
    assert list(town.parent.iterdir()) == []
    assert isinstance(run(city, "remove", "town", "--yes").exception, NotFoundError)


def test_a_city_goes_with_its_training_and_not_while_that_runs(run, town):
    sandbox = a_sandbox(town)
    with hosting(sandbox):
        refused = run(city, "remove", "town", "--yes").exception
    assert isinstance(refused, ConflictError)
    assert town.exists()
    assert "with its training" in run(city, "remove", "town", "--yes").stdout
    assert not town.exists()
    assert not sandbox.folder.exists()


def test_a_city_that_is_served_is_not_removed(run, town):
    with holding(town):
        refused = run(city, "remove", "town", "--yes").exception
    assert isinstance(refused, ConflictError)
    assert run(city, "show", "town").exit_code == 0


def test_an_export_tells_class_and_reason(run, town, tmp_path):
    assert run(city, "export", "town", tmp_path / "town.gpkg").exit_code == 0
    streets = geopandas.read_file(tmp_path / "town.gpkg")
    assert list(streets.service_class) == ["P3"] * 4
    assert list(streets.reason) == ["road"] * 4
    assert "state_forward" not in streets


def test_an_export_has_the_coverage_of_a_storm(run, town, tmp_path):
    run(storm, "start", "--city", "town", "--name", "First snow")
    assert run(city, "export", "town", tmp_path / "town.geojson", "--storm", 1).exit_code == 0
    streets = geopandas.read_file(tmp_path / "town.geojson")
    assert set(streets.state_forward) == {"not_due"}
    assert set(streets.passes_backward) == {0}
    assert isinstance(
        run(city, "export", "town", tmp_path / "x.gpkg", "--storm", 9).exception, NotFoundError
    )


def test_a_storm_is_derived_anew_and_its_revisions_are_printed(run, town):
    run(storm, "start", "--city", "town", "--name", "First snow")
    done = run(coverage, "rebuild", "--city", "town")
    assert "0 track windows" in done.output
    assert "Nothing changed" in done.output
    assert (
        "no coverage revision" in run(coverage, "revisions", "--city", "town", "--storm", 1).output
    )
    gone = run(coverage, "rebuild", "--city", "town", "--storm", 9)
    assert isinstance(gone.exception, NotFoundError)
