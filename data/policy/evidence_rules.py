"""Which evidence proves what: a section of `policy.toml`, each part with a default."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from data.files.toml_reader import TomlTable
from data.files.toml_writer import toml_number
from data.model import Evidence, EvidenceKind


class Grade(StrEnum):
    """What a kind of evidence is good for."""

    CLOSES = "closes"
    SHOWS = "shows"
    NOTHING = "nothing"


USUAL_GRADES: Mapping[EvidenceKind, Grade] = {
    EvidenceKind.BLADE: Grade.CLOSES,
    EvidenceKind.SPREADER: Grade.CLOSES,
    EvidenceKind.DRIVER: Grade.CLOSES,
    EvidenceKind.INSPECTION: Grade.CLOSES,
    EvidenceKind.SPEED: Grade.SHOWS,
}
"""Where a city says nothing: sensors and people close jobs, a speed pattern alone does not."""


@dataclass(frozen=True, slots=True)
class EvidenceRules:
    """What each kind is good for, and how sure (0-1) it must be to close anything.

    What closes counts as a pass. What only shows, or is less sure, colors a street as in progress.
    What is good for nothing leaves it as driven through.
    """

    grades: Mapping[EvidenceKind, Grade] = field(default_factory=lambda: dict(USUAL_GRADES))
    least_confidence: float = 0.3

    def grade_of(self, evidence: Evidence) -> Grade:
        """Return what this evidence is good for."""
        grade = self.grades[evidence.kind]
        if grade is Grade.CLOSES and evidence.confidence < self.least_confidence:
            return Grade.SHOWS
        return grade


def evidence_rules_of(root: TomlTable) -> EvidenceRules:
    """Return the rules of a `policy.toml`; raise `InvalidError` naming field, value and need."""
    usual = EvidenceRules()
    if "evidence" not in root:
        return usual
    table = root.table("evidence")
    words = [grade.value for grade in Grade]
    rules = EvidenceRules(
        {kind: Grade(table.choice(kind, words, usual.grades[kind])) for kind in EvidenceKind},
        table.number("least_confidence", 0, 1, usual.least_confidence),
    )
    table.done()
    return rules


def evidence_rules_toml(rules: EvidenceRules) -> Iterator[str]:
    """Yield the lines of a `policy.toml` that say these rules."""
    yield "[evidence]"
    for kind, grade in rules.grades.items():
        yield f'{kind} = "{grade}"'
    yield f"least_confidence = {toml_number(rules.least_confidence)}"
    yield ""
