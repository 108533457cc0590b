"""The register of agencies that requests are referred to: police, electricity, parks, others."""

import re
from dataclasses import asdict, replace
from datetime import datetime

from data.errors import ConflictError, InvalidError, Need
from data.model import Actor, Agency, AgencyId
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.followup.referrals import (
    add_agency,
    count_referrals,
    delete_agency,
    get_agency,
    list_agencies,
    update_agency,
)

NEW = AgencyId(0)
"""Id of an agency that the database has not numbered yet."""

NAME_LETTERS = 80
LINE_LETTERS = 200

_LINES = ("contact", "phone", "email", "address")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


def save_agency(tx: Tx, actor: Actor, wanted: Agency, now: datetime) -> Agency:
    """Add an agency, or change the one of this id.

    Raises `InvalidError` for a field that breaks a rule, `ConflictError` where another agency of
    the register has the name.
    """
    _check(wanted)
    others = [each for each in list_agencies(tx) if each.id != wanted.id]
    if any(each.name.casefold() == wanted.name.casefold() for each in others):
        raise ConflictError(
            f"there is an agency {wanted.name} already",
            reason="agency_name_taken",
            name=wanted.name,
        )
    if wanted.id == NEW:
        added = replace(wanted, id=add_agency(tx, wanted))
        add_event(tx, now, actor, "agency.added", _subject(added), after=_facts(added))
        return added
    before = get_agency(tx, wanted.id)
    update_agency(tx, wanted)
    add_event(tx, now, actor, "agency.changed", _subject(wanted), _facts(before), _facts(wanted))
    return wanted


def retire_agency(tx: Tx, actor: Actor, agency_id: AgencyId, now: datetime) -> None:
    """Remove an agency; one that got referrals is kept for their history."""
    before = get_agency(tx, agency_id)
    if count_referrals(tx, agency_id):
        update_agency(tx, replace(before, retired=True))
    else:
        delete_agency(tx, agency_id)
    add_event(tx, now, actor, "agency.retired", _subject(before), before=_facts(before))


def _check(wanted: Agency) -> None:
    if not wanted.name.strip():
        raise InvalidError("name", wanted.name, "a value")
    letters = {"name": NAME_LETTERS, **dict.fromkeys(_LINES, LINE_LETTERS)}
    for field, most in letters.items():
        if len(getattr(wanted, field)) > most:
            need = Need("at most {max_length} characters", max_length=most)
            raise InvalidError(field, getattr(wanted, field), need)
    if wanted.email and not _EMAIL.fullmatch(wanted.email):
        raise InvalidError("email", wanted.email, "an e-mail address")
    if not any(getattr(wanted, field) for field in _LINES):
        raise InvalidError("contact", "", "a phone number, an e-mail address or who to ask for")


def _subject(one: Agency) -> str:
    return f"agency:{one.id}"


def _facts(one: Agency) -> dict[str, object]:
    return {name: value for name, value in asdict(one).items() if name != "id"}
