"""Words of everyday talk, and words that streets are often called by, in each language."""

from functools import cache, lru_cache

from data.geocode.text.lexicon import Language, WordRole, languages
from data.geocode.text.normalization import folded
from data.geocode.text.tokens import Token, spelling

SHORTEST_STEM = 3
"""Letters of a word of everyday talk before an ending."""

KEPT_WORDS = 1 << 16
"""Words whose nature is kept in memory."""

SHORTEST_SURNAME = 4
"""Letters from which on an ending makes a word a surname."""


def load_talk() -> None:
    """Read the words of all languages, which takes a fifth of a second, before somebody calls."""
    _ordinary()
    _name_words()
    _verb_forms()


def is_ordinary(token: Token) -> bool:
    """Whether a word is one of everyday talk; a name of such words alone is a weak sign."""
    return token.role is WordRole.FILLER or token.talk or _is_talk(token.text)


def is_talk(word: str) -> bool:
    """Whether a word is one of everyday talk, in one of the languages."""
    return _is_talk(word)


def is_name_word(word: str) -> bool:
    """Whether streets are often called by a word, in one of the languages."""
    return word in _name_words()


def may_be_name(token: Token) -> bool:
    """Whether streets are called by a word, or it ends like surnames do and nobody says it else."""
    if is_name_word(token.text):
        return True
    ends = len(token.text) >= SHORTEST_SURNAME and token.text.endswith(_surname_endings())
    return ends and not is_ordinary(token)


def speaks(token: Token, code: str) -> bool:
    """Whether a word is one of everyday talk in a language."""
    return token.text in _talk_of(code)


def spoken_forms(code: str) -> frozenset[str]:
    """Return the words of everyday talk of a language, and its verbs in all their forms."""
    return _talk_of(code) | {folded(form) for form in _language(code).verb_forms}


def ending_forms(code: str) -> frozenset[str]:
    """Return what a language puts behind words of everyday talk."""
    return frozenset(map(folded, _language(code).talk_endings))


def name_words(code: str) -> frozenset[str]:
    """Return the words of a language that streets are often called by."""
    return frozenset(part for word in _language(code).names for part in spelling(word).split())


@lru_cache(KEPT_WORDS)
def _is_talk(word: str) -> bool:
    """Whether a word is one of everyday talk, with the endings of spoken language or without."""
    if word in _ordinary() or word in _name_words():
        return word in _ordinary()
    return word in _verb_forms() or any(
        len(word) >= len(ending) + SHORTEST_STEM
        and word.endswith(ending)
        and word.removesuffix(ending) in _ordinary()
        for ending in _talk_endings()
    )


@cache
def _verb_forms() -> frozenset[str]:
    return frozenset(folded(form) for each in languages() for form in each.verb_forms)


@cache
def _talk_endings() -> tuple[str, ...]:
    return tuple(folded(ending) for each in languages() for ending in each.talk_endings)


@cache
def _surname_endings() -> tuple[str, ...]:
    return tuple(folded(ending) for each in languages() for ending in each.surname_endings)


@cache
def _ordinary() -> frozenset[str]:
    return frozenset().union(*(_talk_of(each.code) for each in languages()))


@cache
def _talk_of(code: str) -> frozenset[str]:
    language = _language(code)
    words = (*language.ordinary, *language.words[WordRole.FILLER])
    parts = (part for word in words for part in spelling(word).split())
    return frozenset(part for part in parts if not part.isdigit())


@cache
def _name_words() -> frozenset[str]:
    return frozenset().union(*(name_words(each.code) for each in languages()))


def _language(code: str) -> Language:
    return next(each for each in languages() if each.code == code)
