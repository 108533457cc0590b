"""Sentences in Azerbaijani Turkish, in Latin and in Arabic letters, against the drawn town.

`PART=judge make bench ONLY=geocode_azerbaijani` asks the half that nothing was mended by: the
default is the half for fitting.
"""

import os
import tomllib
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import NamedTuple

from data.geocode import Geocoder
from tests.town import sample_town

FILE = Path(__file__).parent / "queries" / "azerbaijani.toml"

SCRIPTS = ("latin", "arabic")

CONFIDENT = 0.5


class Sentence(NamedTuple):
    """What a caller says, in which letters, and the street meant: empty where none is."""

    text: str
    script: str
    street: str
    part: str


class Reply(NamedTuple):
    """A sentence, the first street found and how sure of it."""

    sentence: Sentence
    street: str
    confidence: float

    @property
    def right(self) -> bool:
        """Whether the street is the one meant, or none is named surely where none is meant."""
        if not self.sentence.street:
            return self.confidence < CONFIDENT
        return self.street == self.sentence.street


def sentences() -> list[Sentence]:
    """Return all sentences of the file."""
    return [Sentence(**each) for each in tomllib.loads(FILE.read_text("utf-8"))["sentences"]]


def replies(part: str) -> list[Reply]:
    """Ask all sentences of a part."""
    town = sample_town()
    geocoder = Geocoder(*town)
    names = {each.id: each.names.get("", ("",))[0] for each in town.network.segments}
    found = []
    for sentence in sentences():
        if sentence.part == part:
            first = next(iter(geocoder.candidates(sentence.text)), None)
            street = names[first.segment_id] if first else ""
            found.append(Reply(sentence, street, first.confidence if first else 0.0))
    return found


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield what was measured and what was promised."""
    part = os.environ.get("PART", "fit")
    every = replies(part)
    for script, named in product(SCRIPTS, (True, False)):
        some = [
            one
            for one in every
            if one.sentence.script == script and bool(one.sentence.street) == named
        ]
        what = "the street meant comes first" if named else "no street is named surely"
        right = sum(one.right for one in some)
        yield f"{part}, {script}: {what}", f"{right} of {len(some)}", "90 %"
    right = sum(one.right for one in every)
    yield f"{part}: all", f"{right} of {len(every)}", "90 %"
