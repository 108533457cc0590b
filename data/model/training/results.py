"""What somebody reached in a training, kept in the city that was rehearsed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from data.model.people import Role


@dataclass(frozen=True, slots=True)
class TrainingResult:
    """The points of a person in a role of one training; `None` where nothing was measured.

    `began_at` is the moment by the training's own clock at which its storm began: with person and
    role it tells trainings apart. `measures` are values by the name of their rule, and `kept_at` is
    real time.
    """

    login: str
    role: Role
    scenario_name: str
    began_at: datetime
    hours: float
    points: float | None
    measures: Mapping[str, float]
    kept_at: datetime
