"""Whose password and second step count: a city's own people's, or those of its province."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from api.access.auth import (
    UNKNOWN_LOGIN_HASH,
    DisabledError,
    WrongPasswordError,
    hash_password,
    password_fits,
    password_outdated,
)
from api.access.code_limit import SignInLimit
from api.access.refused_entries import EntryWay, log_refused
from data.model import SessionId, User
from data.store.database.engine import Database, reading, transaction
from fleet.accounts.accounts import note_session
from fleet.accounts.entry_tickets import redeem_ticket
from fleet.accounts.people import find_person, keep_password_hash
from fleet.accounts.province_people import Member, admit, find_member, with_roles
from fleet.accounts.second_factor import wants_second_factor
from fleet.accounts.sessions import (
    SessionOrigin,
    begin_session,
    end_session_of_city,
    find_signed_in,
)


@dataclass
class AccountStore:
    """A database with accounts, and the limits on guesses of their passwords and codes."""

    engine: Database
    sign_ins: SignInLimit
    second_steps: SignInLimit

    def verified(self, login: str, user: User | None, password: str, address: str) -> User:
        """Return the user with a login, once more where the password is right.

        Raises `WrongPasswordError` without a user too, which takes as long, so that neither can be
        told apart; `DisabledError`; `TooManyError`.
        """
        self.sign_ins.enter(login, address)
        kept = user.password_hash if user else ""
        fits = password_fits(kept or UNKNOWN_LOGIN_HASH, password)
        if user is None or not fits:
            log_refused(EntryWay.PASSWORD, address, login)
            raise WrongPasswordError
        self.sign_ins.succeeded(login, address)
        if user.disabled:
            raise DisabledError
        if not password_outdated(user.password_hash):
            return user
        with transaction(self.engine) as tx:
            return keep_password_hash(tx, user.id, hash_password(password))


@dataclass(frozen=True, slots=True)
class SignInAccount:
    """A person in the store that keeps the password and the second step.

    `member` says what a person of the province may do in the city.
    """

    store: AccountStore
    holder: User
    member: Member | None = None

    @property
    def wants_second_step(self) -> bool:
        """Whether a second step is set up."""
        with reading(self.store.engine) as tx:
            return wants_second_factor(tx, self.holder)


@dataclass(frozen=True, slots=True)
class TicketEntry:
    """Somebody who enters a city by a ticket, and the session at the province that it is of."""

    member: Member
    session_id: SessionId


@dataclass(frozen=True, slots=True)
class CityInProvince:
    """The accounts of a province, as one of its cities sees them; `now` is the real time.

    `host` is the host name of the province.
    """

    store: AccountStore
    city: str
    now: Callable[[], datetime]
    host: str

    def find(self, login: str) -> Member | None:
        """Return a person with a role in the city."""
        with reading(self.store.engine) as tx:
            return find_member(tx, login, self.city)

    def begin_session(
        self, login: str, digest: str, origin: SessionOrigin, lasts: timedelta
    ) -> None:
        """Begin at the province a session of the city: it ends when the province ends it."""
        with transaction(self.store.engine) as tx:
            member = find_member(tx, login, self.city)
            if member is not None:
                here = replace(origin, former=None)  # that one is a row of the city
                begin_session(tx, member.person, digest, here, self.now(), lasts)

    def redeem(self, ticket: str, state: str) -> TicketEntry | None:
        """Use a ticket up; return who enters by it, `None` where it is not for that."""
        with transaction(self.store.engine) as tx:
            found = redeem_ticket(tx, ticket, self.city, state, self.now())
            member = find_member(tx, found[1].login, self.city) if found else None
        return TicketEntry(member, found[0].id) if found and member else None

    def end_session(self, digest: str) -> None:
        """End at the province a session that ends in the city, and the one that it began from."""
        with transaction(self.store.engine) as tx:
            signed_out = end_session_of_city(tx, digest)
            if signed_out is not None:
                note_session(tx, signed_out, "signed_out", self.now())

    def confirmed(self, user: User, digest: str) -> User | None:
        """Return a user with today's roles, unless the province has ended session or roles."""
        with reading(self.store.engine) as tx:
            found = find_signed_in(tx, digest, self.now())
            member = find_member(tx, user.login, self.city) if found is not None else None
        if found is None or member is None or found[1].login != user.login:
            return None
        return with_roles(user, member)


class CityAccounts:
    """The accounts with which people sign in at a city: its own, and those of its province."""

    def __init__(self, own: AccountStore, province: CityInProvince | None = None) -> None:
        self.own = own
        self.province = province

    def find(self, login: str) -> SignInAccount | None:
        """Return the account with a login; a city's own one comes before that of the province."""
        with reading(self.own.engine) as tx:
            user = find_person(tx, login)
        if user is not None and not user.of_province:
            return SignInAccount(self.own, user)
        member = self.province.find(login) if self.province is not None else None
        if self.province is None or member is None:
            return None
        return SignInAccount(self.province.store, member.person, member)

    def of(self, user: User) -> SignInAccount:
        """Return the account of a user of the city; one that cannot be used is the user's row."""
        known = self.find(user.login) if user.of_province else None
        return known or SignInAccount(self.own, user)

    def user_of(self, account: SignInAccount, now: datetime) -> User:
        """Return the city's user of an account; a member who comes first is added.

        Raises `DisabledError` where the city has shut a member out.
        """
        if account.member is None:
            return account.holder
        with transaction(self.own.engine) as tx:
            person = account.member.person
            user = admit(tx, person.login, person.language, account.member.roles, now)
        if user.disabled:
            raise DisabledError
        return user
