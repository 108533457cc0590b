import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner

from api.cli.storms.plan import plan
from data.store.database.city_database import database_of
from data.store.database.engine import reading
from data.store.planning.plans import find_published_plan, list_plans
from data.store.storms.storms import find_active_storm

pytestmark = pytest.mark.usefixtures("only_city")

planner = Typer()
planner.command()(plan)


def run(*words: str) -> str:
    result = CliRunner().invoke(planner, ["--seconds", "1", *words], catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def test_a_plan_starts_a_storm_and_prints_what_every_class_and_vehicle_gets(
    city_folder: Path,
) -> None:
    output = run()
    assert "No storm was active: started" in output
    assert "best" in output
    lines = output.splitlines()
    (main,) = [line for line in lines if line.startswith("P1 ")]
    assert " 100.0% " in main
    assert any(line.startswith("Truck ") for line in lines)
    assert "Every job is served." in lines
    with reading(database_of(city_folder)) as tx:
        storm = find_active_storm(tx)
        assert storm is not None
        assert [made.state for made in list_plans(tx, storm.id)] == ["draft"]


def test_a_plan_is_written_to_the_files_asked_for_and_published(
    city_folder: Path, tmp_path: Path
) -> None:
    text, lines, page = (tmp_path / name for name in ("p.json", "p.geojson", "p.html"))
    run("--publish", "--json", str(text), "--geojson", str(lines), "--map", str(page))
    with reading(database_of(city_folder)) as tx:
        storm = find_active_storm(tx)
        assert storm is not None
        published = find_published_plan(tx, storm.id)
    assert published is not None

    written = json.loads(text.read_text(encoding="utf-8"))
    assert written["id"] == published.id
    assert written["state"] == "published"
    assert datetime.fromisoformat(written["made_at"]) == published.made_at
    leg = next(route["legs"][0] for route in written["routes"] if route["legs"])
    assert leg["starts_at"].endswith("Z")
    assert datetime.fromisoformat(leg["starts_at"]).tzinfo == UTC
    assert json.loads(lines.read_text(encoding="utf-8"))["type"] == "FeatureCollection"
    assert "Truck " in page.read_text(encoding="utf-8")
