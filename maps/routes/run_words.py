"""Texts of runs: how far, between which crossings, in which directions."""

from collections.abc import Iterator

from maps.pages.i18n import Translator
from maps.routes.route_runs import RouteRunView
from maps.streets.street import called


def said_length(metres: float, t: Translator) -> str:
    """Return a length in words."""
    if metres < 950:
        return t("{value} m", value=round(metres, -1))
    return t("{value} km", value=round(metres / 1000, 1))


def stretch(run: RouteRunView, t: Translator) -> Iterator[str]:
    """Yield what of its street a run works: between which crossings, and whether both ways."""
    start, end = (
        None if name is None else f"\u2068{called(name, t)}\u2069" for name in (run.start, run.end)
    )
    if start and end and start != end:
        yield t("{start} to {end}", start=start, end=end)
    elif start:
        yield t("from {start}", start=start)
    elif end:
        yield t("as far as {street}", street=end)
    if run.both_ways:
        yield t("both directions")
