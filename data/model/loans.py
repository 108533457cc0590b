"""Machines that one city of a province lends to another."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from data.model.ids import VehicleId

LoanId = NewType("LoanId", int)


class LoanState(StrEnum):
    """How far a loan is: `ENDING` waits until the machine has left the borrower."""

    AGREED = "agreed"
    LENT = "lent"
    ENDING = "ending"
    RETURNED = "returned"
    CALLED_OFF = "called_off"

    @property
    def over(self) -> bool:
        """Whether nothing comes of it any more."""
        return self in {LoanState.RETURNED, LoanState.CALLED_OFF}

    @property
    def away(self) -> bool:
        """Whether the lender has to do without the machine."""
        return self in {LoanState.LENT, LoanState.ENDING}


@dataclass(frozen=True, slots=True)
class Loan:
    """A machine that a city lends to another one of its province, in the lender's database.

    `borrower` is the name of that city's folder, `guest_id` the machine in that city's database. It
    ends at `ends_at`, or when somebody returns it.
    """

    id: LoanId
    vehicle_id: VehicleId
    borrower: str
    starts_at: datetime
    ends_at: datetime
    state: LoanState
    lent_by: str
    ended_at: datetime | None = None
    ended_by: str = ""
    guest_id: VehicleId | None = None
