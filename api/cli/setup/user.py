"""`barfrub user` and `barfrub device`: people who sign in, trackers that send positions."""

import sys
from typing import Annotated

import typer

from data.model import Role, User

user = typer.Typer(no_args_is_help=True)
device = typer.Typer(no_args_is_help=True)

CityOption = Annotated[str | None, typer.Option("--city", help="City; by default BARFRUB_CITY.")]


@user.callback()
def users() -> None:
    """Manage people who sign in."""


@device.callback()
def devices() -> None:
    """Manage trackers that send positions."""


@user.command("add")
def add_user(
    login: Annotated[str, typer.Argument(help="Name to sign in with.")],
    role: Annotated[
        list[str],
        typer.Option(
            help="administrator, dispatcher, operator, driver, crew, council or supervisor."
        ),
    ],
    city: CityOption = None,
    password: Annotated[
        str | None,
        typer.Option(
            help="Password; by default asked for, or generated where there is no terminal."
        ),
    ] = None,
    language: Annotated[str, typer.Option(help="Of the pages; else the default.")] = "",
) -> None:
    """Add a person who signs in."""
    from api.access.auth import hash_password
    from api.config.clock import Clock
    from api.config.console import CONSOLE, open_city_database
    from api.config.settings import Settings, chosen_city
    from data.store.database.engine import transaction
    from fleet.accounts.accounts import enroll

    folder = chosen_city(Settings(), city)
    roles = [_role(each) for each in role]
    secret, made_up = chosen_password(password, login, folder.name)
    with transaction(open_city_database(folder)) as tx:
        enroll(
            tx,
            CONSOLE,
            login,
            roles,
            checked_language(language),
            hash_password(secret),
            Clock().now(),
        )
    typer.echo(f"{login} may sign in as {', '.join(roles)}.")
    if made_up:
        typer.echo(f"Password, shown only now: {secret}")


@user.command("list")
def list_people(city: CityOption = None) -> None:
    """List the people who may sign in, with their roles."""
    from api.config.console import open_city_database
    from api.config.settings import Settings, chosen_city
    from data.store.accounts.accounts import list_users
    from data.store.database.engine import reading

    with reading(open_city_database(chosen_city(Settings(), city))) as tx:
        people = list_users(tx)
    for one in people:
        typer.echo(f"{one.login:<20} {_words(one)}")


@user.command("password")
def change_password(
    login: Annotated[str, typer.Argument(help="Name to sign in with.")],
    city: CityOption = None,
    password: Annotated[
        str | None,
        typer.Option(
            help="Password; by default asked for, or generated where there is no terminal."
        ),
    ] = None,
) -> None:
    """Set another password, for example for an administrator who has forgotten it."""
    from api.access.auth import hash_password
    from api.config.clock import Clock
    from api.config.console import CONSOLE, open_city_database
    from api.config.settings import Settings, chosen_city
    from data.errors import NotFoundError
    from data.store.accounts.accounts import find_user_by_login
    from data.store.database.engine import transaction
    from fleet.accounts.accounts import set_password

    folder = chosen_city(Settings(), city)
    secret, made_up = chosen_password(password, login, folder.name)
    with transaction(open_city_database(folder)) as tx:
        found = find_user_by_login(tx, login)
        if found is None:
            raise NotFoundError("user", login)
        set_password(tx, CONSOLE, found, hash_password(secret), Clock().now())
    typer.echo(f"{login} has another password; sessions with the old one have ended.")
    if made_up:
        typer.echo(f"Password, shown only now: {secret}")


@user.command("reset-second-step")
def reset_second_step(
    login: Annotated[str, typer.Argument(help="Name to sign in with.")],
    city: CityOption = None,
) -> None:
    """Switch the second step of somebody off, for example after a phone is lost."""
    from api.config.clock import Clock
    from api.config.console import CONSOLE, open_city_database
    from api.config.settings import Settings, chosen_city
    from data.errors import NotFoundError
    from data.store.accounts.accounts import find_user_by_login
    from data.store.database.engine import transaction
    from fleet.accounts.second_factor import remove_second_step

    folder = chosen_city(Settings(), city)
    with transaction(open_city_database(folder)) as tx:
        found = find_user_by_login(tx, login)
        if found is None:
            raise NotFoundError("user", login)
        remove_second_step(tx, CONSOLE, found, Clock().now())
    typer.echo(f"{login} signs in by password alone until a phone is set up again.")


@device.command("add")
def add_device(
    name: Annotated[str, typer.Argument(help="Name of the tracker, `id` of the OsmAnd protocol.")],
    vehicle: Annotated[str, typer.Option(help="Name of the vehicle that it is mounted on.")],
    city: CityOption = None,
) -> None:
    """Add a tracker and print its token; it is not shown again."""
    from api.config.clock import Clock
    from api.config.console import CONSOLE, open_city_database
    from api.config.settings import Settings, chosen_city
    from data.store.database.engine import transaction
    from fleet.accounts.accounts import add_tracker

    folder = chosen_city(Settings(), city)
    with transaction(open_city_database(folder)) as tx:
        _, token = add_tracker(tx, CONSOLE, name, vehicle, Clock().now())
    typer.echo(f"Token of {name}, shown only now: {token}")


def _role(text: str) -> Role:
    from data.errors import InvalidError

    try:
        return Role(text)
    except ValueError:
        raise InvalidError("--role", text, f"one of {', '.join(Role)}") from None


def checked_language(text: str) -> str:
    """Return the code of a language, by default that which pages speak where nobody chose one."""
    from data.languages import default_language, known_language

    return known_language(text, "--language") if text else default_language()


def chosen_password(given: str | None, *names: str) -> tuple[str, bool]:
    """Return the password, and whether it was generated."""
    import secrets

    from api.access.password_rules import checked_password

    if given is None and not sys.stdin.isatty():
        return secrets.token_urlsafe(12), True
    text = given or typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return checked_password("--password", text, *names), False


def _words(user: User) -> str:
    roles = ", ".join(user.roles)
    if user.disabled:
        return f"{roles} (shut out)"
    return roles if user.password_hash else f"{roles} (has no password yet)"
