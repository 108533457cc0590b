"""Lessons for each role: steps in every language, done by following the product itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated

from data.errors import Need
from data.files.toml_reader import FieldMistake, TomlTable, read_table, read_toml, table_list
from data.files.toml_values import IF_ANY, Text, Texts, one_of
from data.model import Role
from data.training.scenario_tables import Words

TAUGHT = (
    Role.OPERATOR,
    Role.DISPATCHER,
    Role.SUPERVISOR,
    Role.DRIVER,
    Role.COUNCIL,
    Role.CREW,
)
"""Roles that a lesson ships for, in the order of the page."""


@dataclass(frozen=True, slots=True)
class LessonStep(TomlTable):
    """A `[[step]]` table: what to do, on which page, and what proves that it was done.

    One line of the audit log with any of the `verbs` does. What is only looked at leaves none:
    there `looks` is the page that its reader's browser has shown, with what the page says was done
    on it after a "#", as "/replay#moved".
    """

    key: Text
    link: Text
    words: Words
    verbs: Annotated[Texts, IF_ANY] = ()
    looks: Annotated[str, IF_ANY] = ""

    def mistakes(self) -> Iterator[FieldMistake]:
        """Yield a link that leads out of the product."""
        if not self.link.startswith("/") or self.link.startswith("//"):
            yield FieldMistake(("link",), self.link, Need("a path that begins with /"))
        if bool(self.verbs) == bool(self.looks):
            yield FieldMistake(("looks",), self.looks, Need("either verbs or looks"))


@dataclass(frozen=True, slots=True)
class Lesson(TomlTable):
    """The root table: whose lesson it is, what it is about, and its steps in order."""

    role: Annotated[Role, one_of(tuple(Role))]
    title: Words
    brief: Words
    step: Annotated[tuple[LessonStep, ...], table_list("step")]

    def mistakes(self) -> Iterator[FieldMistake]:
        """Yield the steps whose key another step before them has."""
        known: set[str] = set()
        for number, step in enumerate(self.step):
            if step.key in known:
                yield FieldMistake(("step", number, "key"), step.key, Need("every name once"))
            known.add(step.key)


def lesson_from_toml(text: str, file: str) -> Lesson:
    """Return the lesson of a file; raise `InvalidFileError` with every mistake."""
    return read_table(Lesson, read_toml(text, file), file)


@cache
def lesson_of(role: Role) -> Lesson:
    """Return the lesson that ships for a role; raise `KeyError` for one that has none."""
    if role not in TAUGHT:
        raise KeyError(role)
    file = f"{role}.toml"
    text = files("data.samples").joinpath("lessons", file).read_text(encoding="utf-8")
    return lesson_from_toml(text, file)
