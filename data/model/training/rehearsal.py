"""A rehearsal: which scenario a sandbox plays, and the moments it may be set back to."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

TrainingMarkId = NewType("TrainingMarkId", int)


@dataclass(frozen=True, slots=True)
class Training:
    """What a sandbox rehearses; the database of a real city has none.

    `scenario` is the text of the scenario's TOML file, `scenario_name` what people call it: the
    name of one that ships, or of somebody's file. `city` is the name of the folder that was copied,
    `began_at` the moment by the sandbox' own clock at which the scenario's first hour begins.
    """

    city: str
    scenario_name: str
    scenario: str
    seed: int
    began_at: datetime
    started_by: str


class MarkKind(StrEnum):
    """Who set a mark: an instructor, or the sandbox itself every so often."""

    OWN = "own"
    AUTO = "auto"


@dataclass(frozen=True, slots=True)
class TrainingMark:
    """A moment of the rehearsal whose database was kept, so that it can be set back to it.

    `file` is the name of the copy in the sandbox' folder of marks.
    """

    id: TrainingMarkId
    at: datetime
    label: str
    kind: MarkKind
    made_by: str
    file: str
