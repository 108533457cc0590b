"""Callers of a city with Latin letters: English sentences, local names."""

from collections.abc import Mapping

import shapely

from tests.benchmarks.queries import latin
from tests.benchmarks.queries.callers import Callers, Maker
from tests.benchmarks.queries.facts import Facts, Street
from tests.benchmarks.queries.spelling import plain, without_marks


class LatinCallers(Callers):
    """Callers who speak English to a city of any Latin language."""

    def __init__(self, facts: Facts, seed: int, *, held_out: bool) -> None:
        super().__init__(facts, latin, seed, held_out=held_out)

    def makers(self) -> Mapping[str, Maker]:
        return {
            **super().makers(),
            "prefixed, abbreviated": self.abbreviated,
            "letter variants": self.lettered,
        }

    def say(self, street: Street) -> str:
        if self.chance.random() < 0.5:
            return street.name
        return self.kinded(street, street.base)

    def kinded(self, street: Street, base: str) -> str:
        if street.kind in latin.LEADING:
            return f"{self.chance.choice(latin.LEADING[street.kind])} {base}"
        forms = latin.TYPES.get(street.kind)
        return f"{base} {self.chance.choice(forms)}" if forms else base

    def abbreviated(self) -> tuple[str, shapely.Geometry | None] | None:
        street = self.street()
        base = self._winds(self._counted(street.base))
        text = base if self.chance.random() < 0.25 else self.kinded(street, base)
        if text == street.name:
            return None
        return text, self.meant(street.name, text)

    def _winds(self, base: str) -> str:
        first, _, rest = base.partition(" ")
        whole = latin.WINDS.get(first)
        if whole and rest and self.chance.random() < 0.7:
            return f"{self.chance.choice((whole, f'{first}.', whole.lower()))} {rest}"
        return base

    def _counted(self, base: str) -> str:
        first, _, rest = base.partition(" ")
        short = latin.NUMBERED.get(first)
        return f"{short} {rest}".strip() if short and self.chance.random() < 0.7 else base

    def lettered(self) -> tuple[str, shapely.Geometry | None] | None:
        street = self.street()
        said = self.say(street)
        ways = (str.upper, str.lower, without_marks, self._hyphened, str.title)
        text = self.chance.choice(ways)(without_marks(said) if self.chance.random() < 0.5 else said)
        return None if text == street.name else (text, self.meant(street.name, said))

    def _hyphened(self, text: str) -> str:
        old, new = self.chance.choice(((" ", "-"), ("-", " "), (" ", "  "), ("'", "")))
        return text.replace(old, new)

    def exact(self) -> tuple[str, shapely.Geometry | None] | None:
        made = super().exact()
        return made if made and not plain(made[0]).isdigit() else None
