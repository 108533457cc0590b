"""How a phrase is given to an engine that speaks: by whose voice, and in words it reads rightly.

Engines spell letters of another language, units and abbreviations, and Persian does not write the
vowel that joins a name to what is before it. What is to be said instead is data of each language
(`language.toml`: `letters`, `fraction_aloud`, `[aloud.words]`, `[aloud.before]`, `[aloud.last]`).
"""

import re
from collections.abc import Mapping

from data.files.spoken_clips import SpokenText
from data.languages import PageLanguage, languages, page_language

_PLACES = {
    "words": r"(?<!\S)(?:{})(?!\S)",
    "before": r"(?<!\S)(?:{})(?=\s\S)",
    "last": r"(?<=\S\s)(?:{})$",
}
"""Where words of a table stand in a name."""


def read_aloud(phrase: str, language: str, *, is_name: bool) -> SpokenText:
    """Return what an engine is to say for a phrase of our templates, or for a name or length."""
    speech = _speech_of(phrase, page_language(language))
    text = _fractions_said(phrase, speech)
    for table, place in _PLACES.items():
        if is_name or table == "words":
            text = _replaced(text, speech.aloud.get(table, {}), place)
    return SpokenText(speech.code, text)


def _speech_of(phrase: str, own: PageLanguage) -> PageLanguage:
    """Return the language in whose letters it is written, its own where nothing tells."""
    written = [
        one for one in languages().values() if one.letters and re.search(f"[{one.letters}]", phrase)
    ]
    return own if own in written or not written else written[0]


def _fractions_said(phrase: str, speech: PageLanguage) -> str:
    if not speech.fraction_aloud:
        return phrase
    said = speech.fraction_aloud.format(whole=r"\1", part=r"\2")
    return re.sub(rf"(\d+){re.escape(speech.decimal)}(\d+)", said, phrase)


def _replaced(text: str, table: Mapping[str, str], place: str) -> str:
    if not table:
        return text
    longest_first = sorted(table, key=len, reverse=True)
    words = re.compile(place.format("|".join(map(re.escape, longest_first))))
    return words.sub(lambda found: table[found[0]], text)
