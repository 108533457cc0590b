"""Loans of machines as rows of the lender's database."""

from collections.abc import Mapping

from sqlalchemy import insert, select, update

from data.model.loans import Loan, LoanId, LoanState
from data.store.database.engine import Tx
from data.store.database.records import get_record, only_record, records
from data.store.schema import loan

AWAY = [state for state in LoanState if state.away]
"""States in which the lender has to do without the machine."""


def add_loan(tx: Tx, values: Mapping[str, object]) -> Loan:
    """Add a loan."""
    return only_record(Loan, tx.execute(insert(loan).values(**values).returning(loan)))


def get_loan(tx: Tx, loan_id: LoanId) -> Loan:
    """Return a loan; raise `NotFoundError`."""
    return get_record(Loan, tx.execute(select(loan).where(loan.c.id == loan_id)), "loan", loan_id)


def list_loans_to_come(tx: Tx) -> list[Loan]:
    """Return the loans that are not over, by their begin."""
    over = [state for state in LoanState if state.over]
    query = select(loan).where(loan.c.state.not_in(over)).order_by(loan.c.starts_at, loan.c.id)
    return records(Loan, tx.execute(query))


def list_loans_away(tx: Tx) -> list[Loan]:
    """Return the loans of machines that another city has now."""
    return records(Loan, tx.execute(select(loan).where(loan.c.state.in_(AWAY))))


def set_loan(tx: Tx, loan_id: LoanId, values: Mapping[str, object]) -> Loan:
    """Change a loan."""
    change = update(loan).where(loan.c.id == loan_id).values(**values)
    return only_record(Loan, tx.execute(change.returning(loan)))
