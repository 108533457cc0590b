"""Proofs and scope of a plan in the reader's language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from zoneinfo import ZoneInfo

from data.model import Plan, PlanId, PlanProof, ServiceClass, VehicleId
from data.streets.network import StreetNetwork
from fleet.work.left_undone import LeftUndone
from maps.logbook.vehicle_words import listed
from maps.pages.i18n import Translator
from maps.planning.left_words import LeftUndoneView, left_undone_view
from maps.streets.street import called, street_name

PROVED = 1e-6
"""Relative difference between cost and bound that proves a plan to be the best."""
OF_CLASSES = ("work", "distance", "material")
"""Arguments about whole classes, which count machines; the others are of passes and count them."""
_HOUR_S = 3600.0
_NEARLY = 1e-9
"""Rounding up leaves a number that is whole but for the last digits as it is."""


@dataclass(frozen=True, slots=True)
class InfeasibilityView:
    """A proof of infeasibility: the facts of a `PlanProof`, and a sentence."""

    classes: tuple[str, ...]
    argument: str
    due_at: datetime | None
    earliest_at: datetime | None
    passes: int
    vehicles: int
    work_h: float
    free_h: float
    most_share: float
    segment_ids: tuple[int, ...]
    words: str


@dataclass(frozen=True, slots=True)
class PlanWords:
    """Texts about a plan, beside its sums.

    `gap` is by how much of the best possible cost it may be above it, `None` where nothing is
    proved; `scope` is empty where the plan is for everything; `left_undone` has what it leaves
    undone by class and reason.
    """

    plan_id: PlanId
    gap: float | None
    gap_words: str
    scope: str
    proofs: tuple[InfeasibilityView, ...]
    left_undone: tuple[LeftUndoneView, ...]


def plan_words(
    plan: Plan,
    vehicles: Sequence[str],
    left: Sequence[LeftUndone],
    network: StreetNetwork,
    t: Translator,
) -> PlanWords:
    """Return the texts about a plan; `vehicles` are the names of those it is limited to."""
    gap = gap_of(plan.cost.total, plan.bound)
    return PlanWords(
        plan.id,
        gap,
        gap_words(gap, t),
        scope_words(plan, vehicles, t),
        tuple(_proof_view(proof, plan.made_at, network, t) for proof in plan.proofs),
        tuple(left_undone_view(group, network, t) for group in left),
    )


def gap_of(cost: float, bound: float) -> float | None:
    """Return the gap of a cost above its bound, as a share of the bound; `None` without a bound."""
    if bound <= 0.0:
        return 0.0 if cost <= 0.0 else None
    return max(cost / bound - 1.0, 0.0)


def gap_words(gap: float | None, t: Translator) -> str:
    """Return the optimality gap in words, rounded up."""
    if gap is None:
        return t("Distance from the optimum is not known.")
    if gap <= PROVED:
        return t("No plan can be better: this is proved.")
    if gap < 1.0:
        return t("Within {percent} % of optimum.", percent=_up(100.0 * gap))
    return t("At most {times} times the optimum.", times=_up(10 * gap + 10) / 10)


def scope_words(plan: Plan, vehicles: Sequence[str], t: Translator) -> str:
    """Return the scope of a plan for a part, and the number of open jobs out of it."""
    options = plan.options
    parts = []
    if options.classes:
        parts.append(t("Classes: {names}", names=_classes(options.classes, t)))
    if options.districts:
        parts.append(t("Districts: {names}", names=listed(options.districts, t)))
    if options.vehicles:
        parts.append(t("Machines: {names}", names=listed(vehicles, t)))
        parts.append(t("The other machines keep their routes."))
    if not parts:
        return ""
    if plan.parent_id is not None:
        parts.append(t("What trucks had ahead is in it."))
    if plan.aside:
        count = sum(plan.aside.values())
        parts.append(t.plural("{count} other open jobs are not part of it.", count))
    return " ".join(part if part.endswith(".") else f"{part}." for part in parts)


def proof_words(proof: PlanProof, made_at: datetime, network: StreetNetwork, t: Translator) -> str:
    """Return the sentence of a proof; days are named only where they differ from the plan's."""

    def moment(at: datetime | None) -> str:
        return "" if at is None else moment_words(at, made_at, t)

    street = next((network.find(each) for each in proof.segment_ids), None)
    of_classes = proof.argument in OF_CLASSES
    never = of_classes and proof.earliest_at is None
    words = t.plural(
        f"proof:{proof.argument}{'_never' if never else ''}",
        proof.vehicles if of_classes else proof.passes,
        classes=_classes(proof.classes, t),
        passes=proof.passes,
        due=moment(proof.due_at),
        earliest=moment(proof.earliest_at),
        work=_up(10 * proof.work_s / _HOUR_S) / 10,
        free=int(10 * proof.free_s / _HOUR_S + _NEARLY) / 10,
        street="" if street is None else called(street_name(street), t),
    )
    percent = _up(1000.0 * proof.most_share) / 10
    if not of_classes or percent >= 100.0:
        return words
    most = t("At most {percent} % of its length can be done by then.", percent=percent)
    return f"{words} {most}"


def _proof_view(
    proof: PlanProof, made_at: datetime, network: StreetNetwork, t: Translator
) -> InfeasibilityView:
    return InfeasibilityView(
        classes=tuple(proof.classes),
        argument=proof.argument,
        due_at=proof.due_at,
        earliest_at=proof.earliest_at,
        passes=proof.passes,
        vehicles=proof.vehicles,
        work_h=proof.work_s / _HOUR_S,
        free_h=proof.free_s / _HOUR_S,
        most_share=proof.most_share,
        segment_ids=tuple(proof.segment_ids),
        words=proof_words(proof, made_at, network, t),
    )


def moment_words(at: datetime, made_at: datetime, t: Translator) -> str:
    """Return a clock time, with its day where it differs from that of `made_at`."""
    zone = ZoneInfo(t.timezone)
    same_day = at.astimezone(zone).date() == made_at.astimezone(zone).date()
    return t.time(at) if same_day else t.day_time(at)


def _classes(classes: Sequence[ServiceClass], t: Translator) -> str:
    return listed([t.named("short", each) for each in t.classes_in_order(classes)], t)


def _up(value: float) -> int:
    return ceil(value - _NEARLY)


def chosen_names(plan: Plan, names: dict[VehicleId, str]) -> list[str]:
    """Return the names of the machines in a plan's scope."""
    return [names.get(vehicle, str(vehicle)) for vehicle in plan.options.vehicles]
