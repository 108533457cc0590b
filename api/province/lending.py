"""Lending between the open cities of a province: each end is written in its own database.

The lender's database has the loan. Beginning writes at the lender and then at the borrower, ending
the other way round; each step may be repeated, so what was cut off goes on with the next run.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from threading import Lock

from api.config.clock import Clock
from api.processes.periodic_task import PeriodicTask
from api.setup.config_files import write_fleet_text
from api.web.context import App
from data.errors import BarfrubError
from data.model import Actor
from data.model.loans import Loan, LoanId, LoanState
from data.store.database.city_lock import alone_lending
from data.store.database.engine import Database, Tx, reading, transaction
from fleet.accounts.province_people import PROVINCE
from fleet.setup.loans import (
    ask_back,
    begin_loan,
    coming_loans,
    end_loan,
    find_guest,
    note_guest,
    receive,
    send_back,
)
from fleet.setup.machine_list import known_machine
from fleet.storms.storm_lookup import wanted_storm
from maps.board.board import storm_view

type LoanKey = tuple[str, LoanId]
"""The folder's name of the lender, and the number of the loan there."""

_log = logging.getLogger(__name__)


class Lending(PeriodicTask):
    """Begins and ends loans at their times; `waits` says what keeps one from that.

    Each server of a province does so, one at a time: one may serve a town that another cannot.
    """

    pause_s = 30.0

    def __init__(
        self, people: Database, open_cities: Callable[[], Mapping[str, App]], clock: Clock
    ) -> None:
        super().__init__()
        self._people = people
        self._open_cities = open_cities
        self._clock = clock
        self._lock = Lock()
        self.waits: Mapping[LoanKey, BarfrubError] = {}

    def run(self) -> None:
        """Begin and end what is due."""
        self.settle(PROVINCE, self._clock.now())

    def settle(self, actor: Actor, now: datetime) -> None:
        """Begin and end what is due now; what somebody asks for does not wait for the timer."""
        with self._lock, alone_lending(self._people):
            waits: dict[LoanKey, BarfrubError] = {}
            for lender, owner in self._open_cities().items():
                for loan in _loans(lender, owner):
                    try:
                        self._settle(owner, loan, actor, now)
                    except BarfrubError as error:
                        waits[lender, loan.id] = error
                    except Exception:
                        _log.exception("a loan of %s cannot go on", lender)
                        waits[lender, loan.id] = BarfrubError("the loan cannot go on")
            self.waits = waits

    def _settle(self, owner: App, loan: Loan, actor: Actor, now: datetime) -> None:
        guest, lender = self._open_cities().get(loan.borrower), owner.city.name
        if loan.state is LoanState.AGREED and loan.starts_at > now:
            return
        if loan.state is LoanState.LENT and loan.ends_at <= now:
            with transaction(owner.engine) as tx:
                loan = ask_back(tx, actor, loan.id, now)
        if guest is None:
            raise BarfrubError(f"{loan.borrower} is not served")
        with reading(owner.engine) as tx:
            machine = known_machine(tx, loan.vehicle_id)
        with reading(guest.engine) as tx:
            there = find_guest(tx, loan, machine, lender)
        if loan.state is LoanState.ENDING:
            if there is not None:
                _change(guest, lambda tx: send_back(tx, actor, there.id, guest.network, now))
            _change(owner, lambda tx: end_loan(tx, actor, loan.id, now))
            return
        if loan.state is LoanState.AGREED:
            _change(owner, lambda tx: begin_loan(tx, actor, loan.id, guest.city.name, now))
        known = there.id if there is not None else None
        if known is None:
            known = _change(
                guest, lambda tx: receive(tx, actor, machine, lender, guest.network, now)
            )
        if known != loan.guest_id:
            with transaction(owner.engine) as tx:
                note_guest(tx, loan.id, known)


def _loans(lender: str, owner: App) -> list[Loan]:
    try:
        with reading(owner.engine) as tx:
            return coming_loans(tx)
    except Exception:
        _log.exception("loans of %s cannot be read", lender)
        return []


def _change[T](app: App, change: Callable[[Tx], T]) -> T:
    """Change a city, and have its fleet file and its boards follow."""
    with transaction(app.engine) as tx:
        done = change(tx)
        storm = wanted_storm(tx)
    write_fleet_text(app.engine, app.folder)
    app.city_state.refresh()
    if storm is not None:
        app.hub.publish("storm", [storm_view(storm)])
    return done
