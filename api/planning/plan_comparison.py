"""The quality of a plan and the comparison of two plans: as data and as a page."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse

from api.web.checked_route import CheckedRoute
from api.web.context import BoardContext, Context
from api.web.page_context import boot_of, page, translator_of
from data.errors import InvalidError, Need
from data.model import Plan, PlanId, PlanState, Role, Storm
from data.store.database.engine import Tx
from data.store.planning.plans import PlanHead, get_plan, list_plan_heads
from fleet.planning.draft_validity import find_good_until
from fleet.planning.plan_comparison import compared_plans, plan_measures
from fleet.planning.plan_options import shifts_until
from fleet.setup.machine_list import machine_names
from fleet.storms.storm_lookup import known_storm, shown_storm
from fleet.work.left_undone import work_left_undone
from maps.pages.i18n import Translator
from maps.planning.plan_comparison import ComparisonView, comparison_view, plan_name
from maps.planning.plan_words import (
    PlanFacts,
    PlanWords,
    chosen_names,
    plan_words,
    scope_words,
)

router = APIRouter(route_class=CheckedRoute)

First = Annotated[PlanId, Query(description="the plan on the first side")]
Second = Annotated[PlanId, Query(description="the plan on the second side, of the same storm")]


@dataclass(frozen=True, slots=True)
class _Choice:
    """A plan in the selection for one side."""

    id: PlanId
    name: str


@router.get("/api/plans/compare")
def compare_two_plans(
    request: Request, a: First, b: Second, context: BoardContext
) -> ComparisonView:
    """Return two plans of a storm figure by figure, and which one is better in each."""
    with context.reading() as tx:
        return _compared(tx, context, get_plan(tx, a), get_plan(tx, b), translator_of(request))


@router.get("/api/plans/{plan_id}/words")
def get_plan_summary(request: Request, plan_id: PlanId, context: BoardContext) -> PlanWords:
    """Return a plan's proven quality and its unavoidable shortfalls, in the reader's language."""
    with context.reading() as tx:
        return _words(tx, context, get_plan(tx, plan_id), translator_of(request))


@router.get("/plans")
def plans_page(
    request: Request, context: BoardContext, a: PlanId | None = None, b: PlanId | None = None
) -> HTMLResponse:
    """Show two plans side by side; by default the driven one and the newest."""
    t = translator_of(request)
    with context.reading() as tx:
        storm = _storm(tx, a if a is not None else b)
        heads = list_plan_heads(tx, storm.id, drafts=True) if storm else []
        sides = _sides(heads, a, b)
        plans = [get_plan(tx, side) for side in sides]
        found = _compared(tx, context, plans[0], plans[1], t) if len(plans) == 2 else None
        words = [_words(tx, context, plan, t) for plan in plans if found]
    choices = [
        _Choice(head.id, plan_name(head.revision, head.made_at, head.state, t)) for head in heads
    ]
    shown = {
        "storm": storm,
        "choices": choices,
        "chosen": dict(zip("ab", sides, strict=False)),
        "found": found,
        "words": words,
        "may": context.has(Role.DISPATCHER, Role.ADMINISTRATOR),
        "boot": boot_of(request, context),
    }
    return page(request, "planning/comparison.html", shown)


def _compared(tx: Tx, context: Context, a: Plan, b: Plan, t: Translator) -> ComparisonView:
    if a.storm_id != b.storm_id:
        raise InvalidError("b", b.id, Need("a plan of the same storm"))
    names = machine_names(tx)
    found = compared_plans(tx, a, b, context.app.network, context.app.policy)
    scopes = [scope_words(plan, chosen_names(plan, names), t) for plan in (a, b)]
    until = [find_good_until(tx, one.storm_id, one.made_at, one.state) for one in (a, b)]
    return comparison_view((a, b), (scopes[0], scopes[1]), (until[0], until[1]), found, t)


def _words(tx: Tx, context: Context, plan: Plan, t: Translator) -> PlanWords:
    network, policy = context.app.network, context.app.policy
    facts = PlanFacts(
        plan,
        chosen_names(plan, machine_names(tx)),
        plan_measures(tx, plan, network, policy),
        work_left_undone(tx, plan, network, policy),
        find_good_until(tx, plan.storm_id, plan.made_at, plan.state),
        shifts_until(tx, plan),
    )
    return plan_words(facts, network, t)


def _storm(tx: Tx, plan_id: PlanId | None) -> Storm | None:
    if plan_id is not None:
        return known_storm(tx, get_plan(tx, plan_id).storm_id)
    return shown_storm(tx)


def _sides(heads: list[PlanHead], a: PlanId | None, b: PlanId | None) -> list[PlanId]:
    """Return the two selected plans, or the only one."""
    newest = [head.id for head in heads]
    if len(newest) == 1:
        return newest
    driven = [head.id for head in heads if head.state is PlanState.PUBLISHED]
    first = a if a is not None else next((one for one in (*driven, *newest[1:]) if one != b), b)
    second = b if b is not None else next((one for one in newest if one != first), first)
    return [one for one in (first, second) if one is not None]
