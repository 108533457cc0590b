"""The words of addresses by language, read from the files in `languages/`."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import chain
from typing import Any


class WordRole(StrEnum):
    """Role of a word in an address; words of a name have none."""

    KIND = "kind"
    NUMBER = "number"
    CROSSING = "crossing"
    BETWEEN = "between"
    BEFORE = "before"
    AFTER = "after"
    OPPOSITE = "opposite"
    BESIDE = "beside"
    BEHIND = "behind"
    NEAR = "near"
    UNTIL = "until"
    JOIN = "join"
    FILLER = "filler"


RELATIONS = frozenset(
    {
        WordRole.BEFORE,
        WordRole.AFTER,
        WordRole.OPPOSITE,
        WordRole.BESIDE,
        WordRole.BEHIND,
        WordRole.NEAR,
        WordRole.BETWEEN,
    }
)
"""Roles of words that locate a place relative to another one."""

PAST_PREFIXES = ("", "ن", "می", "نمی")
PRESENT_PREFIXES = ("", "ب", "ن", "می", "نمی")
PERSONS = ("", "م", "ی", "ه", "یم", "ید", "ین", "ند", "ن", "مش", "نش", "یدش")
"""What Persian puts before and behind the stems of a verb; the last ones with "it"."""

WORD_ROLES = tuple(role for role in WordRole if role is not WordRole.KIND)


@dataclass(frozen=True, slots=True)
class Language:
    """The words of one language, as its file has them."""

    code: str
    order: int
    kinds: Mapping[str, tuple[str, ...]]
    kinds_first: bool
    relations_first: bool
    kind_beginnings: tuple[str, ...]
    kind_endings: tuple[str, ...]
    like: Mapping[str, tuple[str, ...]]
    words: Mapping[WordRole, tuple[str, ...]]
    titles: tuple[str, ...]
    counted: tuple[str, ...]
    blocks: tuple[str, ...]
    ordinary: tuple[str, ...]
    verb_forms: tuple[str, ...]
    talk_endings: tuple[str, ...]
    names: tuple[str, ...]
    surname_endings: tuple[str, ...]
    before_persons: tuple[str, ...]
    after_persons: tuple[str, ...]
    abbreviations: Mapping[str, str]
    numbers: Mapping[str, int]
    ordinals: Mapping[str, int]
    number_joins: tuple[str, ...]
    unsure_numbers: tuple[str, ...]
    directions: Mapping[str, tuple[str, ...]]
    speech: Mapping[str, str]
    letters: Mapping[str, str]
    sure_letters: str

    def spelled_out(self, text: str) -> str:
        """Return a text with this language's own letters as English ones: "ş" as "sh"."""
        return text.translate(_table(self.letters))


@cache
def languages() -> tuple[Language, ...]:
    """Return every language that the geocoder knows: one file each, in their order."""
    folder = files("data.geocode.text").joinpath("languages")
    known = [_read(each) for each in folder.iterdir() if each.name.endswith(".toml")]
    return tuple(sorted(known, key=lambda one: one.order))


def speech(language: str) -> Mapping[str, str]:
    """Return the phrases in which addresses are said; in English where a language has none."""
    known = {each.code: each.speech for each in languages()}
    return known.get(language, known["en"])


def _read(file: Traversable) -> Language:
    table: dict[str, Any] = tomllib.loads(file.read_text("utf-8"))
    kinds, words, numbers = table["kinds"], table["words"], table.get("numbers", {})
    letters = _letters(table.get("letters", {}))
    return Language(
        code=file.name.removesuffix(".toml"),
        order=table["order"],
        kinds={
            kind: tuple(_in_cases(several, kinds.get("cases", ()), letters))
            for kind, several in kinds.items()
            if kind not in ("position", "beginnings", "endings", "cases")
        },
        kinds_first=kinds["position"] == "before",
        relations_first=words.get("position", "before") == "before",
        kind_beginnings=tuple(kinds.get("beginnings", ())),
        kind_endings=tuple(kinds.get("endings", ())),
        like={kind: tuple(several) for kind, several in table.get("like", {}).items()},
        words={
            role: tuple(_in_cases(_with_endings(role, words), (), letters)) for role in WORD_ROLES
        },
        titles=tuple(_in_cases(words.get("titles", ()), (), letters)),
        counted=tuple(_in_cases(words.get("counted", ()), (), letters)),
        blocks=tuple(words.get("blocks", ())),
        ordinary=tuple(_in_cases(words.get("ordinary", ()), (), letters)),
        verb_forms=tuple(_conjugated(words)),
        talk_endings=tuple(words.get("talk_endings", ())),
        names=(*words.get("names", ()), *_people(file.name.removesuffix(".toml"))),
        surname_endings=tuple(words.get("surname_endings", ())),
        before_persons=tuple(words.get("before_persons", ())),
        after_persons=tuple(words.get("after_persons", ())),
        abbreviations=table.get("abbreviations", {}),
        numbers=dict(_spelled(_cardinals(numbers), letters)),
        ordinals=dict(_spelled(_ordinals(numbers, frozenset(words.get("names", ()))), letters)),
        number_joins=tuple(numbers.get("joins", ())),
        unsure_numbers=tuple(numbers.get("unsure", ())),
        directions={word: tuple(said) for word, said in table.get("directions", {}).items()},
        speech=table["speech"],
        letters=letters,
        sure_letters=table.get("sure_letters", ""),
    )


def _letters(table: Mapping[str, str]) -> dict[str, str]:
    """Return letters with how they are spelled out, capital ones too."""
    return {**table, **{one.upper(): spelled for one, spelled in table.items()}}


def _table(letters: Mapping[str, str]) -> dict[int, str]:
    return {ord(one): spelled for one, spelled in letters.items()}


def _in_cases(
    words: Iterable[str], cases: Iterable[str], letters: Mapping[str, str]
) -> Iterator[str]:
    """Yield words for "street" as they are, in each case, and with letters spelled out."""
    for word in words:
        ends = (end for end in cases if _is_latin(end) == _is_latin(word))
        for form in (word, *(word + end for end in ends)):
            yield form
            spelled = form.translate(_table(letters))
            if spelled != form:
                yield spelled


def _spelled(
    numbers: Iterable[tuple[str, int]], letters: Mapping[str, str]
) -> Iterator[tuple[str, int]]:
    for word, value in numbers:
        yield from ((form, value) for form in _in_cases((word,), (), letters))


def _is_latin(word: str) -> bool:
    return all(letter < "\u0600" for letter in word)


def _conjugated(words: Mapping[str, Any]) -> Iterator[str]:
    """Yield the Persian forms of verbs, as they are spoken."""
    for verb in words.get("verbs", ()):
        for stem, prefixes in zip(verb.split(), (PAST_PREFIXES, PRESENT_PREFIXES), strict=True):
            yield from (f"{before}{stem}{after}" for before in prefixes for after in PERSONS)


def _people(code: str) -> list[str]:
    """Return the given names and surnames of a language; none where it has no such file."""
    file = files("data.geocode.text").joinpath("names", f"{code}.txt")
    return file.read_text("utf-8").split() if file.is_file() else []


def _with_endings(role: WordRole, words: Mapping[str, Any]) -> Iterator[str]:
    """Yield the words of a role, also with the endings of spoken language (Persian "is")."""
    endings = words.get(f"{role}_endings", ())
    for word in words.get(role, ()):
        yield from (word, *(word + ending for ending in endings))


def _cardinals(table: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    rows: Iterable[tuple[int, str]] = chain(
        enumerate(table.get("ones", ()), 1),
        enumerate(table.get("teens", ()), 10),
        ((10 * n, word) for n, word in enumerate(table.get("tens", ()), 2)),
        ((100, word) for word in table.get("hundred", ())),
    )
    yield from ((word, value) for value, word in rows)
    yield from table.get("also", {}).items()


def _ordinals(table: Mapping[str, Any], names: frozenset[str]) -> Iterator[tuple[str, int]]:
    """Yield the ordinals that are no names: «سیمین» is Simin, not the thirtieth."""
    for word, value in _cardinals(table):
        forms = (word + ending for ending in table.get("ordinal_endings", ()))
        yield from ((form, value) for form in forms if form not in names)
    yield from table.get("ordinals", {}).items()
