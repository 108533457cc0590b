import pytest

from data.errors import InvalidError, Need
from data.files.toml_reader import read_toml


def test_a_need_is_its_english_text_and_remembers_what_it_is_made_of():
    need = Need("{low} to {high}", low=0.5, high=40000.0)
    assert need == "0.5 to 40000"
    assert (need.msgid, need.values) == ("{low} to {high}", {"low": 0.5, "high": 40000.0})


def test_names_with_a_joiner_are_texts_and_control_letters_are_not():
    table = read_toml('name = "برف\u200cروب"\nbell = "a\\u0007b"', "fleet.toml")
    assert table.text("name") == "برف\u200cروب"
    with pytest.raises(InvalidError, match="a text of one line"):
        table.text("bell")


def test_a_table_that_collects_says_all_its_mistakes_once_each():
    wrong: list[InvalidError] = []
    table = read_toml('a = "x"\nb = 7\nc = "blue"\nd = 2.5\nmore = 1', "fleet.toml", wrong)
    table.number("a", 0, 9)
    table.text("b")
    assert table.choice("c", ("red", "green")) == "red"
    table.whole("d", 1, 9)
    table.table("below").number("e", 0, 1)
    table.done()
    table.number("a", 0, 9)
    assert [error.values["field"] for error in wrong] == [
        "fleet.toml: a",
        "fleet.toml: b",
        "fleet.toml: c",
        "fleet.toml: d",
        "fleet.toml: below",
        "below.e",
        "fleet.toml: more",
    ]


def test_a_text_that_is_nested_without_end_is_no_toml():
    with pytest.raises(InvalidError):
        read_toml("a = " + "[" * 100_000, "policy.toml")
