import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner, Result

from api.access.auth import password_fits
from api.cli.main import COMMANDS, commands, loaded_command
from api.cli.setup.user import device, user
from api.cli.storms.storm import storm
from api.config.clock import Clock
from data.errors import BarfrubError
from data.model import Role
from data.store.accounts.accounts import find_device_by_token_hash, find_user_by_login
from data.store.audit.audit_log import list_events
from data.store.database.city_database import database_of
from data.store.database.engine import reading
from data.store.storms.storms import list_storms
from fleet.accounts.accounts import token_digest

pytestmark = pytest.mark.usefixtures("only_city")


def run(app: Typer, *words: str) -> Result:
    return CliRunner().invoke(app, words)


def database(folder: Path):
    return reading(database_of(folder))


def test_a_user_signs_in_with_the_password_given(city_folder: Path) -> None:
    words = ("sara", "--role", "operator", "--role", "driver", "--password", "long enough")
    result = run(user, "add", *words)
    assert result.exit_code == 0
    assert "sara may sign in as operator, driver." in result.output
    with database(city_folder) as tx:
        added = find_user_by_login(tx, "sara")
        assert list_events(tx)[-1].actor.id == "console"
    assert added is not None
    assert added.roles == (Role.OPERATOR, Role.DRIVER)
    assert password_fits(added.password_hash, "long enough")


def test_a_password_is_made_up_where_nobody_can_be_asked(city_folder: Path) -> None:
    result = run(user, "add", "sara", "--role", "operator")
    shown = re.search(r"shown only now: (\S+)", result.output)
    assert shown is not None
    with database(city_folder) as tx:
        added = find_user_by_login(tx, "sara")
    assert added is not None
    assert password_fits(added.password_hash, shown[1])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("sara", "--role", "king"), "one of administrator, dispatcher"),
        (("sara", "--role", "driver", "--password", "short"), "at least 8 characters"),
        (("sara", "--role", "driver", "--language", "xx"), "one of "),
        (("sara", "--role", "driver", "--city", "atlantis"), "no city 'atlantis'"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(words: tuple[str, ...], message: str) -> None:
    result = run(user, "add", *words)
    assert isinstance(result.exception, BarfrubError)
    assert message in str(result.exception)


def test_a_new_device_prints_its_token(city_folder: Path) -> None:
    result = run(device, "add", "phone-1", "--vehicle", "Truck 2")
    token = result.output.strip().split()[-1]
    with database(city_folder) as tx:
        added = find_device_by_token_hash(tx, token_digest(token))
    assert added is not None
    assert (added.name, added.vehicle_id) == ("phone-1", 2)


def test_a_storm_starts_and_ends(city_folder: Path) -> None:
    started = run(storm, "start", "--name", "First snow")
    assert started.output.strip() == "Storm 'First snow' has started: 9 jobs, 2 shifts."
    assert run(storm, "end").output.strip() == "Storm 'First snow' has ended."
    with database(city_folder) as tx:
        assert [each.phase for each in list_storms(tx)] == ["closed"]
    assert "no storm is active" in str(run(storm, "end").exception)


def test_storms_that_nobody_named_are_called_by_their_day(
    city_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = datetime(2026, 11, 25, 21, 0, tzinfo=UTC)  # after midnight in Tehran
    monkeypatch.setattr(Clock, "now", lambda _: late)
    for _ in range(3):
        run(storm, "start")
        run(storm, "end")
    with database(city_folder) as tx:
        names = [each.name for each in reversed(list_storms(tx))]
    assert names == ["2026-11-26", "2026-11-26 (2)", "2026-11-26 (3)"]


def test_a_storm_goes_from_the_forecast_to_its_end_at_the_console(
    city_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Clock, "now", lambda _: datetime(2026, 12, 21, 3, 0, tzinfo=UTC))
    told = run(storm, "forecast", "1405/09/30 12:00", "--name", "Yalda").output.strip()
    assert told == "Storm 1 'Yalda' is expected at 2026-12-21 12:00."
    assert "no storm is active" in str(run(storm, "show").exception)
    assert "forecast -> active" in run(storm, "phase", "active", "--storm", "1").output
    run(storm, "snowfall", "add", "2026-12-21 06:00", "1.5")
    bad, good = tmp_path / "bad.csv", tmp_path / "good.csv"
    bad.write_text("time,cm\nsoon,3\n", "utf-8")
    good.write_text("زمان;برف\n۱۴۰۵/۰۹/۳۰ ۰۷:۰۰;۴\n", "utf-8")
    wrong = run(storm, "snowfall", "import", str(bad))
    assert (wrong.exit_code, "line 2, time" in wrong.stderr) == (1, True)
    assert "2 snowfall entries" in run(storm, "snowfall", "import", str(good)).output
    shown = run(storm, "show").output
    assert "2026-12-21 07:00  4 cm in all" in shown
    assert "open: 9 jobs, 0 machines on the road" in shown
    left = run(storm, "close")
    assert left.exit_code == 1
    assert "P1: 3, P2: 2, P3: 4" in left.output
    assert "is closed" in run(storm, "close", "--yes").output
    assert "closed" in run(storm, "list").output


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_of_each_what_it_says_itself(name: str) -> None:
    assert loaded_command(name).get_short_help_str(200) == COMMANDS[name].line


def test_a_command_that_is_misspelt_is_guessed() -> None:
    result = run(commands, "plam")
    assert result.exit_code == 2
    assert "Did you mean 'plan'" in result.output
