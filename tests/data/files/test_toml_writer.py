import tomllib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.files.toml_writer import head_of, written_toml
from data.policy.city_policy import DEFAULT_POLICY

COMMENTS = [line for line in DEFAULT_POLICY.splitlines() if line.startswith("#")]


def changed(change: Callable[[dict[str, Any]], object], text: str = DEFAULT_POLICY) -> str:
    """Return a file after a change of its values, and prove that it says them."""
    values = tomllib.loads(text)
    change(values)
    written = written_toml(values, text)
    assert tomllib.loads(written) == values
    return written


def test_what_is_the_same_stays_letter_by_letter():
    assert changed(lambda _: None) == DEFAULT_POLICY


def test_a_changed_number_keeps_the_comment_beside_it():
    text = changed(lambda values: values["passes"].update(blade_m=3.5))
    assert "blade_m = 3.5 # the blade that jobs are counted with" in text
    assert text == DEFAULT_POLICY.replace("blade_m = 3.0", "blade_m = 3.5")


def test_a_new_key_stands_in_its_table_and_not_below_the_comment_of_the_next():
    text = changed(lambda values: values["class"]["P4"].update(cycle_h=24.0))
    assert "weight = 1\ncycle_h = 24\n\n# Passes per direction" in text


@pytest.mark.parametrize(
    "change",
    [
        lambda values: values.pop("steep"),
        lambda values: values.pop("near"),
        lambda values: values["near"].pop(),
        lambda values: values["near"].pop(0),
        lambda values: values["near"].append({"places": ["park"], "within_m": 3.0}),
        lambda values: values["followup"].pop("done_h"),
        lambda values: values["followup"]["done_h"].pop("blocked"),
        lambda values: values["followup"]["done_h"].update(plow={"P1": 2}),
        lambda values: values["alerts"].pop("again_min"),
        lambda values: values.update(
            zone=[{"name": "بازار", "polygon": [[45.1, 37], [45.2, 37], [45.2, 38]]}],
            messages={"to_driver": [], "from_driver": [{"fa": "ب", "en": 'q"\\'}]},
        ),
    ],
)
def test_comments_outlive_what_stands_before_them(change: Callable[[dict[str, Any]], object]):
    text = changed(change)
    assert [line for line in text.splitlines() if line.startswith("#")] == COMMENTS


def test_what_a_person_wrote_in_one_line_stays_in_one():
    text = 'zone = [{ name = "a" }] # parts\npasses = { blade_m = 3 }\n\n[join]\nradius_m = 1\n'

    def change(values: dict[str, Any]) -> None:
        values["zone"].append({"name": "b"})
        values["passes"]["blade_m"] = 4.0

    assert changed(change, text).startswith(
        'zone = [{name = "a"}, {name = "b"}] # parts\npasses = {blade_m = 4}\n'
    )


def test_a_table_of_a_listed_one_stands_in_one_line():
    values = {"vehicle": [{"name": "A", "work_kmh": {"plow": 30.0, "salt": 12.5}}]}
    assert written_toml(values) == '[[vehicle]]\nname = "A"\nwork_kmh = {plow = 30, salt = 12.5}\n'


def test_the_comment_at_the_head_of_a_file_is_kept_for_a_new_one():
    assert head_of("\n# a\n# b\n\n[x]\n# c") == "# a\n# b\n\n"
    assert head_of("[x]\n# c") == ""
    assert written_toml({"x": {"y": 1.0}}, "# a\n\n") == "# a\n\n[x]\ny = 1\n"


names = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
scalars = st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | st.booleans() | names
tables = st.dictionaries(names, scalars | st.lists(scalars, max_size=3), max_size=3)
files = st.dictionaries(names, tables | st.lists(tables, min_size=1, max_size=3), max_size=4)


@given(files, files)
def test_any_values_can_be_written_over_any_file(before, after):
    text = written_toml(before)
    assert tomllib.loads(text) == before
    assert tomllib.loads(written_toml(after, text)) == after
