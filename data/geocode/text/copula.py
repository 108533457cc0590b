"""The Persian "is" that everyday speech writes onto the word before: «شهرک نیلوفره»."""

from collections.abc import Callable, Sequence

from data.geocode.text.everyday_talk import is_name_word
from data.geocode.text.normalization import folded
from data.geocode.text.tokens import Token, query_tokens

ENDINGS = tuple(map(folded, ("ئه", "ه")))
"""How it is written behind a vowel, and behind any other letter."""

type IsName = Callable[[Sequence[Token]], bool]
"""Whether tokens are a name of the map."""


def without_is(tokens: Sequence[Token], is_name: IsName) -> list[Token]:
    """Return the tokens with "is" taken off where two words without it alone are a name."""
    found = list(tokens)
    for at in range(1, len(found)):
        before, token = found[at - 1], found[at]
        apart = before.clause != token.clause or token.role is not None
        if apart or is_name_word(token.text) or is_name([before, token]):
            continue
        plain = (each for each in stems(token) if is_name([before, each]))
        found[at] = next(plain, token)
    return found


def stems(token: Token) -> list[Token]:
    """Return what a word may be without "is"; none for a number in digits."""
    if token.digits:
        return []
    plain = [token.text.removesuffix(each) for each in ENDINGS if token.text.endswith(each)]
    read = [query_tokens(each) for each in plain if each]
    return [each[0]._replace(clause=token.clause) for each in read if len(each) == 1]
