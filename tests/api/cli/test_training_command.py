"""`barfrub training scenario` in the village."""

from datetime import timedelta

import pytest
from typer.testing import CliRunner

from api.cli.main import commands
from data.errors import ConflictError
from data.store.database.city_database import database_of
from data.store.database.engine import transaction
from data.training import scenario_from_toml
from fleet.storms.storm_start import end_storm, start_storm
from tests import village as v
from tests.village_database import DISPATCHER, POLICY


def run(*words):
    return CliRunner().invoke(commands, ["training", *words], catch_exceptions=False)


def test_a_past_storm_is_written_as_a_scenario_once_it_is_over(only_city, tmp_path):
    engine = database_of(only_city)
    with transaction(engine) as tx:
        storm = start_storm(tx, DISPATCHER, "First snow", v.village(), POLICY, v.NOW)
    with pytest.raises(ConflictError, match="not over"):
        run("scenario", "--storm", str(storm.id))
    with transaction(engine) as tx:
        end_storm(tx, DISPATCHER, storm.id, v.NOW + timedelta(hours=5))
    engine.dispose()
    file = tmp_path / "mine.toml"
    assert run("scenario", "--storm", str(storm.id), "--file", str(file)).exit_code == 0
    assert scenario_from_toml(file.read_bytes()).lasts_h == timedelta(hours=5)
    assert run("scenario", "--storm", str(storm.id)).output == file.read_text(encoding="utf-8")
