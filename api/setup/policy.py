"""Levels of service in the set-up: page, form, file and undo."""

from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Request, UploadFile
from starlette.responses import Response

from api.setup.config_files import write_policy_text
from api.web.checked_route import CheckedRoute
from api.web.context import AdminContext, Context
from api.web.download import attachment
from api.web.page_context import boot_of, page, translator_of
from api.web.schemas import Base, UndoIn, Wire
from api.web.uploads import TABLE_LIMIT, content_of
from data.model import RequestKind, RoadClass
from data.model.machines import VEHICLE_TYPES
from data.osm.tags import PLACE_KINDS
from data.policy.city_policy import policy_from_toml
from data.store.database.engine import Tx
from data.store.setup.city import get_policy, get_policy_text
from fleet.setup.fleet_import import text_in, toml_mistakes
from fleet.setup.policy_changes import (
    find_last_policy_change,
    tables_of,
    take_policy_file,
    take_policy_tables,
    undo_policy,
)
from fleet.streets.districts import all_districts
from fleet.streets.service_levels import levels_under
from maps.setup.machines import mistake_view
from maps.setup.policy import PolicyProposalView, PolicyView, class_counts, class_names, policy_view

router = APIRouter(route_class=CheckedRoute)


class PolicyIn(Wire):
    """The policy as the tables of its file, whose reader checks it."""

    base: Base
    tables: dict[str, Any]


@router.get("/setup/policy")
def policy_page(request: Request, context: AdminContext) -> Response:
    """Show the levels of service."""
    words = {
        "roads": list(RoadClass),
        "places": PLACE_KINDS,
        "kinds": list(RequestKind),
        "machines": VEHICLE_TYPES,
    }
    boot = {**boot_of(request, context), "policy": words, "machines": {"limits": {}}}
    return page(request, "setup/policy.html", {"boot": boot})


@router.get("/api/setup/policy")
def get_policy_setup(request: Request, context: AdminContext) -> PolicyView:
    """Return the policy in force and its effects."""
    with context.reading() as tx:
        return _view(request, context, tx)


@router.post("/api/setup/policy")
def update_policy(request: Request, wanted: PolicyIn, context: AdminContext) -> PolicyView:
    """Put the form's policy in force."""
    network = context.app.network
    with context.writing() as tx:
        take_policy_tables(tx, context.actor, wanted.tables, wanted.base, network, context.now)
        view = _view(request, context, tx)
    return _published(context, view)


@router.post("/api/setup/policy/check", dependencies=[TABLE_LIMIT])
def check_policy_file(
    request: Request, file: Annotated[UploadFile, File()], context: AdminContext
) -> PolicyProposalView:
    """Return a policy file's mistakes, or what it would change."""
    text, t = text_in(content_of(file)), translator_of(request)
    mistakes = toml_mistakes(text, policy_from_toml)
    if mistakes:
        return PolicyProposalView(tuple(mistake_view(each, t) for each in mistakes), {}, {}, {})
    segments = context.app.network.segments
    with context.reading() as tx:
        proposed = levels_under(tx, context.app.network, policy_from_toml(text))
    present = context.app.policy
    return PolicyProposalView(
        (),
        class_names(proposed, present, t=t),
        class_counts(proposed, segments),
        class_counts(present, segments),
    )


@router.post("/api/setup/policy/file", dependencies=[TABLE_LIMIT])
def import_policy_file(
    request: Request,
    file: Annotated[UploadFile, File()],
    base: Annotated[int, Form(ge=0, lt=2**63)],
    context: AdminContext,
) -> PolicyView:
    """Import a policy file, completely or not at all."""
    text, network = text_in(content_of(file)), context.app.network
    with context.writing() as tx:
        take_policy_file(tx, context.actor, text, base, network, context.now)
        view = _view(request, context, tx)
    return _published(context, view)


@router.post("/api/setup/policy/undo")
def undo_policy_change(request: Request, wanted: UndoIn, context: AdminContext) -> PolicyView:
    """Undo the last change."""
    with context.writing() as tx:
        undo_policy(tx, context.actor, wanted.change, context.app.network, context.now)
        view = _view(request, context, tx)
    return _published(context, view)


@router.get("/setup/policy.toml")
def download_policy(context: AdminContext) -> Response:
    """Return the policy file in force."""
    with context.reading() as tx:
        return attachment(get_policy_text(tx), "application/toml", "policy.toml")


def _view(request: Request, context: Context, tx: Tx) -> PolicyView:
    policy = get_policy(tx)
    names = [district.name for district in all_districts(tx)]
    last, segments = find_last_policy_change(tx), context.app.network.segments
    return policy_view(policy, tables_of(policy), segments, names, last, translator_of(request))


def _published(context: Context, view: PolicyView) -> PolicyView:
    write_policy_text(context.app.engine, context.app.folder)
    context.app.city_state.refresh()
    return view
