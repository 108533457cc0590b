"""Proposals of how long things take, as rows."""

from datetime import datetime
from functools import lru_cache

from sqlalchemy import insert, select, update

from data.errors import NotFoundError
from data.files.json_records import packed, unpacked
from data.model.planning.paces import LearnedPace, PaceProposal, PaceProposalId, PaceState
from data.store.database.engine import Tx
from data.store.database.records import AnyRow, record, row_of
from data.store.schema import pace_proposal


def add_proposal(tx: Tx, new: PaceProposal) -> PaceProposal:
    """Add a proposal; its id is ignored, the database gives a new one."""
    values = row_of(new, pace_proposal, learned=packed(LearnedPace, new.learned))
    added = insert(pace_proposal).values(values).returning(pace_proposal)
    return _proposal(tx.execute(added).one())


def get_proposal(tx: Tx, proposal_id: PaceProposalId) -> PaceProposal:
    """Return a proposal; raise `NotFoundError`."""
    row = tx.execute(select(pace_proposal).where(pace_proposal.c.id == proposal_id)).first()
    if row is None:
        raise NotFoundError("pace_proposal", proposal_id)
    return _proposal(row)


def find_newest_proposal(tx: Tx) -> PaceProposal | None:
    """Return the proposal that was made last."""
    row = tx.execute(select(pace_proposal).order_by(pace_proposal.c.id.desc()).limit(1)).first()
    return None if row is None else _proposal(row)


def find_proposal_in_force(tx: Tx) -> PaceProposal | None:
    """Return the proposal that plans use; `None` where they assume what is written down."""
    query = select(pace_proposal).where(pace_proposal.c.state == PaceState.IN_FORCE)
    row = tx.execute(query).first()
    return None if row is None else _proposal(row)


def find_proposal_in_force_id(tx: Tx) -> PaceProposalId | None:
    """Return its number alone, without what was learned."""
    return tx.scalar(select(pace_proposal.c.id).where(pace_proposal.c.state == PaceState.IN_FORCE))


def set_proposal_state(
    tx: Tx, proposal_id: PaceProposalId, state: PaceState, at: datetime, by: str
) -> None:
    """Say what became of a proposal, when and by whom."""
    change = update(pace_proposal).where(pace_proposal.c.id == proposal_id)
    tx.execute(change.values(state=state, decided_at=at, decided_by=by))


def _proposal(row: AnyRow) -> PaceProposal:
    return record(PaceProposal, row, learned=_unpacked(row.learned))


@lru_cache(maxsize=2)
def _unpacked(content: bytes) -> LearnedPace:
    """Return what was learned; kept, since each plan and replan of a large city asks again."""
    return unpacked(LearnedPace, content)
