"""Parts of the unseen callers: authors for fitting, and one for judging, who is looked at once.

Each author is a folder: `frames.toml`, `elsewhere.toml`, `slips.py`, `talk/` and `towns/`. To judge
anew, the author for judging joins those for fitting, and another takes his place; until he has
written, there is nobody to judge by.
"""

import importlib
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.benchmarks.queries.unseen.slips import Slips

HERE = Path(__file__).parent

LANGUAGES = ("fa", "finglish", "en")


@dataclass(frozen=True)
class Author:
    """Who wrote sentences, slips, talk and towns; `judging` while nobody has looked at them."""

    name: str
    judging: bool = False

    @cached_property
    def frames(self) -> Mapping[str, Any]:
        """Sentences, rules of hearing and spelling, seeds."""
        return self._table("frames.toml")

    @cached_property
    def elsewhere(self) -> Mapping[str, Sequence[str]]:
        """Streets of other cities, as callers of each language say them."""
        return self._table("elsewhere.toml")

    @cached_property
    def slips(self) -> Slips:
        found: Slips = importlib.import_module(f"{__package__}.{self.name}.slips").SLIPS
        return found

    @property
    def seeds(self) -> Sequence[int]:
        """Seeds of the callers; `gap` is the one by which names are left out of a map."""
        return tuple(self.frames["seeds"])

    @property
    def gap(self) -> int:
        return int(self.frames["gap"])

    @property
    def towns(self) -> Sequence[Path]:
        """Files of towns that are known by the names of their streets."""
        return sorted((HERE / self.name / "towns").glob("*.toml"))

    def talk(self) -> Iterator[str]:
        """Yield what people say without an address, in both languages and in Finglish."""
        for language in LANGUAGES:
            file = HERE / self.name / "talk" / f"{language}.txt"
            yield from file.read_text("utf-8").splitlines()

    def _table(self, file: str) -> Mapping[str, Any]:
        return tomllib.loads((HERE / self.name / file).read_text("utf-8"))


AUTHORS = {
    "fit": (Author("first"), Author("second"), Author("third")),
    "judge": (Author("fourth", judging=True),),
}
