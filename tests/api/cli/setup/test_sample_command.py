import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.main import commands
from data.errors import InvalidError
from data.osm.osm_reader import read_osm


def test_the_sample_town_is_written_with_its_districts(tmp_path: Path):
    file, districts = tmp_path / "town.osm.pbf", tmp_path / "districts.geojson"
    words = ["city", "sample", str(file), "--districts", str(districts)]

    done = CliRunner().invoke(commands, words)

    assert done.exit_code == 0, done.output
    assert len(read_osm(file).segments) > 1_900
    assert len(json.loads(districts.read_text(encoding="utf-8"))["features"]) == 5


@pytest.mark.parametrize("name", ["town.geojson", "town.osm", "town"])
def test_a_sample_is_written_under_a_name_that_tells_its_format(tmp_path: Path, name: str):
    done = CliRunner().invoke(commands, ["city", "sample", str(tmp_path / name)])

    assert isinstance(done.exception, InvalidError)
    assert not (tmp_path / name).exists()
