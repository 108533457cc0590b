from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated

import pytest
from pydantic import Field

from data.errors import InvalidError, Need
from data.files.toml_reader import (
    FieldMistake,
    InvalidFileError,
    TomlTable,
    keys,
    own_name,
    read_table,
    read_toml,
    table_list,
    values_of,
)
from data.files.toml_values import IF_ANY, Flag, Number, Text, one_of

COLORS = ("red", "green")


@dataclass(frozen=True, slots=True)
class Truck(TomlTable):
    name: Text
    color: Annotated[str, one_of(COLORS)] = "red"
    assumed: Annotated[Flag, IF_ANY] = False


@dataclass(frozen=True, slots=True)
class Yard(TomlTable):
    lon: Annotated[float, Number(-180, 180)]
    trucks: Annotated[
        tuple[Truck, ...], table_list("truck", own_name), Field(alias="truck"), IF_ANY
    ] = ()
    wait: Annotated[timedelta, Number(1, 60, timedelta(minutes=1)), Field(alias="wait_min")] = (
        timedelta(minutes=5)
    )
    liters: Annotated[
        Mapping[str, Annotated[float, Number(0, whole=True)]], keys(COLORS), IF_ANY
    ] = field(default_factory=dict)

    def mistakes(self) -> list[FieldMistake]:
        far = FieldMistake(("lon",), self.lon, Need("less than {most}", most=90.0))
        return [far] if self.lon > 90 else []


def wrong(text: str) -> dict[str, str]:
    with pytest.raises(InvalidFileError) as caught:
        read_table(Yard, read_toml(text, "yard.toml"), "yard.toml")
    return {str(one.values["field"]): str(one.values["expected"]) for one in caught.value.mistakes}


def test_a_need_is_its_english_text_and_remembers_what_it_is_made_of():
    need = Need("{low} to {high}", low=0.5, high=40000.0)
    assert need == "0.5 to 40000"
    assert (need.msgid, need.values) == ("{low} to {high}", {"low": 0.5, "high": 40000.0})


def test_names_with_a_joiner_are_texts_and_control_letters_are_not():
    assert read_table(Truck, {"name": "برف\u200cروب"}, "").name == "برف\u200cروب"
    bell = 'lon = 1\n[[truck]]\nname = "a\\u0007b"'
    assert wrong(bell) == {"truck[1].name": "a text of one line"}


def test_every_mistake_of_a_file_is_told_by_its_path_and_what_was_expected():
    text = """
        wait_min = true
        more = 1
        [liters]
        red = 2.5
        blue = 3
        [[truck]]
        name = ""
        color = "blue"
        [[truck]]
        name = 7
        assumed = 1
    """
    assert wrong(text) == {
        "yard.toml: lon": "-180 to 180",
        "truck[1].name": "a text of one line",
        "truck[1].color": "one of red, green",
        "truck[2].name": "a text of one line",
        "truck[2].assumed": "true or false",
        "yard.toml: wait_min": "1 to 60",
        "liters.red": "a whole number",
        "liters.blue": "only green, red",
        "yard.toml: more": "only liters, lon, truck, wait_min",
    }


def test_a_name_stands_once_even_where_something_else_is_wrong():
    text = 'lon = 1\n[[truck]]\nname = "A"\n[[truck]]\nname = "A"\ncolor = "blue"'
    assert wrong(text) == {
        "truck[2].color": "one of red, green",
        "truck[2].name": "every name once",
    }


def test_rules_between_values_come_after_the_values_and_can_be_said_in_any_language():
    with pytest.raises(InvalidFileError) as caught:
        read_table(Yard, {"lon": 100}, "yard.toml")
    (mistake,) = caught.value.mistakes
    assert str(mistake) == "yard.toml: lon: expected less than 90, got 100.0"
    need = mistake.values["expected"]
    assert isinstance(need, Need)
    assert (need.msgid, need.values) == ("less than {most}", {"most": 90.0})


def test_a_list_of_tables_is_no_table():
    assert wrong("lon = 1\n[truck]") == {"yard.toml: truck": "[[truck]] tables"}
    assert wrong("lon = 1\nliters = 3") == {"yard.toml: liters": "a table"}


def test_what_is_written_is_read_again_in_the_units_of_the_file():
    values = {"lon": 1.0, "wait_min": 7.0, "truck": [{"name": "A", "color": "green"}]}
    yard = read_table(Yard, values, "")
    assert yard.wait == timedelta(minutes=7)
    assert values_of(yard) == values


def test_a_text_that_is_nested_without_end_is_no_toml():
    with pytest.raises(InvalidError):
        read_toml("a = " + "[" * 100_000, "policy.toml")
