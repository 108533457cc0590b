"""The page of machines lent between towns: lend, call off, return."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Request
from starlette.responses import RedirectResponse, Response

from api.access.sessions import SignedIn
from api.province.overview import Reader
from api.province.province_context import (
    Province,
    ProvinceFormToken,
    page,
    province_of,
    translator_of,
)
from api.web.checked_route import CheckedRoute
from api.web.context import App
from api.web.errors import STATUS
from api.web.schemas import moment_in
from data.errors import BarfrubError, ForbiddenError, InvalidError, NotFoundError
from data.model import Actor, ActorKind, Role, VehicleId
from data.model.loans import LoanId
from data.store.database.engine import reading, transaction
from fleet.accounts.province_people import roles_of
from fleet.setup.loans import LoanWish, agree_loan, ask_back, coming_loans, known_loan
from fleet.setup.machine_list import machines_in_use
from maps.pages.error_texts import message_of
from maps.province.loans import LenderFacts, choices, loan_rows

LENDS = frozenset({Role.ADMINISTRATOR, Role.DISPATCHER})
"""Roles in a city with which somebody lends its machines, and returns those that it has."""

LOANS = "/loans"

router = APIRouter(route_class=CheckedRoute)

FormChecked = Depends(ProvinceFormToken())
Text = Annotated[str, Form(max_length=200)]


@router.get(LOANS)
def loans_page(request: Request, reader: Reader) -> Response:
    """Show which machines are lent, and the form to lend one."""
    return _page(request, reader)


@router.post(LOANS, dependencies=[FormChecked])
def lend_machine(
    request: Request,
    reader: Reader,
    machine: Text = "",
    borrower: Text = "",
    since: Text = "",
    until: Text = "",
) -> Response:
    """Lend a machine of a city to another one; it begins at once where its time has come."""
    province = province_of(request)
    wanted = _Wanted(machine, borrower, since, until)
    try:
        lender, app, wish = _wish(province, wanted)
        _require_role(province, reader, lender)
        actor, now = _actor(reader), province.clock.now()
        with transaction(app.engine) as tx:
            agree_loan(tx, actor, wish, now)
    except BarfrubError as error:
        return _page(request, reader, error, wanted)
    province.lending.settle(actor, now)
    return RedirectResponse(LOANS, status_code=303)


@router.post(f"{LOANS}/{{lender}}/{{loan_id}}/end", dependencies=[FormChecked])
def end_loan_now(
    request: Request, lender: str, loan_id: Annotated[int, Path(ge=1, lt=2**63)], reader: Reader
) -> Response:
    """Return a machine, or call a loan off that has not begun; either city may."""
    province = province_of(request)
    app = _open_city(province, lender)
    actor, now = _actor(reader), province.clock.now()
    try:
        with reading(app.engine) as tx:
            borrower = known_loan(tx, LoanId(loan_id)).borrower
        _require_role(province, reader, lender, borrower)
        with transaction(app.engine) as tx:
            ask_back(tx, actor, LoanId(loan_id), now)
    except BarfrubError as error:
        return _page(request, reader, error)
    province.lending.settle(actor, now)
    return RedirectResponse(LOANS, status_code=303)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What was typed into the form."""

    machine: str = ""
    borrower: str = ""
    since: str = ""
    until: str = ""


def _wish(province: Province, wanted: _Wanted) -> tuple[str, App, LoanWish]:
    lender, _, number = wanted.machine.rpartition("/")
    app = _open_city(province, lender)
    if wanted.borrower == lender:
        raise InvalidError("borrower", wanted.borrower, "another town")
    _open_city(province, wanted.borrower)
    if not number.isascii() or not number.isdigit():
        raise NotFoundError("vehicle", number)
    zone, now = province.file.timezone, province.clock.now()
    starts_at = moment_in(wanted.since, zone, "since") if wanted.since.strip() else now
    ends_at = moment_in(wanted.until, zone, "until")
    return lender, app, LoanWish(VehicleId(int(number)), wanted.borrower, starts_at, ends_at)


def _open_city(province: Province, name: str) -> App:
    app = province.open_cities().get(name)
    if app is None:
        raise NotFoundError("city", name)
    return app


def _roles(province: Province, reader: SignedIn) -> Mapping[str, tuple[Role, ...]]:
    with reading(province.accounts.engine) as tx:
        return roles_of(tx, reader.user)


def _require_role(province: Province, reader: SignedIn, *cities: str) -> None:
    given = _roles(province, reader)
    if not any(LENDS & {*given.get(city, ())} for city in cities):
        raise ForbiddenError("your role does not allow this")


def _actor(reader: SignedIn) -> Actor:
    return Actor(ActorKind.USER, reader.user.login)


def lenders(province: Province) -> list[LenderFacts]:
    """Return what each open city lends."""
    found = []
    for name, app in province.open_cities().items():
        with reading(app.engine) as tx:
            facts = LenderFacts(name, app.city.name, coming_loans(tx), machines_in_use(tx))
        found.append(facts)
    return found


def _page(
    request: Request,
    reader: SignedIn,
    error: BarfrubError | None = None,
    wanted: _Wanted | None = None,
) -> Response:
    province, t, known = province_of(request), translator_of(request), None
    known = lenders(province)
    names = {each.folder: each.name for each in known}
    given = _roles(province, reader)
    may = frozenset(city for city in names if LENDS & {*given.get(city, ())})
    waits = {key: message_of(why, t) for key, why in province.lending.waits.items()}
    now = province.clock.now()
    view = {
        "rows": loan_rows(known, names, waits, may, t),
        "choices": choices(known, may),
        "borrowers": sorted(names.items(), key=lambda one: one[1]),
        "wanted": wanted or _Wanted(since=t.written(now)),
        "error": message_of(error, t) if error else "",
    }
    return page(request, "province/loans.html", view, STATUS.get(error.code, 400) if error else 200)
