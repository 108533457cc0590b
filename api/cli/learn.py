"""`barfrub learn`: what storms teach of how long work takes, for the plans to come."""

from typing import Annotated

import typer


def learn(
    city: Annotated[str | None, typer.Option(help="City; by default BARFRUB_CITY.")] = None,
    storms: Annotated[
        str,
        typer.Option(help="Numbers of storms to learn from, with commas; by default all closed."),
    ] = "",
    show: Annotated[
        int | None, typer.Option(help="Number of an earlier proposal to show; learns nothing.")
    ] = None,
    use: Annotated[
        int | None,
        typer.Option(
            help="Number of a proposal that plans use from now on, 0 for the fleet file alone."
        ),
    ] = None,
    undo: Annotated[
        bool, typer.Option("--undo", help="Undo the last change of what plans use.")
    ] = False,
    streets: Annotated[int, typer.Option(min=0, help="Streets to list at most.")] = 20,
) -> None:
    """Learn from storms how long work takes; with --use plans follow what was proposed.

    What is proposed is a share of the seconds that plans assume by the fleet file: from how many
    drives, and the range that it surely lies in.
    """
    from api.cli.storms.pace_text import in_force_text, proposal_lines
    from api.config.clock import Clock
    from api.config.console import CONSOLE, open_city_database
    from api.config.settings import Settings, chosen_city
    from data.errors import InvalidError
    from data.model.planning.paces import PaceProposalId
    from data.store.database.engine import reading, transaction
    from data.store.learning.pace_proposals import get_proposal
    from data.store.streets.network import load_network
    from fleet.learning.pace_proposals import (
        find_last_pace_change,
        lessons_of,
        pace_in_plans,
        propose,
        put_in_force,
        storms_to_learn_from,
        undo_pace,
    )

    if sum((bool(storms), show is not None, use is not None, undo)) > 1:
        raise InvalidError("options", "several", "one of --storms, --show, --use, --undo")
    engine, now = open_city_database(chosen_city(Settings(), city)), Clock().now()
    if undo or use is not None:
        with transaction(engine) as tx:
            last = find_last_pace_change(tx)
            seen = last.id if last else 0
            if use is None:
                used = undo_pace(tx, CONSOLE, seen, now)
            else:
                used = put_in_force(tx, CONSOLE, PaceProposalId(use), seen, now)
        typer.echo(in_force_text(used))
        return
    if show is None:
        with reading(engine) as tx:
            wanted = storms_to_learn_from(tx, _numbers(storms))
            lessons = lessons_of(tx, wanted, load_network(tx), now)
        with transaction(engine) as tx:
            shown = propose(tx, CONSOLE, lessons, now).id
    else:
        shown = PaceProposalId(show)
    with reading(engine) as tx:
        proposal, in_plans = get_proposal(tx, shown), pace_in_plans(tx)
        for text in proposal_lines(proposal, in_plans, load_network(tx), streets):
            typer.echo(text)


def _numbers(storms: str) -> list[int]:
    from data.errors import InvalidError

    words = [word.strip() for word in storms.split(",") if word.strip()]
    if not all(word.isdecimal() for word in words):
        raise InvalidError("--storms", storms, "numbers of storms with commas")
    return [int(word) for word in words]
