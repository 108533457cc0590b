"""The people of a city, as pages name and choose them."""

from data.errors import InvalidError
from data.model import User, UserId
from data.store.accounts.accounts import (
    find_user_by_login,
    get_user,
    list_users,
    set_district,
    set_language,
    set_password_hash,
)
from data.store.crews.crew_register import list_crews
from data.store.database.engine import Tx
from data.store.streets.districts import list_districts


def all_people(tx: Tx) -> list[User]:
    """Return everybody who may sign in, is invited or shut out."""
    return list_users(tx)


def known_person(tx: Tx, user_id: UserId) -> User:
    """Return somebody; raise `NotFoundError`."""
    return get_user(tx, user_id)


def find_person(tx: Tx, login: str) -> User | None:
    """Return who signs in under this name."""
    return find_user_by_login(tx, login)


def names_by_login(tx: Tx) -> dict[str, str]:
    """Return what colleagues call each person or crew that has a name, by the sign-in name."""
    crews = {one.user_id: one.name for one in list_crews(tx)}
    names = {one.login: one.name or crews.get(one.id, "") for one in list_users(tx)}
    return {login: name for login, name in names.items() if name}


def login_names(tx: Tx) -> dict[UserId, str]:
    """Return under which name each person signs in."""
    return {one.id: one.login for one in list_users(tx)}


def choose_language(tx: Tx, user_id: UserId, language: str) -> None:
    """Remember in which language somebody reads pages."""
    set_language(tx, user_id, language)


def choose_district(tx: Tx, user_id: UserId, district: str) -> None:
    """Remember with which district the council's page opens for somebody; "" for the city.

    Raises `InvalidError` for one that the city does not have.
    """
    known = [one.name for one in list_districts(tx)]
    if district and district not in known:
        raise InvalidError("district", district, f"one of {', '.join(known) or 'none'}")
    set_district(tx, user_id, district)


def keep_password_hash(tx: Tx, user_id: UserId, password_hash: str) -> User:
    """Keep the same password under a newer hash."""
    return set_password_hash(tx, user_id, password_hash)
