"""Drafts edited by hand: broken rules and costs of a change, and standing orders, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from data.model import (
    AssignmentCost,
    Broken,
    DraftTotals,
    Edited,
    EditedDraftHead,
    EditState,
    EditWish,
    OrderKind,
    PlanEdit,
    PlanState,
    SegmentId,
    StandingOrder,
    VehicleId,
)
from maps.pages.change_words import time_change, way_change
from maps.pages.i18n import Translator
from maps.replanning import DelayView, Streets

type Vehicles = Mapping[VehicleId, str]

HARD_RULES = (
    "shift_end",
    "hopper",
    "too_narrow",
    "no_gear",
    "forbidden",
    "locked",
    "closed",
    "unreachable",
    "no_work",
    "unchanged",
    "no_taker",
    "not_on_route",
    "off_duty",
    "referee",
)
"""What a change may break so that it cannot be made; the catalogs' `broken:RULE`."""


@dataclass(frozen=True, slots=True)
class LateView:
    """Late passes of a class and their total minutes of delay, before and after a change."""

    service_class: str
    passes_before: int
    passes_after: int
    minutes_before: int
    minutes_after: int


@dataclass(frozen=True, slots=True)
class DraftTotalsView:
    """Minutes, kilometres and late passes of a draft, before and after a change, of all trucks."""

    minutes_before: float
    minutes_after: float
    km_before: float
    km_after: float
    late: tuple[LateView, ...]
    words: str


@dataclass(frozen=True, slots=True)
class EditedView:
    """Effect of a change on a draft: `broken` are hard rules in its way, `strains` soft ones.

    `needs_insisting` where it is stored only if the dispatcher insists.
    """

    plan_id: int
    possible: bool
    broken: tuple[str, ...]
    strains: tuple[str, ...]
    needs_insisting: bool
    totals: DraftTotalsView
    requests: tuple[DelayView, ...]
    vehicles: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class EditView:
    """An edit in force, or one that was undone and can be redone."""

    id: int
    n: int
    kind: str
    words: str
    segment_id: int | None
    vehicle_id: int | None
    by: str
    at: datetime
    undone: bool
    totals: DraftTotalsView


@dataclass(frozen=True, slots=True)
class EditsView:
    """A draft edited by hand; `version` goes back as `If-Match` with the next change.

    `good_until` is until when it can be published, `None` once it is no draft.
    """

    plan_id: int
    base_id: int
    revision: int
    state: PlanState
    made_at: datetime
    good_until: datetime | None
    begun_by: str
    version: int
    edits: tuple[EditView, ...]
    can_undo: bool
    can_redo: bool
    totals: DraftTotalsView | None


@dataclass(frozen=True, slots=True)
class DraftNews:
    """Notice to boards that a draft was edited, with its new version."""

    id: int
    version: int


@dataclass(frozen=True, slots=True)
class TakerView:
    """Estimate of what giving a street to a truck costs; `None` where far away or impossible."""

    vehicle_id: int
    vehicle: str
    possible: bool
    more_min: float | None
    done_at: datetime | None
    why_not: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrderView:
    """A standing order to a truck for the rest of the storm."""

    id: int
    kind: str
    vehicle_id: int
    vehicle: str
    segment_id: int | None
    words: str
    by: str
    at: datetime
    lifted: bool


def edited_view(
    found: Edited, requests: Sequence[DelayView], vehicles: Vehicles, t: Translator
) -> EditedView:
    """Return the effect of a change on a draft."""
    strains = () if found.broken else strains_of(found, requests, t)
    return EditedView(
        plan_id=found.plan_id,
        possible=not found.broken,
        broken=tuple(broken_words(one, vehicles, t) for one in found.broken),
        strains=strains,
        needs_insisting=bool(strains),
        totals=draft_totals_view(found.totals_before, found.totals, t),
        requests=tuple(requests),
        vehicles=tuple(route.vehicle_id for route in found.routes),
    )


def strains_of(found: Edited, requests: Sequence[DelayView], t: Translator) -> tuple[str, ...]:
    """Return which soft rules a change breaks: more lateness, and promises."""
    words = [
        t.plural(
            "{class}: {change} delay, {count} passes late in the whole plan.",
            one.passes_after,
            **{"class": t.named("class", one.service_class)},
            change=time_change(one.minutes_after - one.minutes_before, t),
        )
        for one in draft_totals_view(found.totals_before, found.totals, t).late
        if one.minutes_after > one.minutes_before or one.passes_after > one.passes_before
    ]
    words += [
        t(
            "Request {reference} was promised by {time} and would come at {expected}.",
            reference=one.reference,
            time=t.time(one.promised_until),
            expected=t.time(one.expected_at),
        )
        for one in requests
        if one.breaks_promise and one.promised_until is not None
    ]
    return tuple(words)


def broken_words(one: Broken, vehicles: Vehicles, t: Translator) -> str:
    """Return a broken rule as a sentence."""
    vehicle = "" if one.vehicle_id is None else vehicles.get(one.vehicle_id, "")
    treatment = t(f"treatment:{one.words}") if one.rule == "no_gear" else one.words
    minutes = max(1, round(one.amount / 60)) if one.rule == "shift_end" else 0
    values = {
        "vehicle": vehicle,
        "minutes": minutes,
        "kg": round(one.amount),
        "width": round(one.amount, 1),
        "treatment": treatment,
        "words": one.words,
    }
    return t(f"broken:{one.rule}", **values)


def draft_totals_view(before: DraftTotals, after: DraftTotals, t: Translator) -> DraftTotalsView:
    """Return minutes, kilometres and late passes of a draft before and after a change."""
    names = sorted({*before.late_passes, *after.late_passes})
    late = tuple(
        LateView(
            service_class=name,
            passes_before=before.late_passes.get(name, 0),
            passes_after=after.late_passes.get(name, 0),
            minutes_before=round(before.late_s.get(name, 0.0) / 60),
            minutes_after=round(after.late_s.get(name, 0.0) / 60),
        )
        for name in names
    )
    minutes = round((after.seconds - before.seconds) / 60, 1)
    km = round((after.metres - before.metres) / 1000, 1)
    return DraftTotalsView(
        minutes_before=round(before.seconds / 60, 1),
        minutes_after=round(after.seconds / 60, 1),
        km_before=round(before.metres / 1000, 1),
        km_after=round(after.metres / 1000, 1),
        late=late,
        words=t(
            "{time_change}, {way_change} for all trucks together",
            time_change=time_change(minutes, t),
            way_change=way_change(km, t),
        ),
    )


def edits_view(
    head: EditedDraftHead,
    good_until: datetime | None,
    version: int,
    edits: Sequence[PlanEdit],
    vehicles: Vehicles,
    street: Streets,
    t: Translator,
) -> EditsView:
    """Return a draft's edits with their total cost."""
    held = [one for one in edits if one.state is EditState.DONE]
    whole = draft_totals_view(held[0].totals_before, held[-1].totals, t) if held else None
    return EditsView(
        plan_id=head.plan_id,
        base_id=head.base_id,
        revision=head.revision,
        state=head.state,
        made_at=head.made_at,
        good_until=good_until,
        begun_by=head.begun_by,
        version=version,
        edits=tuple(_edit_view(one, vehicles, street, t) for one in edits),
        can_undo=bool(held),
        can_redo=len(held) < len(edits),
        totals=whole,
    )


def edit_words(wish: EditWish, vehicles: Vehicles, street: Streets, t: Translator) -> str:
    """Return the sentence that describes a change."""
    whole = "_route" if wish.segment_id is None else ""
    return t(
        f"edit:{wish.kind}{whole}",
        street="" if wish.segment_id is None else street(wish.segment_id),
        vehicle="" if wish.vehicle_id is None else vehicles.get(wish.vehicle_id, ""),
    )


def taker_view(one: AssignmentCost, vehicles: Vehicles, t: Translator) -> TakerView:
    """Return the cost of giving a street to a truck."""
    return TakerView(
        vehicle_id=one.vehicle_id,
        vehicle=vehicles.get(one.vehicle_id, ""),
        possible=not one.broken,
        more_min=None if one.done_at is None else round(one.more_s / 60, 1),
        done_at=one.done_at,
        why_not=tuple(broken_words(each, vehicles, t) for each in one.broken),
    )


def order_view(one: StandingOrder, vehicles: Vehicles, street: Streets, t: Translator) -> OrderView:
    """Return a standing order in words."""
    kind = "forbid" if one.kind is OrderKind.FORBID else "lock"
    whole = "_route" if one.segment_id is None else ""
    vehicle = vehicles.get(one.vehicle_id, "")
    words = t(f"order:{kind}{whole}", vehicle=vehicle, street=_named(one.segment_id, street))
    return OrderView(
        id=one.id,
        kind=kind,
        vehicle_id=one.vehicle_id,
        vehicle=vehicle,
        segment_id=one.segment_id,
        words=words,
        by=one.added_by,
        at=one.added_at,
        lifted=one.lifted_at is not None,
    )


def _named(segment_id: SegmentId | None, street: Streets) -> str:
    return "" if segment_id is None else street(segment_id)


def _edit_view(one: PlanEdit, vehicles: Vehicles, street: Streets, t: Translator) -> EditView:
    return EditView(
        id=one.id,
        n=one.n,
        kind=str(one.wish.kind),
        words=edit_words(one.wish, vehicles, street, t),
        segment_id=one.wish.segment_id,
        vehicle_id=one.wish.vehicle_id,
        by=one.by,
        at=one.at,
        undone=one.state is EditState.UNDONE,
        totals=draft_totals_view(one.totals_before, one.totals, t),
    )
