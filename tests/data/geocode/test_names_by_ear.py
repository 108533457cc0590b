"""Names as they are written in other ways, and as they are heard."""

from functools import cache

import pytest

from data.geocode import Candidate, Geocoder
from data.geocode.text.tokens import query_tokens
from data.streets.network import build_network
from tests import village as v

GERMAN = (
    ("Röschbacher Hof",),
    ("Goethestraße",),
    ("Straße des Friedens",),
    ("Alte Brücke", "Carl-Theodor-Brücke; Karlsbrücke"),
)
ENGLISH = (
    ("Heritage Drive North",),
    ("Heritage Drive South",),
    ("Heritage Drive",),
    ("Yearling Circle",),
    ("Yearling Road",),
    ("Cook Avenue",),
    ("Joe Baker Lane", "Patroon Creek Bridge"),
)
PERSIAN = (
    ("خیابان ۲۲ بهمن",),
    ("خیابان ملاصدرا",),
    ("خیابان هفت پیکر",),
    ("خیابان فلسطین",),
    ("خیابان فلسطین شرقی",),
    ("خیابان فلسطین غربی",),
    ("سی و سه پل",),
    ("کوچه پنجم",),
    ("کوچه هفتم",),
)
TALKATIVE = (
    ("خیابان مهرداد",),
    ("خیابان خوانساری",),
    ("خیابان کیا",),
    ("خیابان پارس",),
    ("خیابان شهره",),
    ("خیابان مسجد",),
    ("خیابان آرایه",),
)


def test_two_vowels_of_another_language_are_no_umlaut_and_a_typing_error_at_once() -> None:
    assert not city((("Ghaen Street",), ("Daemi Alley",))).candidates("what a damn joke")


@cache
def city(names: tuple[tuple[str, ...], ...]) -> Geocoder:
    """Return parallel streets of these names, the main one first."""
    segments = []
    for row, several in enumerate(names):
        spellings = tuple(each for one in several for each in one.split("; "))
        line = [v.at_m(east_m, 300 * row) for east_m in (0, 90)]
        segments.append(
            v.a_segment(row + 1, 2 * row, 2 * row + 1, line=line, names={"": spellings})
        )
    return Geocoder(build_network(segments), ())


def best(names: tuple[tuple[str, ...], ...], words: str) -> Candidate:
    return city(names).candidates(words)[0]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("roschbacher hof", "Röschbacher Hof"),
        ("roeschbacher hof", "Röschbacher Hof"),
        ("Röschbacher Hof", "Röschbacher Hof"),
        ("Göthestr. ist glatt", "Goethestraße"),
        ("gothestrasse", "Goethestraße"),
        ("Goethe Str.", "Goethestraße"),
        ("Str. des Friedens", "Straße des Friedens"),
        ("Strasse des Friedens", "Straße des Friedens"),
        ("alte bruecke", "Alte Brücke"),
        ("Carl Theodor Bruecke", "Alte Brücke"),
        ("Karlsbrucke", "Alte Brücke"),
    ],
)
def test_umlauts_and_strasse_are_written_in_every_way(words: str, name: str) -> None:
    found = best(GERMAN, words)
    assert (found.name, found.confident) == (name, True)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Heritage Dr North", "Heritage Drive North"),
        ("Heritage Dr. N.", "Heritage Drive North"),
        ("heritage drive s is icy", "Heritage Drive South"),
        ("North Heritage Drive", "Heritage Drive North"),
        ("Heritage Dr", "Heritage Drive"),
        ("Yearling Circle", "Yearling Circle"),
        ("Yearling Cir has not been plowed", "Yearling Circle"),
        ("yearling rd", "Yearling Road"),
        ("Patroon Creek Bridge", "Joe Baker Lane"),
    ],
)
def test_a_generic_word_at_the_end_decides(words: str, name: str) -> None:
    found = best(ENGLISH, words)
    assert (found.name, found.confident) == (name, True)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("bist o do bahman", "خیابان ۲۲ بهمن"),
        ("kheyabane bisto do bahman", "خیابان ۲۲ بهمن"),
        ("bist va do bahman barf ziade", "خیابان ۲۲ بهمن"),
        ("molla sadra", "خیابان ملاصدرا"),
        ("mola sadra", "خیابان ملاصدرا"),
        ("haft peykar", "خیابان هفت پیکر"),
        ("haftpeykar", "خیابان هفت پیکر"),
        ("khiaban felestin sherqi", "خیابان فلسطین شرقی"),
        ("felestin sharghi", "خیابان فلسطین شرقی"),
        ("فلسطین شرقی", "خیابان فلسطین شرقی"),
        ("felestine gharbi", "خیابان فلسطین غربی"),
        ("si o se pol", "سی و سه پل"),
        ("kuche panjom", "کوچه پنجم"),
        ("kuche haft", "کوچه هفتم"),
    ],
)
def test_persian_names_are_understood_as_they_are_heard(words: str, name: str) -> None:
    assert best(PERSIAN, words).name == name


def test_a_persian_direction_stands_for_an_english_one_on_the_map() -> None:
    names = (("East Felestin Street",), ("Felestin Street",))
    assert best(names, "khiaban felestin sherqi").name == "East Felestin Street"


def test_a_direction_alone_is_no_part_of_a_name() -> None:
    names = (("خیابان طالقانی", "Taleghani"), ("نصرت شرقی", "Nosrat Sharghi"))
    found = best(names, "taleghani sherqi")
    assert (found.name, found.matched) == ("خیابان طالقانی", "taleghani")
    assert not city((("N State St",),)).candidates("in the north it is very icy")


def test_small_words_of_other_languages_are_no_persian_numbers() -> None:
    said = query_tokens("where do I send it, the road is sad and so is si")
    assert not any(token.digits for token in said)
    assert [t.text for t in query_tokens("pelak si o se") if t.digits] == ["33"]
    assert [t.text for t in query_tokens("kuche do") if t.digits] == ["2"]
    assert [t.text for t in query_tokens("twenty and main") if t.digits] == ["20"]


def test_a_number_before_a_name_belongs_to_it() -> None:
    names = (("خیابان باغ",), ("خیابان هفت باغ",))
    assert best(names, "salam haft bagh barf zade").name == "خیابان هفت باغ"
    named, other = (best(names, f"salam {said}bagh barf zade") for said in ("", "chahar "))
    assert other.confidence < named.confidence


@pytest.mark.parametrize(
    ("words", "street"),
    [
        ("vaghean ke! mehrdad pas chi", "خیابان مهرداد"),
        ("aghaye mohtaram khansari ham jozve hamin shahre", "خیابان خوانساری"),
        ("emshab mehmun darim mehrdad rah nist", "خیابان مهرداد"),
        ("khansri poshte masjed yakh bandune", "خیابان خوانساری"),
        ("pars", "خیابان پارس"),
    ],
)
def test_talk_in_latin_letters_does_not_hide_the_name_beside_it(words: str, street: str) -> None:
    assert best(TALKATIVE, words).name == street


def test_a_street_without_the_last_vowel_that_is_said_is_not_that_one() -> None:
    found = city((("خیابان امیری",), ("خیابان امیریه",))).candidates("khiaban amiriyeh")
    assert found[0].name == "خیابان امیریه"


SPOKEN = (
    ("خیابان خواجه",),
    ("خیابان ساحلی",),
    ("خیابان شهریور",),
    ("خیابان شهریار",),
    ("خیابان ارومیه",),
    ("کوچه شهید حسین یوسفی",),
    ("کوچه شهید بابایی",),
    ("خیابان شیرودی",),
    ("بن‌بست سوسن",),
    ("کوچه سوسن",),
    ("خیابان چمران",),
)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("khiabune xaaje", "خیابان خواجه"),  # x is kh
        ("kh saeli", "خیابان ساحلی"),  # an h that nobody hears
        ("tooro khodaa shahrrivar", "خیابان شهریور"),  # v is no vowel
        ("kh ouroumie", "خیابان ارومیه"),  # alef begins with any vowel
        ("slm ma shaid shiroudiim barf ta zanoomoone", "خیابان شیرودی"),  # title, "we are at"
        ("masin baba vasate shaheed hosein yosefi moonde", "کوچه شهید حسین یوسفی"),
        ("tooro khodaa bombaste sosan", "بن‌بست سوسن"),
        ("koochehye sosan", "کوچه سوسن"),  # a word for street by ear
        ("kheiaabaane shahriar", "خیابان شهریار"),
        ("čamran", "خیابان چمران"),
    ],
)
def test_finglish_is_found_as_it_is_heard(words: str, name: str) -> None:
    assert city(SPOKEN).candidates(words)[0].name == name


TURNED = (
    ("کوچه شهید رضا طاهری",),
    ("کوچه شهید رضایی",),
    ("کوچه شهید طاهری",),
    ("کوچه رز",),
)


@pytest.mark.parametrize(
    "words",
    [
        "زن حامله داریم کوچه رضا شهید طاهری",
        "سلام مادر، من خونه‌م کوچه طاهری، رضا شهید ـه",
        "اینجا کوچه شهید.رضا.طاهری است",
    ],
)
def test_all_words_of_a_name_are_that_name_in_any_order(words: str) -> None:
    found = city(TURNED).candidates(words)[0]

    assert found.name == "کوچه شهید رضا طاهری"
    assert found.confidence > 0.5


LATIN = (
    ("S Avery Avenue",),
    ("South Avenue",),
    ("Burnet Park",),
    ("High Street",),
    ("Ballantyne Road",),
    ("Oswego Street",),
    ("Eteläesplanadi", "Eteläinen Esplanadikatu"),
    ("Eteläinen Hesperiankatu",),
)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Avery, S Av.", "S Avery Avenue"),
        ("my drive at Park Burnet", "Burnet Park"),
        ("the hydrant on Ballantyne_Road is buried", "Ballantyne Road"),
        ("when is it Oshwego St.'s turn", "Oswego Street"),
        ("Ballantyne.Road", "Ballantyne Road"),
    ],
)
def test_a_latin_name_is_found_turned_and_glued(words: str, name: str) -> None:
    assert city(LATIN).candidates(words)[0].name == name


def test_a_part_of_a_main_name_goes_before_a_part_of_an_old_one() -> None:
    found = city(LATIN).candidates("you forgot Eteläinen")

    assert [each.name for each in found[:2]] == ["Eteläinen Hesperiankatu", "Eteläesplanadi"]


def test_words_of_two_streets_with_a_comma_between_are_two_streets() -> None:
    found = city((("خیابان اسلامی",), ("خیابان انقلاب",), ("خیابان انقلاب اسلامی",)))

    assert found.candidates("خیابان اسلامی، انقلاب")[0].name == "خیابان اسلامی"


def test_a_number_behind_a_comma_is_not_turned_round() -> None:
    found = city((("خیابان سعدی",), ("کوچه سعدی ۲",)))

    assert found.candidates("ناحیه ۲، خیابان سعدی")[0].name == "خیابان سعدی"


def test_a_name_is_no_ordinal_that_sounds_like_it() -> None:
    assert not city((("خیابان سیمین",), ("خیابان سعدی",))).candidates("si metri")


def test_a_title_that_the_name_on_the_map_lacks_is_a_doubt() -> None:
    found = city((("خیابان طبرسی",), ("خیابان سعدی",)))

    plain, titled = (found.candidates(f"خیابان {name}")[0] for name in ("طبرسی", "شیخ طبرسی"))

    assert plain.name == titled.name == "خیابان طبرسی"
    assert titled.confidence < plain.confidence


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("kooche shaheed jafari", "کوچه شهید جعفری"),  # a title alone is no name
        ("shahid rezai", "کوچه شهید رضایی"),  # with its title before one that only sounds so
        ("baahonar 1", "خیابان باهنر ۱"),  # 1 does not sound like 11
    ],
)
def test_titles_and_numbers_tell_names_apart_by_ear(words: str, name: str) -> None:
    found = city(
        (
            ("میدان شهدا",),
            ("کوچه شهید جعفری",),
            ("خیابان رازی",),
            ("کوچه شهید رضایی",),
            ("خیابان باهنر ۱۱",),
            ("خیابان باهنر ۱",),
        )
    )

    assert found.candidates(words)[0].name == name
