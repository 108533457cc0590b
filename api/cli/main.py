"""The console script `barfrub`: which commands there are, and how errors reach the terminal."""

import sys
from typing import Annotated, Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group


class CommandEntry(NamedTuple):
    """The target of a command or group, `module:name`, and its line in the list of commands."""

    target: str
    line: str


COMMANDS = {
    "geocode": CommandEntry(
        "api.cli.setup.geocode:geocode",
        "Print the places that an address may mean, best first, as JSON lines.",
    ),
    "match": CommandEntry(
        "api.cli.storms.match:match",
        "Match a GPS log to the streets and print street, direction and place as CSV.",
    ),
    "plan": CommandEntry(
        "api.cli.storms.plan:plan",
        "Plan the routes of the active storm; start a storm where none is active.",
    ),
    "solve": CommandEntry(
        "api.cli.storms.solve:solve",
        "Solve a routing problem in a file; Ctrl+C stops early and keeps the best.",
    ),
    "serve": CommandEntry(
        "api.cli.serve:serve",
        "Serve the pages and the API of a city, receive positions and solve plans.",
    ),
    "work": CommandEntry(
        "api.cli.work:work",
        "Solve plans and make files until Ctrl+C, also of a city that another machine serves.",
    ),
    "digest": CommandEntry(
        "api.cli.digest:digest",
        "Digest positions into evidence until Ctrl+C, of a city that other machines serve.",
    ),
    "backup": CommandEntry(
        "api.cli.setup.backup:backup",
        "Save a city (database, tiles, photos, policy, fleet) to a file while its server runs.",
    ),
    "backup-key": CommandEntry(
        "api.cli.setup.backup:backup_key",
        "Make a key for encrypted backups, and say who signs the backups of this machine.",
    ),
    "restore": CommandEntry(
        "api.cli.setup.restore:restore",
        "Restore a city from a backup, completely or not at all.",
    ),
    "upgrade": CommandEntry(
        "api.cli.setup.restore:upgrade",
        "Upgrade a city's database to this version of Barfrub.",
    ),
    "erase": CommandEntry(
        "api.cli.setup.erase:erase",
        "Erase callers and photos whose retention time is over, or one person at their request.",
    ),
    "replay": CommandEntry(
        "api.cli.storms.replay:replay",
        "Import a recorded GPS log with its original times.",
    ),
    "simulate": CommandEntry(
        "api.cli.simulate:simulate",
        "Send simulated positions and calls to a server until Ctrl+C.",
    ),
    "demo": CommandEntry(
        "api.cli.demo:demo",
        "Run a demo on a new city: plan, serve and simulate a storm until Ctrl+C.",
    ),
    "training": CommandEntry(
        "api.cli.training:training", "Rehearse a storm on a copy of a city, beside the real one."
    ),
    "city": CommandEntry("api.cli.setup.city:city", "Add, update, show, export and remove cities."),
    "fleet": CommandEntry("api.cli.setup.fleet:fleet", "Set depots, reload sites and machines."),
    "policy": CommandEntry("api.cli.setup.fleet:policy", "Set the levels of service."),
    "storm": CommandEntry("api.cli.storms.storm:storm", "Manage storms and their snowfall."),
    "weather": CommandEntry(
        "api.cli.storms.weather:weather", "Take forecasts of snow and road weather."
    ),
    "coverage": CommandEntry(
        "api.cli.storms.coverage:coverage", "Recompute coverage and show its revisions."
    ),
    "learn": CommandEntry(
        "api.cli.learn:learn",
        "Learn from storms how long work takes; with --use plans follow what was proposed.",
    ),
    "report": CommandEntry(
        "api.cli.storms.report:report",
        "Write the council's report of a storm, or its brief for a meeting, as PDF.",
    ),
    "audit": CommandEntry("api.cli.storms.audit:audit", "Verify and export the audit log."),
    "user": CommandEntry("api.cli.setup.user:user", "Manage the people who sign in."),
    "province": CommandEntry(
        "api.cli.setup.province:province",
        "Manage the people of a province, who sign in at several cities.",
    ),
    "device": CommandEntry("api.cli.setup.user:device", "Manage the trackers that send positions."),
    "certificates": CommandEntry(
        "api.cli.setup.certificates:certificates",
        "Make or renew certificates for HTTPS in a network without internet.",
    ),
    "apikey": CommandEntry(
        "api.cli.setup.apikey:apikey", "Manage the keys of other systems for Open311."
    ),
}
"""All commands, in the order of the help. Only the module of the one that is run is imported."""


class CommandTable(TyperGroup):
    """Lists the commands of `COMMANDS`, and imports only the one that is run."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - as Typer has them
        super().__init__(**options)
        self.commands = {
            name: TyperCommand(name, help=entry.line) for name, entry in COMMANDS.items()
        }

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:  # noqa: ANN401 - as Typer has them
        """Return the command named by the first argument, imported, and the other arguments."""
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
