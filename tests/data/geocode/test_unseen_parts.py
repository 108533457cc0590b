"""What each author of unseen callers has to bring, and that no two bring the same."""

from functools import cache
from itertools import combinations
from pathlib import Path

import pytest

from tests.benchmarks.queries.chance import Chance
from tests.benchmarks.queries.cities import City
from tests.benchmarks.queries.unseen import slips
from tests.benchmarks.queries.unseen.callers import NEGATIVES, UnseenCallers
from tests.benchmarks.queries.unseen.cities import GappedCity
from tests.benchmarks.queries.unseen.parts import AUTHORS, HERE, LANGUAGES, Author
from tests.benchmarks.queries.unseen.towns import SPACING_M, read_town
from tests.town import sample_town

ALL = [author for several in AUTHORS.values() for author in several]
LISTS = ("heard", "fa", "fa_crossings", "fa_places", "finglish", "en", "en_crossings", "en_places")
of_each_author = pytest.mark.parametrize("author", ALL, ids=[each.name for each in ALL])


@cache
def gapped() -> GappedCity:
    network, places = sample_town()
    return GappedCity(City("town", network, places, persian=True), 3)


@of_each_author
def test_two_hundred_sentences_of_each_language_have_no_address(author: Author):
    for language in LANGUAGES:
        texts = (HERE / author.name / "talk" / f"{language}.txt").read_text("utf-8").splitlines()

        assert len(set(texts)) == len(texts) >= 200
        assert "" not in texts
        assert set(texts) <= set(author.talk())


@pytest.mark.parametrize(("one", "other"), list(combinations(ALL, 2)))
def test_no_two_authors_say_the_same(one: Author, other: Author):
    assert not set(one.talk()) & set(other.talk())
    assert not {*one.seeds, one.gap} & {*other.seeds, other.gap}
    for key in LISTS:
        assert set(one.frames[key]) & set(other.frames[key]) <= {"{n}"}
    for language in LANGUAGES:
        assert not set(one.elsewhere[language]) & set(other.elsewhere[language])


@of_each_author
def test_every_sentence_has_room_for_its_names(author: Author):
    for key in LISTS:
        for form in author.frames[key] if key != "heard" else ():
            said = form.format(n="<n>", a="<a>", b="<b>", p="<p>")
            wanted = ("<a>", "<b>") if "crossings" in key else ("<n>",)
            wanted = ("<a>", "<p>") if "places" in key else wanted
            assert all(each in said for each in wanted), form


@of_each_author
@pytest.mark.parametrize("word", ["سرداران پیر", "Lafayette Grove"])
def test_what_is_heard_wrong_is_not_what_was_said(author: Author, word: str):
    assert slips.rewritten(author.frames["heard"])(Chance(1), word) not in (word, None)


@of_each_author
def test_callers_of_every_class_are_drawn(author: Author):
    drawn = list(UnseenCallers(gapped(), author, 1).queries(2))

    assert {each.kind for each in drawn if each.truth is None} == set(NEGATIVES)
    assert {each.kind for each in drawn if each.truth is not None} >= {
        "in a sentence",
        "heard wrong",
        "other order",
        "glued",
        "split",
        "other kind",
        "at a crossing",
        "near a place",
        "kind at the other end",
        "Finglish",
    }
    assert all(each.text for each in drawn)


def test_a_written_town_has_streets_that_meet():
    for path in (path for author in ALL for path in author.towns):
        town = read_town(path)

        assert len(town.facts.streets) > 150
        assert len(town.facts.crossings) > len(town.facts.streets)
        assert len(town.facts.spots) >= 10


def test_streets_of_a_written_town_cross_and_alleys_leave_them(tmp_path: Path):
    file = tmp_path / "town.toml"
    file.write_text(
        """
name = "Shahrud"
persian = true
streets = ["خیابان تهران|Tehran Street", "خیابان ایستگاه", "خیابان مزار", "بلوار نماز"]
alleys = ["کوچه سیزدهم"]
places = ["مسجد جامع @ خیابان ایستگاه"]
""",
        "utf-8",
    )

    town = read_town(file)

    met = {frozenset((one.name, other.name)) for one, other, _ in town.facts.crossings}
    assert {"خیابان تهران", "خیابان ایستگاه"} in met
    assert {"خیابان تهران", "کوچه سیزدهم"} in met
    assert {"خیابان تهران", "خیابان مزار"} not in met
    assert town.facts.by_name["خیابان تهران"].latin == "Tehran Street"
    assert [street.name for _, street, _ in town.facts.spots] == ["خیابان ایستگاه"]
    assert town.network.segments[0].length_m == pytest.approx(SPACING_M, rel=0.01)


def test_a_place_at_a_street_that_a_town_lacks_is_named(tmp_path: Path):
    file = tmp_path / "town.toml"
    file.write_text(
        'name = "T"\npersian = false\nstreets = ["Mill Road", "Low Road"]\nalleys = []\n'
        'places = ["Library @ High Road"]',
        "utf-8",
    )

    with pytest.raises(ValueError, match="High Road"):
        read_town(file)
