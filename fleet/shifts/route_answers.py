"""Drivers' answers to their published routes, accepted or declined, and how long they hold.

An answer is about a route, not about a plan: a newer plan in which a driver does the same streets
in the same order keeps it, any other one asks again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from data.errors import ConflictError, InvalidError, Need
from data.model import (
    Actor,
    AnswerState,
    DeclineReason,
    DirectedSegment,
    Leg,
    LegKind,
    PlanId,
    Route,
    RouteAnswer,
    Shift,
    ShiftId,
)
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.shifts.route_answers import copy_answers, find_answer, save_answer
from data.store.shifts.shifts import get_shift
from fleet.shifts.shift_progress import driven_route

TEXT_LETTERS = 300


class RouteAnswerState(StrEnum):
    """State of a route's answer."""

    NONE = "none"
    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class RouteAnswerWish:
    """An answer to give: a reason where it is declined, and a text."""

    state: AnswerState
    reason: DeclineReason | None = None
    text: str = ""


def answer_route(
    tx: Tx, actor: Actor, plan_id: PlanId, shift_id: ShiftId, said: RouteAnswerWish, now: datetime
) -> RouteAnswer:
    """Store an answer; an equal one changes nothing, another one replaces it.

    Raises `ConflictError` where the shift is over or another plan is driven by now, and
    `InvalidError` for a route that is declined without a reason.
    """
    _check(said)
    shift = get_shift(tx, shift_id)
    if shift.over:
        raise ConflictError(f"shift {shift_id} is over", reason="shift_state", shift=shift_id)
    driven = driven_route(tx, shift)
    if driven is None or driven[0] != plan_id or not driven[1].legs:
        raise ConflictError(
            f"plan {plan_id} is not the one that is driven", reason="plan_not_driven", plan=plan_id
        )
    before = find_answer(tx, plan_id, shift_id)
    text = said.text.strip()
    answer = RouteAnswer(plan_id, shift_id, said.state, said.reason, text, now, actor.id)
    if before is not None and _facts(before) == _facts(answer):
        return before
    save_answer(tx, answer)
    was: dict[str, object] = {"answer": before.state} if before else {}
    after: dict[str, object] = {"plan": plan_id, "answer": answer.state, "reason": answer.reason}
    add_event(tx, now, actor, f"route.{answer.state}", f"shift:{shift_id}", was, after)
    return answer


def keep_answers(
    tx: Tx, before: PlanId, ahead: Iterable[Route], after: PlanId, routes: Iterable[Route]
) -> list[ShiftId]:
    """Copy answers to a newer plan where the route is the same; return the changed routes.

    `ahead` is what trucks have left of the plan before.
    """
    left = {route.shift_id: stops_of(route.legs) for route in ahead}
    same = [
        route.shift_id
        for route in routes
        if route.legs and left.get(route.shift_id) == stops_of(route.legs)
    ]
    copy_answers(tx, before, after, same)
    return same


def stops_of(legs: Iterable[Leg]) -> tuple[tuple[LegKind, DirectedSegment | None], ...]:
    """Return a driver's work legs in order; driving between does not count."""
    return tuple(
        (leg.kind, leg.path[0] if leg.kind is LegKind.WORK else None)
        for leg in legs
        if leg.kind is not LegKind.DRIVE
    )


def answer_state_of(
    shift: Shift, legs: Sequence[Leg], answer: RouteAnswer | None
) -> RouteAnswerState:
    """Return the state of a shift's answer to its published route."""
    if shift.over or not legs:
        return RouteAnswerState.NONE
    return RouteAnswerState.WAITING if answer is None else RouteAnswerState(answer.state)


def _check(said: RouteAnswerWish) -> None:
    if said.state is AnswerState.DECLINED and said.reason is None:
        raise InvalidError("reason", "", Need("why the route is declined"))
    if said.state is AnswerState.ACCEPTED and said.reason is not None:
        raise InvalidError("reason", said.reason, Need("nothing, where a route is accepted"))
    if said.reason is DeclineReason.OTHER and not said.text.strip():
        raise InvalidError("text", "", Need("some words, where the reason is another one"))
    if len(said.text) > TEXT_LETTERS:
        need = Need("at most {max_length} characters", max_length=TEXT_LETTERS)
        raise InvalidError("text", f"{len(said.text)} letters", need)


def _facts(answer: RouteAnswer) -> RouteAnswerWish:
    return RouteAnswerWish(answer.state, answer.reason, answer.text)
