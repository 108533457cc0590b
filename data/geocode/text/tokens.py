"""A sentence as tokens: words of the grammar of addresses, numbers, and words of names."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from data.geocode.text.lexicon import RELATIONS, WordRole, languages
from data.geocode.text.normalization import folded
from data.geocode.text.spacing import spaced
from data.geocode.text.transliteration import in_english_letters

MAX_TOKENS = 80
"""Words after these are not looked at: nobody gives an address at the end of a long story."""

SHORTEST_STEM = 3
"""Letters that a compound name needs before its word for "street"."""

SHORTEST_SPLIT = 5
"""Letters of a number that may be written as two words."""

_BREAKS = re.compile(r"[،,;؛.!?؟:\n\r]+|(?<=\s)[-–—](?=\s)")
_COUNTED_DAY = re.compile(r"(?<![\w-])(\d{1,2})\.(?=\s+[a-z])")
_WORD = re.compile(r"(?<![\d-])\d+-\d+(?![\d-])|\w+|[&@+×]|(?<!\d)/|/(?!\d)")
_AND = ("&", "@", "+", "×", "/")
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th|ام|م)")
_NUMBER = re.compile(r"\d+(?:[^\W\d_]|-\d+)?")
_FRACTION = re.compile(r"(?<=\d)(?:\s*[¼-¾]|\s+\d[/⁄]\d(?!\d))")

_ROLE_ORDER = (
    WordRole.NUMBER,
    WordRole.BETWEEN,
    WordRole.BEFORE,
    WordRole.AFTER,
    WordRole.OPPOSITE,
    WordRole.BESIDE,
    WordRole.BEHIND,
    WordRole.CROSSING,
    WordRole.NEAR,
    WordRole.UNTIL,
    WordRole.JOIN,
    WordRole.FILLER,
)
"""Order in which roles win for a word that several lists have."""


class Token(NamedTuple):
    """A word or phrase with one meaning; `kind` is the kind of street where the role is `KIND`.

    `spelled` marks a number that was written in letters, `ordinal` one like "fifth", `first` a kind
    or a relation that precedes its name, `talk` a Latin word that sounds like Persian talk.
    """

    text: str
    clause: int
    role: WordRole | None = None
    kind: str = ""
    first: bool = False
    digits: bool = False
    spelled: bool = False
    ordinal: bool = False
    talk: bool = False


class _Word(NamedTuple):
    text: str
    spelled: bool = False
    ordinal: bool = False


class _Phrase(NamedTuple):
    role: WordRole
    kind: str = ""
    first: bool = False


def query_tokens(text: str) -> list[Token]:
    """Return the tokens of a sentence in order; a phrase of the grammar is one token."""
    found: list[Token] = []
    plain = _FRACTION.sub("", in_english_letters(text))
    apart = _COUNTED_DAY.sub(r"\1 ", spaced(plain))  # "des 17. Juni"
    for clause, part in enumerate(_BREAKS.split(apart)):
        found += _labelled(list(_numbered(list(_words(part)))), clause)
        if len(found) >= MAX_TOKENS:
            break
    return found[:MAX_TOKENS]


def name_tokens(name: str, *, numbered: bool = True) -> list[Token]:
    """Return the tokens of a name on the map, spelled numbers as digits if `numbered`."""
    words = list(_words(_BREAKS.sub(" ", spaced(name))))
    return _labelled(list(_numbered(words) if numbered else map(_Word, words)), 0)


def untitled(words: Sequence[str]) -> tuple[str, ...]:
    """Return a name without the titles that callers leave out, "martyr", unless it has only such.

    A title of two words is one where both stand together: «الله» of «آیت الله» is part of names.
    """
    kept: list[str] = []
    at = 0
    while at < len(words):
        widths = (w for w in (2, 1) if tuple(words[at : at + w]) in _titles())
        width = next(widths, 0)
        kept += () if width else (words[at],)
        at += width or 1
    return tuple(kept or words)


def is_title(word: str) -> bool:
    """Whether a word is a title that callers leave out of a name."""
    return (word,) in _titles()


def is_direction(word: str) -> bool:
    """Whether a word says which part of a street is meant: "north", «شرقی»."""
    return word in _directions()


def is_counted(tokens: Sequence[Token], at: int) -> bool:
    """Whether a number belongs to a counted word and is no house number: "district 6"."""
    if at and tokens[at - 1].text in _counted():
        return True
    after = [token.digits for token in tokens[at + 2 : at + 3]]
    behind = [each for each in tokens[at + 1 : at + 2] if each.clause == tokens[at].clause]
    return any(each.text in _counted() for each in behind) and after != [True]


def is_block(token: Token) -> bool:
    """Whether a word makes a round number beside it all numbers of that hundred: "block"."""
    return token.text in _blocks()


@cache
def kinds_alike(one: str, other: str) -> bool:
    """Whether callers confuse these two kinds of streets."""
    tables = [language.like for language in languages()]
    return any(other in t.get(one, ()) or one in t.get(other, ()) for t in tables)


def _words(part: str) -> Iterator[str]:
    before = ""
    for word in _WORD.findall(part):
        counts = before in _number_joins() and word in _unsure_numbers()  # "bist o se" is 23
        full = word if counts else _abbreviations().get(word, word)
        before = word
        for each in full.split():
            yield from _split_ending(each)


def _split_ending(word: str) -> Iterator[str]:
    """Yield a word; a compound that ends in a word for "street" as two words."""
    for ending, full in _endings():
        if word.endswith(ending) and len(word) >= len(ending) + SHORTEST_STEM:
            yield word.removesuffix(ending)
            yield full
            return
    yield word


def compound(name: str) -> str:
    """Return a name that ends in one with its word for "street", as one word; "" for others."""
    words = _WORD.findall(_BREAKS.sub(" ", spaced(name)))
    return "".join(words) if words and len(list(_split_ending(words[-1]))) > 1 else ""


def _numbered(words: Sequence[str]) -> Iterator[_Word]:
    """Yield the words, spelled numbers as digits."""
    at = 0
    while at < len(words):
        value, width = _spelled_at(words, at)
        if width:
            at += width
            yield _Word(str(value), spelled=True, ordinal=words[at - 1] in _ordinal_words())
            continue
        ordinal = _ORDINAL.fullmatch(words[at])
        yield _Word(ordinal[1] if ordinal else words[at])
        at += 1


def _spelled_at(words: Sequence[str], at: int) -> tuple[int, int]:
    """Return the number that begins at a word and how many words it takes, (0, 0) for none."""
    values, joins, unsure = _number_values(), _number_joins(), _unsure_numbers()
    value, glued = values.get(words[at]), False
    after = words[at + 1] if at + 1 < len(words) else ""
    if value is None and after in values:  # "bisto do"
        stems = [words[at].removesuffix(each) for each in joins if words[at].endswith(each)]
        value, glued = next((values[stem] for stem in stems if stem in values), None), True
    if value is None:
        return _split_number(words[at], after)
    announced = at > 0 and words[at - 1] in _before_numbers()
    if value == 1 and words[at] in _articles() and not announced:
        return 0, 0
    width = 1
    if value < 10 and values.get(after) == 100:
        value, width = 100 * value, 2  # "four hundred"
    while value % 10 == 0 and at + width < len(words):
        step, word, linked = 1, words[at + width], glued
        if word in joins and at + width + 1 < len(words):
            step, word, linked = 2, words[at + width + 1], True
        elif word not in values:
            word = next((word.removeprefix(j) for j in joins if word.startswith(j)), word)
        more = values.get(word, 0)
        alone = word in unsure and not linked
        if alone or not 0 < more < (100 if value % 100 == 0 else 10):
            break
        value, width, glued = value + more, width + step, False
    if width == 1 and (glued or (words[at] in unsure and not announced)):
        return 0, 0
    return value, width


def _split_number(word: str, after: str) -> tuple[int, int]:
    """Return the number that two words are one of in one, as `_spelled_at` does: «سیز دهم»."""
    value = _number_values().get(word + after) if len(word + after) >= SHORTEST_SPLIT else None
    return (0, 0) if value is None else (value, 2)


def _labelled(words: Sequence[_Word], clause: int) -> list[Token]:
    found: list[Token] = []
    at, phrases = 0, _phrases()
    while at < len(words):
        for width in range(min(4, len(words) - at), 0, -1):
            text = " ".join(word.text for word in words[at : at + width])
            phrase = phrases.get(text)
            if phrase is not None and _in_letters(phrase, words[at : at + width]):
                joined = text.replace(" ", "")
                found.append(Token(joined, clause, *phrase))
                break
        else:
            width, (text, spelled, ordinal) = 1, words[at]
            digits = bool(_NUMBER.fullmatch(text))
            found.append(Token(text, clause, digits=digits, spelled=spelled, ordinal=ordinal))
        at += width
    return found


def _in_letters(phrase: _Phrase, words: Sequence[_Word]) -> bool:
    """Whether the numbers in a phrase are written in letters: "no one" is not "no. 1"."""
    plain = phrase.role not in (WordRole.FILLER, WordRole.KIND)
    return plain or all(word.spelled or not word.text.isdigit() for word in words)


def spelling(word: str) -> str:
    """Return a word of the grammar in the spelling that callers' words get."""
    return " ".join(each.text for each in _numbered(list(_words(folded(word)))))


@cache
def _phrases() -> dict[str, _Phrase]:
    found = {sign: _Phrase(WordRole.JOIN) for sign in _AND}
    for language in languages():
        for kind, words in language.kinds.items():
            for word in words:
                found.setdefault(spelling(word), _Phrase(WordRole.KIND, kind, language.kinds_first))
    for role in _ROLE_ORDER:
        for language in languages():
            for word in map(spelling, language.words[role]):
                if word.isdigit():
                    continue  # an ending makes a number of another word
                first = language.relations_first or role not in RELATIONS
                found.setdefault(word, _Phrase(role, first=first))
    for language in languages():
        for word in language.counted:
            found.setdefault(spelling(word), _Phrase(WordRole.FILLER))
    return found


@cache
def _counted() -> frozenset[str]:
    return frozenset(
        spelling(word).replace(" ", "") for each in languages() for word in each.counted
    )


@cache
def _blocks() -> frozenset[str]:
    return frozenset(
        spelling(word).replace(" ", "") for each in languages() for word in each.blocks
    )


@cache
def _titles() -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(spelling(word).split()) for each in languages() for word in each.titles)


@cache
def _abbreviations() -> dict[str, str]:
    return {
        folded(short).strip(): folded(full).strip()
        for language in reversed(languages())
        for short, full in language.abbreviations.items()
        if not short.endswith(".")
    }


@cache
def _endings() -> list[tuple[str, str]]:
    """Return the endings of compound names, longest first, each with its full word."""
    found = [
        (folded(ending), folded(next(w for k in each.kinds.values() for w in k if ending in k)))
        for each in languages()
        for ending in each.kind_endings
    ]
    return sorted(found, key=lambda pair: -len(pair[0]))


@cache
def _number_values() -> dict[str, int]:
    return {
        folded(word): value
        for language in reversed(languages())
        for word, value in {**language.numbers, **language.ordinals}.items()
    }


@cache
def _ordinal_words() -> frozenset[str]:
    return frozenset(folded(word) for each in languages() for word in each.ordinals)


@cache
def _number_joins() -> frozenset[str]:
    return frozenset(folded(word) for each in languages() for word in each.number_joins)


@cache
def _unsure_numbers() -> frozenset[str]:
    return frozenset(folded(word) for each in languages() for word in each.unsure_numbers)


@cache
def directions() -> dict[str, str]:
    """Return words of direction on the map, each with what callers say behind the name."""
    return {word: said[0] for each in languages() for word, said in each.directions.items()}


@cache
def _directions() -> frozenset[str]:
    return frozenset(
        folded(word)
        for each in languages()
        for english, said in each.directions.items()
        for word in (english, *said)
    )


@cache
def _articles() -> frozenset[str]:
    """Return cardinal words for one, which are articles too."""
    return frozenset(folded(w) for each in languages() for w, n in each.numbers.items() if n == 1)


@cache
def _before_numbers() -> frozenset[str]:
    """Return words behind which a number is one; Azerbaijani says numbers before "street"."""
    return frozenset(
        folded(word)
        for one in languages()
        for kinds in ((one.kinds,) if one.kinds_first or one.relations_first else ())
        for several in (*kinds.values(), one.words[WordRole.NUMBER])
        for word in several
    )


class NameParts(NamedTuple):
    """A name without its words for "street", and the kinds of street that those mean."""

    core: tuple[str, ...]
    kinds: frozenset[str]


def name_parts(tokens: Sequence[Token]) -> NameParts:
    """Return what names a street and what kind it is; "Court" of "Court Street" is a name.

    Words for "street" stand before the name or behind it, by their language; a direction may
    follow. A name that consists of them only stays whole.
    """
    left = list(tokens)
    kind_tokens: list[Token] = []
    while len(left) > 1 and left[0].role is WordRole.KIND and left[0].first:
        kind_tokens.append(left.pop(0))
    behind = [
        at for at, token in enumerate(left) if token.role is WordRole.KIND and not token.first
    ]
    if behind and len(left) > 1 and (behind[-1] or len(behind) == len(kind_tokens) + 1):
        kind_tokens.append(left.pop(behind[-1]))
    core = tuple(token.kind or token.text for token in left)
    return NameParts(core, frozenset(token.kind for token in kind_tokens))
