"""Words of everyday talk, and words that streets are often called by, in each language."""

from functools import cache

from data.geocode.text.lexicon import WordRole, languages
from data.geocode.text.tokens import Token, spelling


def is_ordinary(token: Token) -> bool:
    """Whether a word is one of everyday talk; a name of such words alone is a weak sign."""
    return token.role is WordRole.FILLER or token.text in _ordinary()


def is_name_word(word: str) -> bool:
    """Whether streets are often called by a word, in one of the languages."""
    return word in _name_words()


def speaks(token: Token, code: str) -> bool:
    """Whether a word is one of everyday talk in a language."""
    return token.text in _talk_of(code)


@cache
def _ordinary() -> frozenset[str]:
    return frozenset().union(*(_talk_of(each.code) for each in languages()))


@cache
def _talk_of(code: str) -> frozenset[str]:
    language = next(each for each in languages() if each.code == code)
    words = (*language.ordinary, *language.words[WordRole.FILLER])
    parts = (part for word in words for part in spelling(word).split())
    return frozenset(part for part in parts if not part.isdigit())


@cache
def _name_words() -> frozenset[str]:
    return frozenset(
        part for each in languages() for word in each.names for part in spelling(word).split()
    )
