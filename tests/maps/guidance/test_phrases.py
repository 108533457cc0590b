"""Sentences cut into phrases that are spoken once each."""

import re

import pytest

from maps.guidance.instructions import turn_words
from maps.guidance.junctions import Junctions
from maps.guidance.maneuvers import maneuvers
from maps.guidance.phrases import phrases
from maps.pages.i18n import translator
from tests.maps.guidance.test_maneuvers import SHAPES


def told(t):
    for shape, _ in SHAPES.values():
        for one in maneuvers(shape.path(), Junctions(shape.network())):
            yield t.t("say:in_m", value=80, what=turn_words(one, t))


def is_made_of(sentence, known):
    words = re.sub(r"[\u2068\u2069]|[,،;:.]+(?=\s|$)", "", sentence).split()
    reached = {0}
    for end in range(1, len(words) + 1):
        if any(at in reached and " ".join(words[at:end]) in known for at in range(end)):
            reached.add(end)
    return len(words) in reached


@pytest.mark.parametrize("language", ["en", "fa", "az"])
def test_every_junction_is_said_with_the_phrases_in_each_language(language):
    t = translator(language)
    sentences = list(told(t))
    known = phrases(sentences, t)
    assert len(sentences) >= 40
    assert [one for one in sentences if not is_made_of(one, known)] == []
    assert max(map(len, known)) < 60


def test_a_sentence_is_cut_into_what_is_always_said_and_names():
    t = translator("en")
    said = [
        "turn right into Oak Street, lower the blade",
        "right lane of Elm to Oak Street, 1.2 km",
    ]
    own = phrases([], t)
    assert set(phrases(said, t)) - set(own) == {"Oak Street", "Elm", "1.2 km"}
    assert {"turn right", "into", "lower the blade", "right lane of", "to", "in 80 metres"} <= set(
        own
    )
