"""The sentences in Azerbaijani Turkish that the geocoder is measured by."""

import tomllib
from collections import Counter
from pathlib import Path

from tests.benchmarks import queries
from tests.town import sample_town

FILE = Path(queries.__path__[0]) / "azerbaijani.toml"


def sentences() -> list[dict[str, str]]:
    return tomllib.loads(FILE.read_text("utf-8"))["sentences"]


def test_half_of_each_script_is_kept_for_judging():
    several = sentences()

    counts = Counter((each["script"], each["part"]) for each in several)

    assert len({each["text"] for each in several}) == len(several)
    assert counts == {(s, p): 50 for s in ("latin", "arabic") for p in ("fit", "judge")}
    assert sum(not each["street"] for each in several) == len(several) / 8


def test_every_street_meant_is_on_the_map_of_the_sample_city():
    named = {name for each in sample_town().network.segments for name in each.names.get("", ())}

    assert {each["street"] for each in sentences()} - {""} <= named
