from datetime import timedelta

import pytest

from data.files.toml_reader import InvalidFileError, values_of
from data.files.toml_writer import written_toml
from data.languages import in_language, languages
from data.training import HOUR, SHIPPED, Scenario, Trouble, scenario_from_toml, shipped_scenario

WORDS = '{ en = "One", fa = "یک", az = "Bir" }'
LEAST = (
    f"lasts_h = 6\ntitle = {WORDS}\nbrief = {WORDS}\n[[snow]]\nfrom_h = 0\nuntil_h = 2\ncm_h = 1\n"
)


def mistakes(text: str) -> list[str]:
    with pytest.raises(InvalidFileError) as refused:
        scenario_from_toml(LEAST + text)
    return [str(one) for one in refused.value.mistakes]


@pytest.mark.parametrize("name", SHIPPED)
def test_what_ships_speaks_all_languages_and_is_read_back_as_it_is_written(name):
    scenario = shipped_scenario(name)
    for language in languages():
        assert scenario.title[language]
        assert scenario.brief[language]
        told = (*scenario.call, *scenario.message, *scenario.closure, *scenario.blocked)
        assert all(one.words[language] for one in told)
    assert scenario_from_toml(written_toml(values_of(scenario), "")) == scenario


def test_the_least_scenario_is_snow_alone():
    scenario = scenario_from_toml(LEAST)
    assert (scenario.lasts_h, scenario.calls, scenario.trouble) == (timedelta(hours=6), (), ())
    assert scenario.snow[0].within(timedelta(0))
    assert not scenario.snow[0].within(2 * HOUR)
    assert in_language(scenario.title, "sv") == "One"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "[[calls]]\nfrom_h = 2\nuntil_h = 2\nper_hour = 5",
            ["calls[1].until_h", "later than hour 2"],
        ),
        ("[[calls]]\nfrom_h = 7\nuntil_h = 8\nper_hour = 5", ["calls[1].from_h", "before the end"]),
        (
            "[[calls]]\nfrom_h = 0\nuntil_h = 3\nper_hour = 5\n"
            "[[calls]]\nfrom_h = 2\nuntil_h = 4\nper_hour = 9",
            ["calls[2].from_h", "from hour 3"],
        ),
        (
            "[[trouble]]\nmachine = 0\nfrom_h = 1\nuntil_h = 2\nkind = 'sad'",
            ["trouble[1].machine", "trouble[1].kind", "breakdown"],
        ),
        (f"[[call]]\nat_h = 1\nkind = 'plow'\nwords = {WORDS}", ["call[1].words.en", "{place}"]),
        ("[[snowfall]]\nfrom_h = 1", ["snowfall"]),
        (
            "[[snow]]\nfrom_h = 0\nuntil_h = 1\ncm_h = 1\nplace = 'up'",
            ["snow[2].place", "north, south, east, west, center, edge"],
        ),
        (
            "[[closure]]\nfrom_h = 5\nuntil_h = 2\nstreet = 'main'\nwords.en = 'Closed'",
            ["closure[1].until_h", "closure[1].words.en", "{place}"],
        ),
        (f"[[message]]\nat_h = 6\nwords = {WORDS}", ["message[1].at_h", "before the end"]),
        (
            f"[[message]]\nat_h = 1\nwords.en = '{'w' * 401}'",
            ["message[1].words.en: expected at most 400 characters, got 401"],
        ),
        (
            f"[[call]]\nat_h = 1\nkind = 'plow'\nwords.fa = '{{place}}{'w' * 400}'\n"
            f"[[blocked]]\nfrom_h = 1\nuntil_h = 2\nstreet = 'main'\nwords.az = '{'w' * 401}'\n"
            f"[[closure]]\nfrom_h = 1\nuntil_h = 2\nstreet = 'main'\nwords.en = '{'w' * 401}'",
            [
                "call[1].words.fa",
                "got 407",
                "blocked[1].words.az",
                "closure[1].words.en",
                "{place}",
            ],
        ),
    ],
)
def test_every_mistake_is_told_with_its_field(text, said):
    found = " · ".join(mistakes(text))
    assert [word for word in said if word not in found] == []


def test_a_title_and_what_is_told_before_may_not_be_longer_than_a_page_shows():
    text = LEAST.replace('"One"', f'"{"o" * 501}"')
    with pytest.raises(InvalidFileError) as refused:
        scenario_from_toml(text)
    assert [str(one) for one in refused.value.mistakes] == [
        "title.en: expected at most 80 characters, got 501",
        "brief.en: expected at most 500 characters, got 501",
    ]


def test_every_table_and_kind_of_trouble_is_in_what_ships():
    used = {one.kind for name in SHIPPED for one in shipped_scenario(name).trouble}
    shipped = [shipped_scenario(name) for name in SHIPPED]
    for table in ("snow", "calls", "call", "trouble", "power_cut", "blocked", "closure", "message"):
        assert any(getattr(one, table) for one in shipped), table
    assert {one.place for each in shipped for one in each.snow} >= {None, "north", "center", "edge"}
    assert used >= {Trouble.ABSENT, Trouble.BREAKDOWN, Trouble.SILENT, Trouble.DEAD}
    assert isinstance(shipped_scenario("power-cut"), Scenario)
