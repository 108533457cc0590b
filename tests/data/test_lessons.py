from importlib.resources import files

import pytest

from data.files.toml_reader import InvalidFileError, values_of
from data.files.toml_writer import written_toml
from data.languages import languages
from data.training.lessons import TAUGHT, lesson_from_toml, lesson_of
from maps.pages.i18n import translator

WORDS = '{ en = "One", fa = "یک", az = "Bir" }'


@pytest.mark.parametrize("role", TAUGHT)
def test_what_ships_speaks_all_languages_and_is_proved_by_lines_that_the_log_has(role):
    lesson, t = lesson_of(role), translator("en")
    assert lesson.role is role
    for language in languages():
        assert lesson.title[language]
        assert lesson.brief[language]
        assert all(step.words[language] for step in lesson.step)
    assert "/map" not in [step.link for step in lesson.step]  # a sandbox shows nothing to everybody
    known = t.texts()
    assert [v for step in lesson.step for v in step.verbs if f"line:{v}" not in known] == []
    assert lesson_from_toml(written_toml(values_of(lesson)), "again.toml") == lesson


def test_every_file_of_a_lesson_is_of_a_role_that_is_taught():
    shipped = {one.name for one in files("data.samples").joinpath("lessons").iterdir()}
    assert shipped == {f"{role}.toml" for role in TAUGHT}


def test_every_mistake_is_told_with_its_field():
    step = f'[[step]]\nkey = "one"\nlink = "//elsewhere.org"\nlooks = "/"\nwords = {WORDS}\n'
    with pytest.raises(InvalidFileError) as refused:
        lesson_from_toml(f'role = "pilot"\ntitle = {WORDS}\nbrief = {WORDS}\n{step}', "mine.toml")
    told = " · ".join(map(str, refused.value.mistakes))
    assert "role" in told
    assert "step[1].link" in told
    twice = step.replace("//elsewhere.org", "/") * 2
    head = f'role = "crew"\ntitle = {WORDS}\nbrief = {WORDS}\n'
    with pytest.raises(InvalidFileError, match=r"step\[2\]\.key"):
        lesson_from_toml(head + twice, "mine.toml")
    unproved = step.replace("//elsewhere.org", "/").replace('looks = "/"\n', "")
    with pytest.raises(InvalidFileError, match=r"step\[1\]\.looks"):
        lesson_from_toml(head + unproved, "mine.toml")
