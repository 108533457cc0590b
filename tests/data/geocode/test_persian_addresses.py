"""Addresses as callers of an Iranian town say them, in the drawn town."""

from functools import cache

import pytest

from data.geocode import Candidate, Geocoder, Reason
from data.model import Segment
from data.streets.network import build_network
from data.streets.projection import distance_m
from tests import village as v
from tests.town import named, sample_town

NETWORK, PLACES = sample_town()


@cache
def geocoder() -> Geocoder:
    return Geocoder(NETWORK, PLACES)


def the_one(words: str) -> tuple[Segment, Candidate]:
    """Return what the words surely mean."""
    found = geocoder().candidates(words)[0]
    assert found.confident, found
    return NETWORK.segment(found.segment_id), found


def name_of(segment: Segment) -> str:
    return segment.names[""][0]


def touching(segment: Segment, name: str) -> bool:
    ends = {segment.start, segment.end}
    return any(ends & {other.start, other.end} for other in named(name))


def alleys_off(street: str) -> dict[str, list[Segment]]:
    """Return the numbered alleys that leave a street, by name."""
    found: dict[str, list[Segment]] = {}
    for segment in NETWORK.segments:
        name = segment.names.get("", ("",))[0]
        if name.startswith("کوچهٔ ") and name[-1].isdigit() and touching(segment, street):
            found.setdefault(name, []).append(segment)
    return found


def test_a_house_number_after_a_comma_belongs_to_the_street():
    segment, found = the_one("خیابان سعدی، پلاک ۱۲")

    assert (name_of(segment), found.kind) == ("خیابان سعدی", "address")


@pytest.mark.parametrize(
    "words", ["خیابان سعدی پلاک 12", "خ سعدی پ ۱۲", "خيابان سعدي ، پلاك ١٢", "سعدی، ۱۲"]
)
def test_a_house_is_found_however_it_is_typed(words: str):
    assert the_one(words)[1][:7] == the_one("خیابان سعدی، پلاک ۱۲")[1][:7]


def test_a_house_number_is_not_taken_for_an_alley_of_that_number():
    segment, _ = the_one("خیابان امام خمینی، پلاک ۲؛ برف زیاد است")

    assert name_of(segment) == "خیابان امام خمینی"


def test_an_alley_number_that_many_streets_have_needs_a_human():
    found = geocoder().candidates("کوچهٔ ۲")

    assert len(found) > 1
    assert not any(each.confident for each in found)


@pytest.mark.parametrize("street", ["خیابان حافظ", "بلوار شهید بهشتی"])
def test_a_street_tells_which_alley_of_a_number_is_meant(street: str):
    alleys = alleys_off(street)
    alone = [name for name, several in alleys.items() if len({s.key[0] for s in several}) == 1]

    assert alone
    for name in alone:
        segment, _ = the_one(f"سلام، {street}، {name}، برف زیاد است")
        assert name_of(segment) == name
        assert segment.key.osm_way_id in {each.key.osm_way_id for each in alleys[name]}


def test_the_twelfth_alley_is_alley_twelve():
    assert geocoder().candidates("کوچه دوازدهم") == geocoder().candidates("کوچهٔ ۱۲")


def test_an_alley_named_after_a_martyr_is_found_without_its_street():
    segment, _ = the_one("کوچه شهيد باكري را برف گرفته")

    assert name_of(segment) == "کوچهٔ شهید باکری"


def test_an_alley_numbered_after_its_street_is_sure_without_more():
    names = {s.names[""][0] for s in NETWORK.segments if s.names}
    numbered = sorted(name for name in names if name.startswith("دانشجو "))

    assert numbered
    for name in numbered:
        assert name_of(the_one(f"{name} یخ زده")[0]) == name


@pytest.mark.parametrize(
    "words",
    [
        "ولیعصر، کوچه ۱۲",
        "خیابون ولی عصر ک ۱۲ یخ زده",
        "کوچه دوازدهم ولیعصر",
        "Valiasr Blvd, alley 12",
        "kuche 12 valiasr",
    ],
)
def test_an_alley_numbered_after_its_street_may_be_called_an_alley(words: str):
    def line(east_m: int, length_m: int):
        return v.at_m(east_m, 0), v.at_m(east_m, length_m)

    streets = [
        v.a_segment(1, 1, 2, line=line(0, 500), fa="بلوار ولیعصر", en="Valiasr Boulevard"),
        v.a_segment(2, 2, 3, line=line(20, 90), fa="ولیعصر ۱۲", en="Valiasr 12"),
        v.a_segment(3, 4, 5, line=line(900, 90), fa="کوچهٔ ۱۲"),
    ]
    assert Geocoder(build_network(streets), ()).candidates(words)[0].segment_id == 2


def test_numbers_of_districts_and_hours_are_no_houses():
    for words in ("ناحیه ۲، خیابان سعدی", "خیابان سعدی ۱۲ ساعته بسته است", "سعدی ۳ تا ماشین مونده"):
        assert name_of(the_one(words)[0]) == "خیابان سعدی"
        assert the_one(words)[1].kind == "street"


def test_the_floor_is_no_alley():
    assert the_one("امام خمینی، پ ۱۲، واحد ۳، طبقه دوم")[1].name == "خیابان امام خمینی 12"


def test_a_crossing_of_an_unknown_street_is_never_sure():
    for words in ("زنبورآباد نبش خیابان سعدی", "تقاطع سعدی و زنبورآباد", "سعدی نبش زنبورآباد"):
        assert not any(each.confident for each in geocoder().candidates(words))


def test_a_dead_end_whose_name_is_given_twice_is_found_by_its_street():
    ends = [s for s in NETWORK.segments if s.names and name_of(s).startswith("بن‌بست")]
    pairs = [
        (street, end)
        for end in ends
        if len(geocoder().candidates(name_of(end))) > 1
        for street in NETWORK.segments
        if street.end in {end.start, end.end} and street.names
        if name_of(street).startswith("خیابان")
    ]

    assert len(pairs) > 3
    for street, end in pairs:
        assert the_one(f"{name_of(street)}، {name_of(end)}")[0] == end


@pytest.mark.parametrize(
    "words", ["تقاطع سعدی و حافظ", "نبش خیابان سعدی و خیابان حافظ", "چهارراه سعدی، حافظ"]
)
def test_a_crossing_is_where_two_streets_meet(words: str):
    segment, found = the_one(words)
    square = named("میدان شهدا")[0].geometry[0]

    assert name_of(segment) == "خیابان سعدی"
    assert distance_m(found.point, square) < 80
    assert found.name == "خیابان سعدی – خیابان حافظ"


def test_streets_that_do_not_meet_are_no_crossing():
    found = geocoder().candidates("تقاطع خیابان نسترن و خیابان دانشجو")

    assert all(Reason.APART in each.reasons for each in found[:2])
    assert not any(each.confident for each in found)


def test_a_place_within_a_sentence_is_found():
    _, found = the_one("روبه‌روی بیمارستان امام رضا یخ زده است")

    assert (found.kind, found.name) == ("hospital", "بیمارستان امام رضا – کوچهٔ شکوفه")


def test_of_a_hospital_with_two_gates_the_desk_asks_for_the_street():
    found = geocoder().candidates("روبه‌روی بیمارستان مطهری یخ زده است")

    assert not found[0].confident
    asked = "کدام منظورتان است: بیمارستان مطهری – کوچهٔ ۲۹، یا کوچهٔ ۲۲؟"
    assert geocoder().question(found, "fa") == asked


def test_names_that_run_the_other_way_keep_their_order_beside_each_other():
    found = geocoder().candidates("روبه‌روی بیمارستان مطهری یخ زده است")
    hospital, one, other = (
        f"\u2068{name}\u2069" for name in ("بیمارستان مطهری", "کوچهٔ ۲۹", "کوچهٔ ۲۲")
    )

    asked = f"Hansını deyirsiniz: {hospital} – {one}, yoxsa {other}?"
    assert geocoder().question(found, "az") == asked
    assert geocoder().said(found[0], "az") == f"{hospital} – {one}"


def test_a_place_whose_name_holds_a_streets_name_is_the_place():
    assert the_one("جلوی بیمارستان امام رضا")[1].kind == "hospital"


def test_a_place_tells_where_on_a_long_street():
    hospital = next(p for p in PLACES if p.names.get("", ("",))[0] == "بیمارستان مطهری")
    segment, found = the_one("بلوار ولیعصر، روبه‌روی بیمارستان مطهری")
    away_m = [distance_m(s.geometry[0], hospital.location) for s in named("بلوار ولیعصر")]

    assert name_of(segment) == "بلوار ولیعصر"
    assert distance_m(found.point, hospital.location) < min(away_m) + 5


def test_a_quarter_tells_which_alley_but_is_no_address():
    assert name_of(the_one("شهرک پژوهش، کوی ۵")[0]) == "کوی ۵"
    both = geocoder().candidates("کوی ۵")[:2]
    assert [each.name for each in both] == ["کوی ۵", "کوی ۵"]
    assert not any(each.confident for each in geocoder().candidates("کل شهرک پژوهش برف است"))


def test_a_short_name_that_people_use_is_enough():
    assert name_of(the_one("خیابان امام بسته است")[0]) == "خیابان امام خمینی"
    assert name_of(the_one("Shariati Street")[0]) == "خیابان شریعتی"


def test_a_house_number_nobody_mapped_casts_doubt_on_the_place_and_not_on_the_street():
    bare = Geocoder(NETWORK, [each for each in PLACES if not each.number])

    found = bare.candidates("خیابان سعدی، پلاک ۱۲")
    named = bare.candidates("خیابان سعدی")

    assert [each.name for each in found] == [each.name for each in named] == ["خیابان سعدی"]
    assert Reason.HOUSES_UNMAPPED in found[0].reasons
    assert found[0].uncertain_m == named[0].uncertain_m > 200
    assert found[0].confidence < named[0].confidence
    assert found[0].confident


@pytest.mark.parametrize("said", ["برفیه", "برفه", "پر برفه", "یخه", "لیزه", "بسته‌ست"])
def test_how_the_street_is_casts_no_doubt_on_it(said: str):
    assert the_one(f"خیابان سعدی {said}")[1].name == "خیابان سعدی"


@pytest.mark.parametrize(
    ("spoken", "written"),
    [
        ("کوچهٔ اطلسی، همون که تو شهرک نیلوفره", "کوچهٔ اطلسی، شهرک نیلوفر"),
        ("ما خونه‌مون خیابون گلشنه", "ما خونه‌مون خیابون گلشن"),
        ("خیابون شهید بهشتیه", "خیابون شهید بهشتی"),
    ],
)
def test_the_is_of_speech_behind_a_name_belongs_to_no_name(spoken: str, written: str):
    one, other = (geocoder().candidates(words)[0] for words in (spoken, written))

    assert one.segment_id == other.segment_id
    assert one.reasons == other.reasons


def test_a_name_that_ends_like_is_stays_whole():
    streets = [v.a_segment(1, 1, 2, fa="خیابان ستار"), v.a_segment(2, 3, 4, fa="خیابان باغ")]
    found = Geocoder(build_network(streets), ()).candidates("خیابان ستاره")

    assert not any(each.confident for each in found)
