"""`barfrub province`: the people of a province, who sign in at several cities."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from api.access.auth import hash_password
from api.cli.setup.province_backup import backup_people, restore_people
from api.cli.setup.user import checked_language, chosen_password
from api.config.clock import Clock
from api.config.console import CONSOLE, open_city_database
from api.config.settings import Settings
from data.errors import BarfrubError, InvalidError
from data.model import Role
from data.policy.access_rules import WITH_PASSWORD
from data.setup.province_file import read_province
from data.store.accounts.second_factors import users_with_second_factor
from data.store.database.engine import Database, reading, transaction
from fleet.accounts.accounts import checked_login, enable, set_password
from fleet.accounts.province_people import (
    admit,
    all_people,
    dismiss,
    end_person,
    give_roles,
    known_person,
    lock_person,
    new_person,
    require_new,
    roles_of,
)
from fleet.accounts.second_factor import remove_second_step
from fleet.setup.province_store import open_province

province = typer.Typer(no_args_is_help=True)
user = typer.Typer(no_args_is_help=True)
province.add_typer(user, name="user")
province.command("backup")(backup_people)
province.command("restore")(restore_people)

Login = Annotated[str, typer.Argument(help="Name to sign in with.")]
RolesOption = Annotated[
    list[str],
    typer.Option("--role", help="City and role, like urmia:dispatcher; several times for more."),
]
PasswordOption = Annotated[
    str | None,
    typer.Option(help="Password; by default asked for, or generated where there is no terminal."),
]


@province.callback()
def of_province() -> None:
    """Manage what the cities of province.toml have in common."""


@user.callback()
def people() -> None:
    """Manage people with one account and roles in several cities."""


@user.command("add")
def add_person(
    login: Login,
    role: RolesOption,
    password: PasswordOption = None,
    language: Annotated[str, typer.Option(help="Of the pages; else the default.")] = "",
) -> None:
    """Add a person of the province, with roles in its cities."""
    checked_login(login)
    roles, spoken = _roles(role), checked_language(language)
    secret, made_up = chosen_password(password, login)
    now, hashed = Clock().now(), hash_password(secret)
    with reading(_people()) as tx:
        require_new(tx, login)
    _admit(login, spoken, roles)
    with transaction(_people()) as tx:
        person = new_person(tx, CONSOLE, login, spoken, hashed, now)
        for city, given in roles.items():
            person = give_roles(tx, CONSOLE, person, city, given, now)
    typer.echo(f"{login} may sign in: {_words(roles)}.")
    if made_up:
        typer.echo(f"Password, shown only now: {secret}")


@user.command("list")
def list_people() -> None:
    """List the people of the province, with their roles in each city."""
    with reading(_people()) as tx:
        everybody, two_steps = all_people(tx), users_with_second_factor(tx)
    for one in everybody:
        notes = [_words(one.roles) or "no roles"]
        notes += ["second step"] if one.person.id in two_steps else []
        notes += ["locked"] if one.person.disabled else []
        typer.echo(f"{one.person.login:<20} {'; '.join(notes)}")


@user.command("roles")
def set_roles(
    login: Login,
    city: Annotated[str, typer.Argument(help="City in which the roles change.")],
    role: Annotated[list[str] | None, typer.Option(help="Role there; none ends it.")] = None,
) -> None:
    """Give a person other roles in one city; without any role, none there."""
    roles = _roles([f"{city}:{each}" for each in role or ()]) or {_known_city(city): ()}
    with reading(_people()) as tx:
        person = known_person(tx, login)
    if roles[city]:
        _admit(login, person.language, roles)
    with transaction(_people()) as tx:
        give_roles(tx, CONSOLE, known_person(tx, login), city, roles[city], Clock().now())
    if not roles[city]:
        _dismiss(login, [city])
    typer.echo(f"{login}: {_words(roles) or f'nothing in {city}'}.")


@user.command("password")
def change_password(login: Login, password: PasswordOption = None) -> None:
    """Set another password; every session of the person ends, in all cities."""
    secret, made_up = chosen_password(password, login)
    with transaction(_people()) as tx:
        person = known_person(tx, login)
        set_password(tx, CONSOLE, person, hash_password(secret), Clock().now())
    typer.echo(f"{login} has another password; all sessions have ended.")
    if made_up:
        typer.echo(f"Password, shown only now: {secret}")


@user.command("reset-second-step")
def reset_second_step(login: Login) -> None:
    """Switch the second step of a person off, for example after a phone is lost."""
    with transaction(_people()) as tx:
        remove_second_step(tx, CONSOLE, known_person(tx, login), Clock().now())
    typer.echo(f"{login} signs in by password alone until a phone is set up again.")


@user.command("lock")
def lock(login: Login) -> None:
    """Shut a person out everywhere at once; the roles stay for `unlock`."""
    with transaction(_people()) as tx:
        lock_person(tx, CONSOLE, known_person(tx, login), Clock().now())
    typer.echo(f"{login} is shut out of all cities; all sessions have ended.")


@user.command("unlock")
def unlock(login: Login) -> None:
    """Let a person in again, with the password and the roles of before."""
    with transaction(_people()) as tx:
        enable(tx, CONSOLE, known_person(tx, login).id, Clock().now())
    typer.echo(f"{login} may sign in again.")


@user.command("remove")
def remove(login: Login) -> None:
    """End a person's account for good: no roles, locked; the name stays in the audit logs."""
    with transaction(_people()) as tx:
        person = known_person(tx, login)
        cities = [*roles_of(tx, person)]
        end_person(tx, CONSOLE, person, Clock().now())
    _dismiss(login, cities)
    typer.echo(f"{login} has no roles any more and is shut out.")


def _people() -> Database:
    settings = Settings()
    return open_province(settings.province_folder, settings.database)


def _roles(texts: Sequence[str]) -> dict[str, tuple[Role, ...]]:
    """Return the roles by city of texts like `urmia:dispatcher`."""
    roles: dict[str, tuple[Role, ...]] = {}
    for text in texts:
        city, _, role = text.rpartition(":")
        if role not in WITH_PASSWORD:
            raise InvalidError("--role", text, f"a city and one of {', '.join(WITH_PASSWORD)}")
        roles[city] = (*roles.get(_known_city(city), ()), Role(role))
    return roles


def _known_city(name: str) -> str:
    known = [each.name for each in read_province(Settings().province_file).city]
    if name not in known:
        raise InvalidError("city", name, f"one of {', '.join(known)}")
    return name


def _admit(login: str, language: str, roles: Mapping[str, Sequence[Role]]) -> None:
    """Make a person known to cities; raise `ConflictError` where one has that name already."""
    for city, given in roles.items():
        with transaction(open_city_database(Settings().city_folder(city))) as tx:
            admit(tx, login, language, given, Clock().now())


def _dismiss(login: str, cities: Sequence[str]) -> None:
    """Take the roles from the lists of cities too; they count at the province in any case."""
    for city in cities:
        try:
            with transaction(open_city_database(Settings().city_folder(city))) as tx:
                dismiss(tx, login, Clock().now())
        except BarfrubError as error:
            typer.echo(f"{city} still lists the name: {error}", err=True)


def _words(roles: Mapping[str, Sequence[Role]]) -> str:
    return ", ".join(f"{city}:{role}" for city, given in roles.items() for role in given)
