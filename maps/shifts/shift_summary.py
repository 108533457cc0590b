"""The end of a shift on its driver's phone: what it came to, and what is left and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from data.model import ByLanguage, LegKind
from fleet.logbook.shift_summary import ShiftSummary
from maps.guidance.driver_runs import DriverRun
from maps.routes.route_steps import StageState


@dataclass(frozen=True, slots=True)
class LeftStageView:
    """A stage that was set aside, and the driver's reason."""

    street: ByLanguage
    reason: str


@dataclass(frozen=True, slots=True)
class ShiftSummaryView:
    """What a shift came to until a time; stages are those of work, material is by its name."""

    until: datetime
    plowed_m: float
    moved_m: float
    service_s: float
    break_s: float
    material_kg: Mapping[str, float]
    done: int
    ahead: int
    aside: tuple[LeftStageView, ...]
    reports: int


def summary_view(found: ShiftSummary, stages: Iterable[DriverRun]) -> ShiftSummaryView:
    """Return the summary of a shift, with the stages of its present route."""
    work = [stage for stage in stages if stage.kind == LegKind.WORK]
    return ShiftSummaryView(
        until=found.until,
        plowed_m=found.sums.work_m,
        moved_m=found.sums.moved_m,
        service_s=found.duty.service_s,
        break_s=found.duty.break_s,
        material_kg=found.material_kg,
        done=sum(stage.state is StageState.DONE for stage in work),
        ahead=sum(stage.state is StageState.OPEN for stage in work),
        aside=tuple(
            LeftStageView(stage.street or {}, stage.reason)
            for stage in work
            if stage.state is StageState.SKIPPED
        ),
        reports=found.reports,
    )
