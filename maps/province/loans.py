"""Machines lent between the cities of a province, and what may be lent, for their page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data.model import Vehicle
from data.model.loans import Loan, LoanId, LoanState
from maps.pages.i18n import Translator


@dataclass(frozen=True, slots=True)
class LenderFacts:
    """What a city lends: loans that are not over, and its own machines by id.

    `folder` names it, `name` is what it is called.
    """

    folder: str
    name: str
    loans: Sequence[Loan]
    machines: Sequence[Vehicle]


@dataclass(frozen=True, slots=True)
class LoanRow:
    """A loan: who lends what to whom; `waits` says what keeps it, `may_end` who may end it."""

    path: str
    machine: str
    lender: str
    borrower: str
    since: str
    until: str
    state: str
    waits: str
    may_end: bool


@dataclass(frozen=True, slots=True)
class LendableMachine:
    """A machine that the reader may lend; `key` is city and id."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class LenderChoice:
    """A city of whose machines the reader may lend."""

    name: str
    machines: tuple[LendableMachine, ...]


def loan_rows(
    lenders: Sequence[LenderFacts],
    names: Mapping[str, str],
    waits: Mapping[tuple[str, LoanId], str],
    may: frozenset[str],
    t: Translator,
) -> tuple[LoanRow, ...]:
    """Return all loans by their begin.

    `names` are what cities are called by folder, `may` are the folders of the cities for which the
    reader may end loans, `waits` the texts of what keeps a loan from beginning or ending.
    """
    found = sorted(
        ((city, loan) for city in lenders for loan in city.loans), key=lambda one: one[1].starts_at
    )
    return tuple(_row(city, loan, names, waits, may, t) for city, loan in found)


def choices(lenders: Sequence[LenderFacts], may: frozenset[str]) -> tuple[LenderChoice, ...]:
    """Return the machines that the reader may lend, by city."""
    return tuple(
        LenderChoice(
            city.name,
            tuple(
                LendableMachine(f"{city.folder}/{each.id}", each.name)
                for each in city.machines
                if each.owned
            ),
        )
        for city in lenders
        if city.folder in may
    )


def lent_count(lenders: Sequence[LenderFacts]) -> int:
    """Return how many machines are with another city now."""
    return sum(loan.state.away for city in lenders for loan in city.loans)


def _row(
    city: LenderFacts,
    loan: Loan,
    names: Mapping[str, str],
    waits: Mapping[tuple[str, LoanId], str],
    may: frozenset[str],
    t: Translator,
) -> LoanRow:
    machine = next((one.name for one in city.machines if one.id == loan.vehicle_id), "")
    return LoanRow(
        path=f"/loans/{city.folder}/{loan.id}/end",
        machine=machine,
        lender=city.name,
        borrower=names.get(loan.borrower, loan.borrower),
        since=t.day_time(loan.starts_at),
        until=t.day_time(loan.ends_at),
        state=t(f"loan:{loan.state}"),
        waits=waits.get((city.folder, loan.id), ""),
        may_end=bool({city.folder, loan.borrower} & may) and loan.state is not LoanState.ENDING,
    )
