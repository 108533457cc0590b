"""Our TOML files as dataclasses: read strictly by pydantic, every mistake by its path."""

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, fields
from functools import partial
from typing import Any, NamedTuple, get_type_hints

from pydantic import GetCoreSchemaHandler, ValidationError, WrapValidator
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError
from pydantic_core.core_schema import ValidatorFunctionWrapHandler, no_info_wrap_validator_function

from data.errors import InvalidError, Need
from data.files.type_adapters import adapter

_LISTED = re.compile(r"\s*\[\[\s*([\w.-]+)\s*\]\]")
_TABLE = re.compile(r"\s*\[\s*([\w.-]+)\s*\]")
_KEY = re.compile(r"\s*([\w-]+)\s*=")


class FieldMistake(NamedTuple):
    """A value that breaks a rule, by the keys and indexes that lead to it."""

    path: tuple[str | int, ...]
    got: object
    expected: str


type Rules = Callable[[Any], Iterable[FieldMistake]]
"""What breaks the rules between the values of a table, each of which is valid."""

type Names = Callable[[Mapping[str, object]], Iterable[str]]
"""What a table names, as it stands in the file and whatever else is wrong in it."""


class InvalidFileError(InvalidError):
    """A file with mistakes, at least one; its own text is that of the first."""

    def __init__(self, file: str, found: Sequence[FieldMistake]) -> None:
        self.found = tuple(found)
        self.mistakes = [
            InvalidError(_field(file, each.path), each.got, each.expected) for each in found
        ]
        first = found[0]
        super().__init__(_field(file, first.path), first.got, first.expected)


class TomlTable:
    """Base of the dataclasses that are tables of a file; keys are names of fields, or aliases.

    A missing key without a default, and a key that is no field, are mistakes.
    """

    __slots__ = ()

    def mistakes(self) -> Iterable[FieldMistake]:
        """Return what breaks the rules between the values of this table, each of which is valid."""
        return ()

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Return the schema of the dataclass within the check of its keys."""
        hints = get_type_hints(cls, include_extras=True)
        required = {
            FieldInfo.from_annotation(hints[each.name]).alias or each.name: (
                each.default is MISSING and each.default_factory is MISSING
            )
            for each in fields(cls)  # type: ignore[arg-type]  # every subclass is a dataclass
        }
        checked = partial(_whole_table, required, cls.mistakes)
        return no_info_wrap_validator_function(checked, handler(source))


def keys(allowed: Collection[str]) -> WrapValidator:
    """Mark a mapping as a table with these keys only."""
    known = {str(key): False for key in allowed}
    return WrapValidator(partial(_whole_table, known, _no_rules))


def table_list(key: str, names: Names = lambda _: ()) -> WrapValidator:
    """Mark a sequence of tables as `[[key]]`; each of the names that they have stands once."""

    def read(values: object, handler: ValidatorFunctionWrapHandler) -> object:
        if not isinstance(values, list) or not all(isinstance(each, dict) for each in values):
            raise needed("[[{key}]] tables", key=key)
        return _validated(values, handler, _no_rules, repeated_names(values, names))

    return WrapValidator(read)


def own_name(table: Mapping[str, object]) -> list[str]:
    """Return the name of a table that stands for one thing."""
    name = table.get("name")
    return [name.strip()] if isinstance(name, str) else []


def repeated_names(tables: Iterable[Mapping[str, object]], names: Names) -> Iterator[FieldMistake]:
    """Return the tables with a name that a table before them has, or they themselves."""
    known: set[str] = set()
    for index, table in enumerate(tables):
        for name in names(table):
            if name in known:
                yield FieldMistake((index, "name"), name, "every name once")
                break
            known.add(name)


def read_toml(text: str | bytes, file: str) -> dict[str, object]:
    """Return the values of a file; raise `InvalidError` with the line where it is no TOML."""
    try:
        return tomllib.loads(text if isinstance(text, str) else text.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:  # also for a number of thousands of digits
        raise InvalidError(file, str(error), "TOML") from error


def read_table[T: TomlTable](kind: type[T], values: object, file: str) -> T:
    """Return the root table of a file; raise `InvalidFileError` with everything wrong in it."""
    try:
        return validated(kind, values)
    except ValidationError as error:
        raise InvalidFileError(file, _mistakes_in(error)) from error


def validated[T: TomlTable](kind: type[T], values: object) -> T:
    """Return a table; raise pydantic's error, so that a validator above knows the path."""
    table: T = adapter(kind).validate_python(values)
    return table


def values_of(table: TomlTable) -> dict[str, object]:
    """Return a table as the values that are read to it; what is not said is left out."""
    values: dict[str, object] = adapter(type(table)).dump_python(
        table, mode="json", by_alias=True, exclude_none=True
    )
    return values


def needed(msgid: str, **values: object) -> PydanticCustomError:
    """Return the error of a value that is not what is needed, as `Need` says it."""
    return _error(Need(msgid, **values))


def _error(need: str) -> PydanticCustomError:
    return PydanticCustomError("need", "{need}", {"need": need})


def line_finder(text: str) -> Callable[[str], int]:
    """Return what says in which line a field of a message stands, or its table; 0 for neither."""
    lines = _lines(text)

    def line_of(field: str) -> int:
        place = field.partition(".toml: ")[2] or field
        while place and place not in lines:
            place = place.rpartition(".")[0]
        return lines.get(place, 0)

    return line_of


def _whole_table(
    required: Mapping[str, bool],
    rules: Rules,
    values: object,
    handler: ValidatorFunctionWrapHandler,
) -> object:
    """Return a validated table; a missing value is `None`, so that its own need is told."""
    if not isinstance(values, Mapping):
        raise needed("a table")
    known = {key: values[key] for key in required if key in values}
    missing = {key: None for key, must in required.items() if must and key not in values}
    need = Need("only {known}", known=", ".join(sorted(required)))
    unknown = [FieldMistake((key,), values[key], need) for key in values if key not in required]
    return _validated(known | missing, handler, rules, unknown)


def whole_mapping(
    values: object,
    handler: ValidatorFunctionWrapHandler,
    rules: Rules,
    wrong_keys: Callable[[list[str]], Iterable[FieldMistake]],
) -> object:
    """Return a validated table whose keys the file chooses, within what `wrong_keys` lets pass."""
    if not isinstance(values, Mapping):
        raise needed("a table")
    return _validated(values, handler, rules, wrong_keys(list(values)))


def _validated(
    values: object,
    handler: ValidatorFunctionWrapHandler,
    rules: Rules,
    others: Iterable[FieldMistake],
) -> object:
    """Return valid values; raise everything that pydantic, the rules and others find wrong."""
    value = None
    try:
        value = handler(values)
        found = [*rules(value), *others]
    except ValidationError as error:
        found = [*_mistakes_in(error), *others]
    if found:
        details = [
            InitErrorDetails(type=_error(each.expected), loc=each.path, input=each.got)
            for each in found
        ]
        raise ValidationError.from_exception_data("table", details)
    return value


def _no_rules(_: object) -> tuple[FieldMistake, ...]:
    return ()


def _mistakes_in(error: ValidationError) -> list[FieldMistake]:
    return [
        FieldMistake(each["loc"], each["input"], each.get("ctx", {}).get("need", each["msg"]))
        for each in error.errors(include_url=False)
    ]


def _field(file: str, path: Sequence[str | int]) -> str:
    """Return a path as messages name it, like `zone[1].name`; tables of a list count from 1."""
    if not path:
        return file
    names = "".join(f"[{key + 1}]" if isinstance(key, int) else f".{key}" for key in path)
    return names[1:] if len(path) > 1 else f"{file}: {path[0]}"


def _lines(text: str) -> dict[str, int]:
    lines: dict[str, int] = {}
    counts: Counter[str] = Counter()
    path = ""
    for number, line in enumerate(text.splitlines(), 1):
        if listed := _LISTED.match(line):
            counts[listed[1]] += 1
            path = f"{listed[1]}[{counts[listed[1]]}]"
            lines[path] = number
        elif table := _TABLE.match(line):
            path = table[1]
            lines[path] = number
        elif key := _KEY.match(line):
            lines[f"{path}.{key[1]}" if path else key[1]] = number
    return lines
