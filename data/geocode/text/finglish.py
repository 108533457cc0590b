"""Persian in Latin letters ("Finglish"): which words are of everyday talk, by how they sound."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from math import inf

from data.geocode.text.everyday_talk import ending_forms, name_words, spoken_forms
from data.geocode.text.lexicon import WordRole, languages
from data.geocode.text.sounds import is_persian, phonetic, pronounced, skeleton, spells
from data.geocode.text.tokens import Token, is_title, spelling
from data.geocode.text.transliteration import is_spelled_apart

CODE = "fa"
"""The language that is written in both scripts."""

LEAST_LETTERS = 2
SHORTEST_STEM = 3
"""Letters of a word that may be of everyday talk, and of one before an ending."""

SHORTEST_KIND = 4
"""Letters of a word that is heard as one for "street"."""

EZAFE = ("e", "ye", "hye", "y")
"""What joins a word for "street" to its name in Latin letters."""

_HACEKS = {"č": "ch", "š": "sh", "ž": "zh", "Č": "Ch", "Š": "Sh", "Ž": "Zh"}
_TURKISH = {"ç": "ch", "ş": "sh", "ğ": "gh", "Ç": "Ch", "Ş": "Sh", "Ğ": "Gh"}
_PLAIN, _PLAINER = str.maketrans(_HACEKS), str.maketrans(_HACEKS | _TURKISH)

ABBREVIATED = 3
"""Consonants of a word that is written without vowels, at most: "slm" is «سلام»."""

KEPT_WORDS = 1 << 16
"""Words whose nature is kept in memory."""

type Sounds = Mapping[str, Sequence[str]]
"""Sounds of Persian words, by their consonants."""


def load_sounds() -> None:
    """Read how Persian words sound, which takes a tenth of a second, before somebody calls."""
    for read in (_fillers, _talk, _names, _endings):
        read()


def with_plain_letters(text: str) -> str:
    """Return a text with what most people type for č, š, ž, and for ç, ş, ğ of Turkish keyboards.

    A text that is Azerbaijani keeps the latter, whose spelling has rules of its own.
    """
    return text.translate(_PLAIN if is_spelled_apart(text) else _PLAINER)


def heard_tokens(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens of Finglish by ear: words for "street", and those of everyday talk."""
    return [_heard_token(token) for token in tokens]


def _heard_token(token: Token) -> Token:
    if token.role is not None or token.digits or is_title(token.text):
        return token
    kind = _kind_heard(token.text) if _may_be_talk(token.text) else ""
    if kind:
        return token._replace(role=WordRole.KIND, kind=kind, first=True)
    return token._replace(talk=True) if _is_talk(token) else token


@lru_cache(KEPT_WORDS)
def _kind_heard(word: str) -> str:
    """Return which kind of street a Latin word sounds like, with or without what joins a name."""
    stems = [word, *(word.removesuffix(each) for each in EZAFE if word.endswith(each))]
    sounds = [phonetic(each) for each in stems if len(each) >= SHORTEST_KIND]
    return next(
        (kind for each in sounds for kind in _kinds().get(skeleton(each), {}) if _is(each, kind)),
        "",
    )


def _is(sounds: str, kind: str) -> bool:
    return any(spells(sounds, each) for each in _kinds()[skeleton(sounds)][kind])


@cache
def _kinds() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Return the sounds of Persian words for "street", by consonants and kind."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    language = next(each for each in languages() if each.code == CODE)
    for kind, words in language.kinds.items():
        for word in (each for each in words if is_persian(each) and len(each) >= SHORTEST_KIND):
            for sounds in pronounced(spelling(word).replace(" ", "")):
                found[skeleton(sounds)][kind].append(sounds)
    return found


def _is_talk(token: Token) -> bool:
    word = token.text
    if token.role is not None or token.digits or not _may_be_talk(word):
        return False
    return is_filler(word) or sounds_like_talk(word)


def _may_be_talk(word: str) -> bool:
    return len(word) >= LEAST_LETTERS and word.isalpha() and not is_persian(word)


@lru_cache(KEPT_WORDS)
def is_filler(word: str) -> bool:
    """Whether a Latin word sounds like a Persian one that names nothing, or abbreviates one.

    "homayun" is nearer to a name than to «همین».
    """
    sounds = phonetic(word)
    if not _begins_spoken(sounds):
        short = len(sounds) <= ABBREVIATED and sounds == skeleton(sounds)
        return short and sounds in _fillers()
    return _unwritten(sounds, _fillers()) <= min(_unwritten(sounds, _names()), len(sounds))


@lru_cache(KEPT_WORDS)
def sounds_like_talk(word: str) -> bool:
    """Whether a Latin word sounds like one of Persian talk, and like no name of persons."""
    sounds = phonetic(word)
    if not _begins_spoken(sounds) or _heard(sounds, _names()):
        return False
    return _heard(sounds, _talk()) or any(
        len(sounds) >= len(ending) + SHORTEST_STEM
        and sounds.endswith(ending)
        and _heard(sounds.removesuffix(ending), _talk())
        for ending in _endings()
    )


def _heard(sounds: str, words: Sounds) -> bool:
    return _unwritten(sounds, words) < inf


def _unwritten(sounds: str, words: Sounds) -> float:
    """Return how many vowels the likest of words does not write, infinity if none is heard."""
    heard = (each for each in words.get(skeleton(sounds), ()) if spells(sounds, each))
    return min((len(sounds) - len(each) for each in heard), default=inf)


def _begins_spoken(sounds: str) -> bool:
    """Whether no two consonants begin a word, as none does in Persian: its vowels are written."""
    return skeleton(sounds)[:2] != sounds[:2]


@cache
def _fillers() -> Sounds:
    return _by_consonants(part for role in (WordRole.FILLER, WordRole.JOIN) for part in _of(role))


@cache
def _talk() -> Sounds:
    related = (p for r in WordRole if r is not WordRole.KIND for p in _of(r))
    return _by_consonants((*spoken_forms(CODE), *related))


@cache
def _names() -> Sounds:
    return _by_consonants(name_words(CODE))


@cache
def _endings() -> frozenset[str]:
    """Return the sounds of endings, also behind a short vowel: "barfesh" is «برفش»."""
    sounds = {phonetic(ending) for ending in ending_forms(CODE)}
    return frozenset(sounds | {"a" + each for each in sounds if each[0] not in "aiu"})


def _of(role: WordRole) -> Iterable[str]:
    language = next(each for each in languages() if each.code == CODE)
    return (part for word in language.words.get(role, ()) for part in spelling(word).split())


def _by_consonants(words: Iterable[str]) -> Sounds:
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for word in words:
        for sounds in pronounced(word) if is_persian(word) else ():
            found[skeleton(sounds)].setdefault(sounds)
    return {consonants: tuple(several) for consonants, several in found.items()}
