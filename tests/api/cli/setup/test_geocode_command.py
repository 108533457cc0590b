"""`barfrub geocode` in the village."""

import json

import pytest
from typer.testing import CliRunner

from api.cli.main import commands
from tests import village as v

pytestmark = pytest.mark.usefixtures("only_city")


def asked(*words: str, typed: str = "") -> list[dict[str, object]]:
    result = CliRunner().invoke(commands, ["geocode", *words], input=typed)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.output.splitlines()]


def test_a_query_is_answered_by_one_line_best_first() -> None:
    (answer,) = asked("سلام، خیابان مدرسه رو برف گرفته")
    assert answer["query"] == "سلام، خیابان مدرسه رو برف گرفته"
    best = answer["candidates"][0]
    assert best["segment_id"] == v.SCHOOL
    assert best["name"] == "خیابان مدرسه"
    assert best["kind"] == "street"
    assert best["side"] in ("left", "right")
    assert best["confident"] is True
    assert 0.8 <= best["confidence"] <= 1.0
    assert {"lon", "lat"} <= set(best)


def test_words_need_no_quotes() -> None:
    (answer,) = asked("Mill", "Street")
    assert answer["query"] == "Mill Street"


def test_without_words_each_line_is_a_query_and_an_empty_one_finds_nothing() -> None:
    answers = asked(typed="Orchard Street\n\nخیابان نیست\n")
    assert [answer["query"] for answer in answers] == ["Orchard Street", "", "خیابان نیست"]
    assert answers[0]["candidates"][0]["segment_id"] == v.ORCHARD
    assert answers[1]["candidates"] == []
    assert not any(each["confident"] for each in answers[2]["candidates"])
