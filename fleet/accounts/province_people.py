"""People of a province: one account each in the province's database, roles in each city.

The province's database has the tables of a city's and no city: accounts, second steps, sessions
and an audit log there work as in a city.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from data.errors import ConflictError, InvalidError, NotFoundError
from data.model import Actor, ActorKind, Role, User
from data.policy.access_rules import WITH_PASSWORD
from data.store.accounts.accounts import (
    add_user,
    find_user_by_login,
    list_users,
    set_disabled,
    set_roles,
)
from data.store.accounts.city_roles import find_city_roles, list_city_roles, save_city_roles
from data.store.accounts.sessions import remove_sessions
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from fleet.accounts.accounts import NO_PASSWORD, checked_login

PROVINCE = Actor(ActorKind.SYSTEM, "province")
"""The actor in a city's audit log for what was decided at the province."""


@dataclass(frozen=True, slots=True)
class Member:
    """A person of a province, with the roles in one city."""

    person: User
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class ProvincePerson:
    """A person of a province, with the roles in each city."""

    person: User
    roles: dict[str, tuple[Role, ...]]


def new_person(
    tx: Tx, actor: Actor, login: str, language: str, password_hash: str, now: datetime
) -> User:
    """Add a person without any role yet; raise `ConflictError` where the login is taken."""
    require_new(tx, checked_login(login))
    person = add_user(tx, login, (), language, password_hash)
    after = {"login": login, "roles": [], "language": language}
    add_event(tx, now, actor, "user.added", _subject(person), after=after)
    return person


def require_new(tx: Tx, login: str) -> None:
    """Raise `ConflictError` where a person has this name."""
    if find_user_by_login(tx, login) is not None:
        raise ConflictError(f"there is a user {login!r} already", reason="login_taken", login=login)


def known_person(tx: Tx, login: str) -> User:
    """Return a person by name; raise `NotFoundError`."""
    person = find_user_by_login(tx, login)
    if person is None:
        raise NotFoundError("user", login)
    return person


def all_people(tx: Tx) -> list[ProvincePerson]:
    """Return everybody with their roles, by login."""
    given = list_city_roles(tx)
    return [
        ProvincePerson(one, {each.city: each.roles for each in given if each.user_id == one.id})
        for one in list_users(tx)
    ]


def roles_of(tx: Tx, person: User) -> dict[str, tuple[Role, ...]]:
    """Return the roles of a person in each city."""
    return {each.city: each.roles for each in list_city_roles(tx) if each.user_id == person.id}


def give_roles(
    tx: Tx, actor: Actor, person: User, city: str, roles: Sequence[Role], now: datetime
) -> User:
    """Let a person do something else in a city from now on; no roles end it there.

    Roles of the person at the province are those of all cities together.
    """
    if not {*roles} <= {*WITH_PASSWORD}:
        raise InvalidError("roles", ", ".join(roles), f"some of {', '.join(WITH_PASSWORD)}")
    wanted = [role for role in Role if role in roles]
    save_city_roles(tx, person.id, city, wanted)
    mine = {role for there in roles_of(tx, person).values() for role in there}
    every = [role for role in Role if role in mine]
    after = {"roles": every, "city": city, "roles_there": wanted}
    before = {"roles": list(person.roles)}
    add_event(tx, now, actor, "user.roles_set", _subject(person), before, after)
    return set_roles(tx, person.id, every)


def lock_person(tx: Tx, actor: Actor, person: User, now: datetime) -> User:
    """Shut a person out of the province and all its cities; every session ends at once."""
    if person.disabled:
        raise ConflictError(
            f"{person.login} is shut out", reason="user_disabled", login=person.login
        )
    remove_sessions(tx, person.id)
    add_event(tx, now, actor, "user.disabled", _subject(person))
    return set_disabled(tx, person.id, disabled=True)


def end_person(tx: Tx, actor: Actor, person: User, now: datetime) -> User:
    """Take all roles from a person and lock the account; the name stays in the audit log."""
    for city in roles_of(tx, person):
        person = give_roles(tx, actor, person, city, (), now)
    return person if person.disabled else lock_person(tx, actor, person, now)


def find_member(tx: Tx, login: str, city: str) -> Member | None:
    """Return a person by name with the roles in a city; `None` for whoever has none there."""
    person = find_user_by_login(tx, login)
    given = person and find_city_roles(tx, person.id, city)
    return Member(person, given.roles) if person and given else None


def admit(tx: Tx, login: str, language: str, roles: Sequence[Role], now: datetime) -> User:
    """Return a person of the province as a user of a city's database `tx`, with these roles.

    Who comes first is added. Raises `ConflictError` where the city has somebody of its own under
    that name.
    """
    wanted, known = [role for role in Role if role in roles], find_user_by_login(tx, login)
    if known is None:
        known = add_user(tx, login, wanted, language, NO_PASSWORD, of_province=True)
        added = {"login": login, "roles": wanted, "language": language}
        add_event(tx, now, PROVINCE, "user.added", _subject(known), after=added)
        return known
    if not known.of_province:
        raise ConflictError(
            f"there is a user {login!r} of the city's own already",
            reason="login_taken",
            login=login,
        )
    if known.roles == tuple(wanted):
        return known
    before, after = {"roles": list(known.roles)}, {"roles": wanted}
    add_event(tx, now, PROVINCE, "user.roles_set", _subject(known), before, after)
    return set_roles(tx, known.id, wanted)


def dismiss(tx: Tx, login: str, now: datetime) -> None:
    """Take all roles of a person of the province from the user of a city's database `tx`."""
    known = find_user_by_login(tx, login)
    if known is None or not known.of_province or not known.roles:
        return
    before = {"roles": list(known.roles)}
    add_event(tx, now, PROVINCE, "user.roles_set", _subject(known), before, {"roles": []})
    set_roles(tx, known.id, [])


def with_roles(user: User, member: Member) -> User:
    """Return a city's user with the roles that the province gives today."""
    return user if user.roles == member.roles else replace(user, roles=member.roles)


def _subject(user: User) -> str:
    return f"user:{user.id}"
