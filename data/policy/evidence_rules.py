"""Evidence grades: a section of `policy.toml`, each part with a default."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from data.files.toml_reader import TomlTable
from data.files.toml_values import Number, one_of
from data.model import Evidence


class Grade(StrEnum):
    """What a kind of evidence may do: close a job, show only, or nothing."""

    CLOSES = "closes"
    SHOWS = "shows"
    NOTHING = "nothing"


_Grade = Annotated[Grade, one_of(Grade)]


@dataclass(frozen=True, slots=True)
class EvidenceRules(TomlTable):
    """Grades of evidence, and the confidence (0-1) that it needs to close a job.

    What closes counts as a pass. What only shows, or is less sure, colors a street as in progress.
    What is good for nothing leaves it as driven through. Where a city says nothing, sensors and
    people close jobs, and a speed pattern alone does not.
    """

    blade: _Grade = Grade.CLOSES
    spreader: _Grade = Grade.CLOSES
    driver: _Grade = Grade.CLOSES
    inspection: _Grade = Grade.CLOSES
    speed: _Grade = Grade.SHOWS
    least_confidence: Annotated[float, Number(0, 1)] = 0.3

    def grade_of(self, evidence: Evidence) -> Grade:
        """Return the grade of this evidence."""
        grade: Grade = getattr(self, evidence.kind)
        if grade is Grade.CLOSES and evidence.confidence < self.least_confidence:
            return Grade.SHOWS
        return grade
