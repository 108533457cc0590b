"""The console script `barfrub`: which commands there are, and how errors reach the terminal."""

import sys
from importlib.metadata import version as package_version
from typing import Annotated

import typer

from api.cli.demo import demo
from api.cli.serve import serve
from api.cli.setup.apikey import apikey
from api.cli.setup.backup import backup
from api.cli.setup.city import city
from api.cli.setup.erase import erase
from api.cli.setup.fleet import fleet, policy
from api.cli.setup.geocode import geocode
from api.cli.setup.overrides import overrides
from api.cli.setup.restore import restore, upgrade
from api.cli.setup.sample import sample
from api.cli.setup.user import device, user
from api.cli.simulate import simulate
from api.cli.storms.audit import audit
from api.cli.storms.coverage import coverage
from api.cli.storms.match import match
from api.cli.storms.plan import plan
from api.cli.storms.replay import replay
from api.cli.storms.solve import solve
from api.cli.storms.storm import storm
from api.cli.work import work

commands = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
city.command()(sample)
commands.add_typer(city, name="city", help="Add, update, show, export and remove cities.")
commands.add_typer(fleet, name="fleet", help="Set depots, reload sites and machines.")
policy.add_typer(overrides, name="overrides", help="Decide the class of single streets.")
commands.add_typer(policy, name="policy", help="Set the levels of service.")
commands.add_typer(storm, name="storm", help="Storms and their snow.")
commands.add_typer(coverage, name="coverage", help="Derive coverage anew, show its revisions.")
commands.add_typer(audit, name="audit", help="Prove the storm book, and export it.")
commands.add_typer(user, name="user", help="Add people who sign in.")
commands.add_typer(device, name="device", help="Add trackers that send positions.")
commands.command()(geocode)
commands.add_typer(apikey, name="apikey", help="Let other systems bring requests.")
commands.command()(match)
commands.command()(plan)
commands.command()(solve)
commands.command()(serve)
commands.command()(work)
commands.command()(backup)
commands.command()(restore)
commands.command()(upgrade)
commands.command()(erase)
commands.command()(replay)
commands.command()(simulate)
commands.command()(demo)


@commands.callback(invoke_without_command=True)
def barfrub(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Winter operations dispatch and fleet tracking."""
    if version:
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
