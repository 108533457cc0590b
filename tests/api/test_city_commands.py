import json

import pytest
from typer.testing import CliRunner

from api.commands.city import city
from api.commands.fleet import fleet, policy
from data.errors import BarfrubError, ConflictError, InvalidError
from data.fleet_file import URMIA_FLEET
from data.policy import DEFAULT_POLICY
from tests.data.osm_files import a_way, nodes, write_osm


@pytest.fixture
def run(tmp_path, monkeypatch):
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


def test_a_missing_time_zone_is_warned_about(run, street_file):
    result = run(city, "add", "town", street_file)
    assert "clock is UTC" in result.stderr
    assert "(UTC)" in result.stdout


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
