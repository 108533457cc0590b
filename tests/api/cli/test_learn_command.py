"""`barfrub learn` in the village: a storm is learned from, used, and taken back."""

import pytest
from typer.testing import CliRunner

from api.cli.main import commands
from data.errors import ConflictError, InvalidError
from data.model import VehicleId
from data.store.accounts.accounts import add_device
from data.store.database.city_database import database_of
from data.store.database.engine import transaction
from fleet.learning import pace_proposals
from fleet.learning.paces import learned_pace
from tests.plowed_storm import plowed_storm


def run(*words):
    return CliRunner().invoke(commands, ["learn", *words], catch_exceptions=False)


@pytest.fixture(autouse=True)
def storm(only_city):
    """A storm in which a truck took twice as long for the main street as assumed."""
    engine = database_of(only_city)
    with transaction(engine) as tx:
        storm = plowed_storm(tx)
    engine.dispose()
    return storm


def test_a_proposal_is_a_table_and_is_used_only_once_somebody_says_so(storm):
    said = run("--storms", str(storm.id))
    assert f"Proposal 1 from storms {storm.id}, proposed." in said.output
    (line,) = [one for one in said.output.splitlines() if one.startswith("plow: dump_truck")]
    times, surely, now, drives = line.rsplit(maxsplit=4)[1:]
    low, high = map(float, surely.split("-"))
    assert low < float(times) < high
    assert 1.8 < float(times) < 2.2
    assert (now, drives) == ("1.00", "20")
    assert "barfrub learn --use 1 lets plans use it." in said.output

    assert "Plans use proposal 1 from now on" in run("--use", "1").output
    shown = run("--show", "1").output
    assert "in force" in shown
    assert "--use" not in shown
    assert "Plans assume what the fleet file says." in run("--undo").output


def test_others_write_while_storms_are_read(only_city, monkeypatch):
    engine = database_of(only_city)

    def written(*given):
        with transaction(engine) as tx:
            add_device(tx, "box 2", VehicleId(1), "hash 2")
        return learned_pace(*given)

    monkeypatch.setattr(pace_proposals, "learned_pace", written)
    assert "Proposal 1 from storms" in run().output
    engine.dispose()


def test_one_thing_is_asked_at_a_time():
    with pytest.raises(InvalidError, match="one of"):
        run("--use", "1", "--undo")
    with pytest.raises(InvalidError, match="numbers of storms"):
        run("--storms", "last")


def test_without_a_change_there_is_nothing_to_undo():
    with pytest.raises(ConflictError, match="nothing has been changed"):
        run("--undo")
