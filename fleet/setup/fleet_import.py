"""Preview of a file with machines: mistakes and changes, before it is put in force."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from data.errors import InvalidError
from data.files.csv_sheet import Mistake
from data.files.toml_reader import InvalidFileError, line_finder
from data.setup.fleet_csv import machines_from_csv
from data.setup.fleet_file import FleetFile, fleet_from_toml
from data.store.database.engine import Tx
from data.store.setup.machines import get_fleet
from fleet.setup.machine_register import text_of

FIRST_MISTAKES = 200
"""More than anybody reads; a file of another kind has one in every cell."""

_AT_LINE = re.compile(r"at line (\d+)")


@dataclass(frozen=True, slots=True)
class Proposal:
    """Result of reading a file; `text` is the `fleet.toml` that it means, without mistakes."""

    fleet: FleetFile
    text: str
    mistakes: tuple[Mistake, ...]


def propose(tx: Tx, name: str, content: bytes) -> Proposal:
    """Return what a `fleet.toml` or a spreadsheet of machines means, by the end of its name.

    A spreadsheet knows machines only: depots and places to load salt stay as they are.
    """
    if name.lower().endswith(".toml"):
        return _from_toml(name, content)
    present = get_fleet(tx)
    machines, mistakes = machines_from_csv(content, present.depots)
    fleet = replace(present, vehicles=machines)
    text = "" if mistakes else text_of(tx, fleet)
    return Proposal(fleet, text, tuple(mistakes[:FIRST_MISTAKES]))


def toml_mistakes(text: str, read: Callable[[str], object]) -> list[Mistake]:
    """Return everything that a reader of our files finds wrong, with lines as far as known."""
    try:
        read(text)
    except InvalidFileError as error:
        line_of = line_finder(text)
        mistakes = [_mistake(line_of, each) for each in error.mistakes]
        return sorted(mistakes, key=lambda mistake: mistake.line)[:FIRST_MISTAKES]
    except InvalidError as error:
        at = _AT_LINE.search(str(error))
        return [Mistake(int(at[1]) if at else 0, "", str(error.values["got"]), "TOML")]
    return []


def text_in(content: bytes, name: str = "file") -> str:
    """Return the text of one of our files; raise `InvalidError` where it is not UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidError(name, str(error), "a text in UTF-8") from error


def _from_toml(name: str, content: bytes) -> Proposal:
    text = text_in(content, name)
    mistakes = toml_mistakes(text, fleet_from_toml)
    fleet = FleetFile((), (), ()) if mistakes else fleet_from_toml(text)
    return Proposal(fleet, text, tuple(mistakes))


def _mistake(line_of: Callable[[str], int], error: InvalidError) -> Mistake:
    field, got, expected = (error.values[key] for key in ("field", "got", "expected"))
    shown = "" if got is None else str(got)
    need = expected if isinstance(expected, str) else str(expected)
    return Mistake(line_of(str(field)), str(field), shown, need)
