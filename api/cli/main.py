"""The console script `barfrub`: which commands there are, and how errors reach the terminal."""

import sys
from typing import Annotated, Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group


class CommandEntry(NamedTuple):
    """A command or a group of commands: `module:name`, and its line in the list of commands."""

    target: str
    line: str


COMMANDS = {
    "geocode": CommandEntry(
        "api.cli.setup.geocode:geocode",
        "Print the places that words may mean, best first, as JSON by line.",
    ),
    "match": CommandEntry(
        "api.cli.storms.match:match",
        "Print the street, direction and place of every line of a GPS log, as CSV.",
    ),
    "plan": CommandEntry(
        "api.cli.storms.plan:plan",
        "Plan the routes of the active storm; start one where none is active.",
    ),
    "solve": CommandEntry(
        "api.cli.storms.solve:solve",
        "Find good routes for a file; Ctrl+C stops early and keeps the best.",
    ),
    "serve": CommandEntry(
        "api.cli.serve:serve",
        "Serve the pages, the API and the door for positions, and solve plans.",
    ),
    "work": CommandEntry(
        "api.cli.work:work", "Take plan runs from the queue and solve them until Ctrl+C."
    ),
    "backup": CommandEntry(
        "api.cli.setup.backup:backup",
        "Save a city - database, tiles, photos, policy, fleet - into one file; its server may run.",
    ),
    "restore": CommandEntry(
        "api.cli.setup.restore:restore",
        "Make a city from a backup; it is there whole or not at all.",
    ),
    "upgrade": CommandEntry(
        "api.cli.setup.restore:upgrade",
        "Bring the tables of a city up to what this version of Barfrub works with.",
    ),
    "erase": CommandEntry(
        "api.cli.setup.erase:erase", "Erase callers and photos that have been kept long enough."
    ),
    "replay": CommandEntry(
        "api.cli.storms.replay:replay",
        "Take a recorded log in, with the times at which its fixes were made.",
    ),
    "simulate": CommandEntry(
        "api.cli.simulate:simulate",
        "Send a simulated storm through the public doors until Ctrl+C.",
    ),
    "demo": CommandEntry(
        "api.cli.demo:demo",
        "Run a storm in a box on a fresh city: plan, serve and simulate until Ctrl+C.",
    ),
    "city": CommandEntry("api.cli.setup.city:city", "Add, update, show, export and remove cities."),
    "fleet": CommandEntry("api.cli.setup.fleet:fleet", "Set depots, reload sites and machines."),
    "policy": CommandEntry("api.cli.setup.fleet:policy", "Set the levels of service."),
    "storm": CommandEntry("api.cli.storms.storm:storm", "Storms and their snow."),
    "coverage": CommandEntry(
        "api.cli.storms.coverage:coverage", "Derive coverage anew, show its revisions."
    ),
    "audit": CommandEntry("api.cli.storms.audit:audit", "Prove the storm book, and export it."),
    "user": CommandEntry("api.cli.setup.user:user", "Add people who sign in."),
    "device": CommandEntry("api.cli.setup.user:device", "Add trackers that send positions."),
    "apikey": CommandEntry("api.cli.setup.apikey:apikey", "Let other systems bring requests."),
}
"""All commands, in the order of the help. Only the module of the one that is run is imported."""


class CommandTable(TyperGroup):
    """Lists the commands of `COMMANDS`, and imports the one that somebody asks for."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - as Typer has them
        super().__init__(**options)
        self.commands = {
            name: TyperCommand(name, help=entry.line) for name, entry in COMMANDS.items()
        }

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:  # noqa: ANN401
        """Return the command that the first word names, imported now, and the other words."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, command if name is None else loaded_command(name), rest


def loaded_command(name: str) -> Any:  # noqa: ANN401 - Typer keeps the type to itself
    """Import a command or a group of commands."""
    from pkgutil import resolve_name

    entry = COMMANDS[name]
    found = resolve_name(entry.target)
    holder = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    if isinstance(found, typer.Typer):
        holder.add_typer(found, name=name, help=entry.line)
        return get_group(holder).commands[name]
    holder.command(name)(found)
    return get_command(holder)


commands = typer.Typer(
    cls=CommandTable,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@commands.callback(invoke_without_command=True)
def barfrub(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Winter operations dispatch and fleet tracking."""
    if version:
        from importlib.metadata import version as package_version

        print(f"barfrub {package_version('barfrub')}")
        raise typer.Exit


def app() -> None:
    """Run the command line; an expected error is one line on stderr and exit code 1."""
    try:
        commands()
    except Exception as error:
        from data.errors import BarfrubError

        if not isinstance(error, BarfrubError):
            raise
        print(f"barfrub: {error}", file=sys.stderr)
        sys.exit(1)
