"""Figures, proofs and scope of a plan in the reader's language."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil
from zoneinfo import ZoneInfo

from data.model import Plan, PlanId, PlanProof, ServiceClass, VehicleId
from data.streets.network import StreetNetwork
from fleet.planning.plan_comparison import PlanMeasures
from fleet.planning.plan_summary import ClassOutcome
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


SHOWN_PROOFS = 100
"""Statements behind the one that stands for them; the others are counted."""


@dataclass(frozen=True, slots=True)
class InfeasibilityView:
    """A proof of infeasibility: the facts of a `PlanProof`, and a sentence.

    It may stand for several proofs of the same classes and argument, which `behind` tells.
    """

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
    behind: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClassFinishView:
    """When a plan finishes a class, and the share of it that is done in time; `late` if not all.

    `finish_at` is `None` where the plan leaves some of it undone that machines could do.
    """

    service_class: ServiceClass
    name: str
    finish_at: datetime | None
    finish: str
    in_time: str
    late: bool


@dataclass(frozen=True, slots=True)
class PlanWords:
    """Texts about a plan, beside its sums.

    `good_until` is until when it can be published, `None` unless it is a draft. `jobs` counts the
    streets that it does, `left` those that it leaves undone. `gap` is by how much of the best
    possible cost it may be above it, `None` where nothing is proved; `scope` is empty where the
    plan is for everything; `left_undone` has what it leaves undone by class and reason.
    """

    plan_id: PlanId
    good_until: datetime | None
    classes: tuple[ClassFinishView, ...]
    jobs: int
    left: int
    deadhead: str
    gap: float | None
    gap_words: str
    scope: str
    proofs: tuple[InfeasibilityView, ...]
    left_undone: tuple[LeftUndoneView, ...]


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """What texts about a plan need to know: names of machines it is limited to, and figures.

    `shifts_until` is when the last shift of its machines ends.
    """

    plan: Plan
    vehicles: Sequence[str]
    measures: PlanMeasures
    left: Sequence[LeftUndone]
    good_until: datetime | None
    shifts_until: datetime | None


def plan_words(of: PlanFacts, network: StreetNetwork, t: Translator) -> PlanWords:
    """Return the texts about a plan."""
    plan, measures = of.plan, of.measures
    gap = gap_of(plan.cost.total, plan.bound)
    order = t.classes_in_order(measures.classes.keys())
    left = {each.job_id for each in plan.unserved}
    until = None if of.shifts_until is None else moment_words(of.shifts_until, plan.made_at, t)
    return PlanWords(
        plan_id=plan.id,
        good_until=of.good_until,
        classes=tuple(_finish_view(one, measures.classes[one], plan.made_at, t) for one in order),
        jobs=measures.jobs - len(left),
        left=len(left),
        deadhead=share_words(measures.deadhead_share, t),
        gap=gap,
        gap_words=gap_words(gap, t),
        scope=scope_words(plan, of.vehicles, t),
        proofs=_proof_views(plan, network, t),
        left_undone=tuple(left_undone_view(group, network, t, until) for group in of.left),
    )


def share_words(share: float, t: Translator) -> str:
    """Return a share in percent, rounded down."""
    return t("{value} %", value=int(1000 * share + _NEARLY) / 10)


def _finish_view(
    service_class: ServiceClass, outcome: ClassOutcome, made_at: datetime, t: Translator
) -> ClassFinishView:
    at = outcome.finish_at
    return ClassFinishView(
        service_class=service_class,
        name=t.named("short", service_class),
        finish_at=at,
        finish=t("not completely") if at is None else moment_words(at, made_at, t),
        in_time=share_words(outcome.in_time_share, t),
        late=at is None or outcome.in_time_share < 1.0,
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
    if proof.due_at is not None and proof.due_at <= made_at:
        most = t("It was due before this plan was made.")
    elif percent == 0.0:
        most = t("None of it can be done by then.")
    else:
        most = t("At most {percent} % of its length can be done by then.", percent=percent)
    return f"{words} {most}"


def _proof_views(
    plan: Plan, network: StreetNetwork, t: Translator
) -> tuple[InfeasibilityView, ...]:
    """Return the proofs of a plan, those of the same classes and argument as one."""
    alike: dict[tuple[tuple[ServiceClass, ...], str], list[PlanProof]] = defaultdict(list)
    for proof in plan.proofs:
        alike[proof.classes, proof.argument].append(proof)
    return tuple(_proof_view(proofs, plan.made_at, network, t) for proofs in alike.values())


def _joined(proofs: Sequence[PlanProof]) -> PlanProof:
    """Return the proof that stands for several of the same classes and argument.

    About whole classes it is the one about most passes, which says what the others say of less
    work; about single passes it is of all of them.
    """
    first = max(proofs, key=lambda proof: proof.passes)
    if len(proofs) == 1 or first.argument in OF_CLASSES:
        return first
    due = [proof.due_at for proof in proofs if proof.due_at is not None]
    earliest = [proof.earliest_at for proof in proofs if proof.earliest_at is not None]
    return replace(
        first,
        passes=sum(proof.passes for proof in proofs),
        due_at=min(due, default=None),
        earliest_at=max(earliest, default=None),
    )


def _proof_view(
    proofs: Sequence[PlanProof], made_at: datetime, network: StreetNetwork, t: Translator
) -> InfeasibilityView:
    proof = _joined(proofs)
    sentences = [proof_words(one, made_at, network, t) for one in proofs[:SHOWN_PROOFS]]
    more = len(proofs) - SHOWN_PROOFS
    if more > 0:
        sentences.append(t.plural("{count} more such statements", more))
    if len(proofs) > 1 and proof.argument not in OF_CLASSES:
        words = _passes_words(proof, made_at, t)
    else:
        words = proof_words(proof, made_at, network, t)
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
        words=words,
        behind=tuple(sentences) if len(proofs) > 1 else (),
    )


def _passes_words(proof: PlanProof, made_at: datetime, t: Translator) -> str:
    """Return the sentence of a proof about passes with several deadlines."""
    earliest = proof.earliest_at
    return t.plural(
        f"proofs:{proof.argument}",
        proof.passes,
        classes=_classes(proof.classes, t),
        earliest="" if earliest is None else moment_words(earliest, made_at, t),
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
