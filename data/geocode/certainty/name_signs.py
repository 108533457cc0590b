"""Signs of the name itself: how it is spelled, how common and how long it is."""

from collections.abc import Callable, Sequence

from data.geocode.certainty.reading import Reading
from data.geocode.places.candidate import Reason
from data.geocode.places.name_index import NameIndex
from data.geocode.places.name_spans import OTHER_KIND
from data.geocode.places.name_variants import joined
from data.geocode.text.everyday_talk import is_name_word, speaks
from data.geocode.text.sounds import homophone, is_persian, sound_classes, without_umlauts
from data.geocode.text.spelling_index import edits
from data.geocode.text.tokens import Token, is_direction, kinds_alike, name_parts, untitled

LONG_NAME = 12
"""Letters from which on a longer name is no surer."""

MANY_CHANGED = 2
"""Sounds of a word that differ from which on more of them say no more."""


def name_signs(index: NameIndex, reading: Reading) -> dict[str, float]:
    """Return the signs of the name itself: how it is spelled, how common and how long it is."""
    hit, target = reading.hit, reading.parse.target
    name = index.names[hit.name]
    said = name_parts(reading.tokens[target.first : target.last]).core
    plain, mapped = untitled(said), untitled(name.core)
    letters = sum(map(len, plain))
    unsaid = max(0.0, 1.0 - letters / sum(map(len, mapped)))
    short = max(0.0, 1.0 - letters / LONG_NAME)
    quality = hit.quality / (OTHER_KIND if hit.reason is Reason.OTHER_KIND else 1.0)
    part = hit.found_by is Reason.PART
    apart = bool(target.kinds and name.kinds) and not target.kinds & name.kinds
    alike = any(kinds_alike(one, other) for one in target.kinds for other in name.kinds)
    across = any(map(is_persian, name.core)) and not any(map(is_persian, plain))
    guessed = reading.guessed
    return {
        "typo_share": (1.0 - quality) * (hit.found_by is Reason.TYPO),
        "sound_share": (1.0 - quality) * (hit.found_by is Reason.SOUND),
        "guess_short": short * guessed * reading.unannounced,
        "part": float(part),
        "part_unsaid": unsaid * part,
        "part_named": part * _share(plain, is_name_word),
        "part_direction": float(part and _only_directions(plain, mapped)),
        "title_added": float(_other_title(said, name.core)),
        "begun": float(hit.found_by is Reason.BEGUN),
        "like_kind": float(apart and alike),
        "other_kind": float(apart and not alike),
        "other_kind_short": short * (apart and not alike),
        "part_number": float(part and _is_unnumbered(said, name.core)),
        "short_exact": short * reading.exact * reading.unannounced,
        "other_language": float(across and guessed and _english(reading.tokens)),
        "place": float(not name.segments and not (reading.exact and len(said) > 1)),
        "wide": float(Reason.WIDE in reading.scored.reasons),
        **_changes(index, plain, name.core, guessed=guessed and not across),
    }


def _changes(
    index: NameIndex, said: Sequence[str], mapped: Sequence[str], *, guessed: bool
) -> dict[str, float]:
    """Return the signs of those words of a name that are spelled otherwise than on the map."""
    changed = [word for word in said if word not in mapped] if guessed else []
    if not changed:
        return {"stem_changed": 0.0, "first_letter": 0.0, "changed_known": 0.0}
    left = [word for word in mapped if word not in said] or list(mapped)
    one, other = (_spelled(joined(each)) for each in (changed, untitled(left)))
    stems = [sound_classes(each) for each in (one, other)]
    return {
        "stem_changed": min(1.0, edits(*stems) / MANY_CHANGED),
        "first_letter": float(one[0] != other[0]),
        "changed_known": float(
            any(is_name_word(word) or index.names_with(word) > 0 for word in changed)
        ),
    }


def _spelled(key: str) -> str:
    return without_umlauts(homophone(key))


def _is_unnumbered(said: Sequence[str], mapped: Sequence[str]) -> bool:
    """Whether the number behind a name was left out."""
    return mapped[-1].isdigit() and not any(word.isdigit() for word in said)


def _other_title(said: Sequence[str], mapped: Sequence[str]) -> bool:
    """Whether a title was said, and the name on the map has none of those that were."""
    titles = [word for word in said if word not in untitled(said)]
    return bool(titles) and not set(titles) & set(mapped)


def _only_directions(said: Sequence[str], mapped: Sequence[str]) -> bool:
    """Whether only words of direction of a name were left out."""
    return all(is_direction(word) for word in mapped if word not in said)


def _share(words: Sequence[str], holds: Callable[[str], bool]) -> float:
    return sum(map(holds, words)) / len(words)


def _english(tokens: Sequence[Token]) -> bool:
    """Whether more words of a sentence are of English talk than of Finglish."""
    return sum(speaks(token, "en") for token in tokens) > sum(
        speaks(token, "fa") for token in tokens
    )
