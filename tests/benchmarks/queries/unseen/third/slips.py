"""Slips of people who forget the hard word, fill in lists and speak into their telephones."""

from tests.benchmarks.queries.chance import Chance
from tests.benchmarks.queries.unseen.slips import Slips, either, rewritten

SHORTEST = 4
"""Letters of what is still said of a name at least."""

NO_NAMES = """
شهید شهیدان شهیده دکتر استاد سردار سرگرد خلبان آیت‌الله آیت الله حاج سید امام علامه دروازه محله
میدان گذر کنار کنارگذر بازار راسته شمالی جنوبی شرقی غربی اول دوم سوم چهارم پنجم قدیم
north south east west old lower upper saint street road drive lane highway extension ramp service
terrace place hill mount park lake point bridge strada aleea bulevardul calea sfânt sfântul
straße gasse platz gürtel haupt hauptstraße alte allee katu blvd pkwy etelä eteläinen pohjoinen
"""
"""Words that say alone of no street which one it is: nobody would say only them."""

ENDINGS = (
    "(?<=[آ-ی]{2})(آباد|پور|زاده|زادگان|نیا|فر|نژاد|ستان|کار|گاه|دار|بان|آرا|چی|لو|وند|گر|یان|راد)"
    r"\b> \1",
    "(?<=[a-z]{3})(wood|land|view|field|brook|side|dale|way|ford|son|man|crest|hurst|ton|burn)"
    r"\b> \1",
    "(?<=[a-z]{3})(gasse|platz|berg|dorf|weg|katu|tie|polku|kuja|escu|eanu|lor|ului|ville|worth)"
    r"\b> \1",
)
"""Ends of names that are words of their own."""


def worded(base: str) -> list[str]:
    """Return the words of a name of two and more that are of letters only; else none."""
    words = base.split()
    return words if len(words) > 1 and all(word.isalpha() for word in words) else []


def telling(words: list[str]) -> str | None:
    """Return these words, if they are enough to say of a name."""
    said = " ".join(words)
    names = [word for word in words if word.lower() not in NO_NAMES.split()]
    return said if any(len(word) >= SHORTEST for word in names) else None


def hard_word_forgotten(_chance: Chance, base: str) -> str | None:
    """Say a name without its longest word."""
    words = worded(base)
    if not words:
        return None
    at = max(range(len(words)), key=lambda each: len(words[each]))
    return telling([*words[:at], *words[at + 1 :]])


def outer_words(_chance: Chance, base: str) -> str | None:
    """Say the first and the last word of three and more."""
    words = worded(base)
    return telling([words[0], words[-1]]) if len(words) > 2 else None


def only_hard_word(_chance: Chance, base: str) -> str | None:
    """Say nothing but the longest word."""
    words = worded(base)
    return telling([max(words, key=len)]) if words else None


def ending_in_a_name(base: str) -> list[str]:
    """Return the words of a name that one may begin with its last; else none."""
    words = worded(base)
    return words if telling(words[-1:]) else []


def listed(_chance: Chance, base: str) -> str | None:
    """Write a name as lists of names do: the last word, the others in brackets."""
    words = ending_in_a_name(base)
    return f"{words[-1]} ({' '.join(words[:-1])})" if words else None


def after_thinking(chance: Chance, base: str) -> str | None:
    """Say the last word, then after a pause what belongs before it."""
    words = ending_in_a_name(base)
    if not words:
        return None
    pause = chance.choice((" … ", "... ", " - "))
    return f"{words[-1]}{pause}{' '.join(words[:-1])}"


def last_word_twice(_chance: Chance, base: str) -> str | None:
    """Say the last word, then the whole name."""
    words = ending_in_a_name(base)
    comma = "،" if "\u0600" <= base[0] <= "\u06ff" else ","
    return f"{words[-1]}{comma} {base}" if words else None


def halved(_chance: Chance, base: str) -> str | None:
    """Write the longest word, of six letters and more, as two halves."""
    longest = max((word for word in base.split() if word.isalpha()), key=len, default="")
    if len(longest) < 6:
        return None
    half = len(longest) // 2
    return base.replace(longest, f"{longest[:half]} {longest[half:]}", 1)


SLIPS = Slips(
    either(hard_word_forgotten, outer_words, only_hard_word),
    either(listed, after_thinking, last_word_twice),
    either(rewritten(ENDINGS), halved),
    ("", "", "+", ":", "\u2011", "\u00ad", "%20"),
)
