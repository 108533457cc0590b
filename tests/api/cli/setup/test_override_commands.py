from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.cli.main import commands
from api.cli.setup.overrides import overrides
from data.errors import BarfrubError
from data.store.database.city_database import database_of
from data.store.database.engine import reading
from data.store.streets.service_levels import list_levels, list_overrides
from tests import village as v

pytestmark = pytest.mark.usefixtures("only_city")

DECISIONS = "street;class;cycle_h;note\nکوچه لاله;P1;2;نانوایی\nRose Street;P2;;\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "decisions.csv"
    path.write_text(DECISIONS, encoding="utf-8")
    return path


def run(*words: str) -> Result:
    return CliRunner().invoke(overrides, words)


def decided(folder: Path) -> dict[int, str]:
    with reading(database_of(folder)) as tx:
        assert set(list_overrides(tx)) <= set(list_levels(tx))
        return {one: str(wish.service_class) for one, wish in list_overrides(tx).items()}


def test_the_commands_hang_below_the_policy(file: Path) -> None:
    result = CliRunner().invoke(commands, ["policy", "overrides", "import", str(file)])
    assert result.exit_code == 0


def test_a_file_decides_streets(file: Path, city_folder: Path) -> None:
    result = run("import", str(file))
    assert (result.exit_code, result.output) == (0, "2 overrides, 2 of them changed.\n")
    assert decided(city_folder) == {v.TULIP: "P1", v.ROSE: "P2"}


@pytest.mark.parametrize("ending", ["csv", "geojson"])
def test_what_is_exported_is_imported_again(
    file: Path, tmp_path: Path, city_folder: Path, ending: str
) -> None:
    run("import", str(file))
    out = tmp_path / f"out.{ending}"
    assert run("export", str(out)).exit_code == 0
    assert run("import", str(out)).output == "2 overrides, 0 of them changed.\n"
    assert decided(city_folder) == {v.TULIP: "P1", v.ROSE: "P2"}


@pytest.mark.parametrize(
    ("options", "left"), [([], {v.TULIP: "P3", v.ROSE: "P2"}), (["--replace"], {v.TULIP: "P3"})]
)
def test_streets_that_a_second_file_does_not_name_stay_unless_it_replaces_all(
    file: Path, city_folder: Path, options: list[str], left: dict[int, str]
) -> None:
    run("import", str(file))
    file.write_text("segment_id,class\n3,P3\n", encoding="utf-8")
    run("import", str(file), *options)
    assert decided(city_folder) == left


def test_mistakes_are_listed_by_line_and_field_and_nothing_is_changed(
    file: Path, city_folder: Path
) -> None:
    file.write_text(DECISIONS + "Moon Street;P7;;\n", encoding="utf-8")
    result = run("import", str(file))
    assert result.exit_code == 1
    assert "line 4, class: expected one of P1, P2, P3, P4, got 'P7'" in result.output
    assert "line 4, street: expected a street of this city, got 'Moon Street'" in result.output
    assert decided(city_folder) == {}


def test_a_file_that_is_missing_or_of_another_kind_is_refused(tmp_path: Path) -> None:
    assert isinstance(run("import", str(tmp_path / "no.csv")).exception, BarfrubError)
    assert isinstance(run("export", str(tmp_path / "out.xlsx")).exception, BarfrubError)
