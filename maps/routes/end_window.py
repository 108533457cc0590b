"""When a route will be over, as sure as the policy wants deadlines kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from data.model import Route
from routing.problem.finish_odds import FinishOdds


@dataclass(frozen=True, slots=True)
class EndView:
    """An end as a window: by `latest_at` it has come in `kept_pct` of a hundred cases.

    That it comes before `earliest_at` is as unlikely as that it comes after `latest_at`.
    """

    earliest_at: datetime
    latest_at: datetime
    kept_pct: float


def end_view(ends_at: datetime, since: datetime, odds: FinishOdds | None) -> EndView | None:
    """Return the window of an end that is expected since a moment; `None` where nobody knows."""
    if odds is None:
        return None
    off = timedelta(seconds=odds.off_s((ends_at - since).total_seconds()))
    return EndView(ends_at - off, ends_at + off, 100 * odds.kept)


def end_of_route(route: Route, odds: FinishOdds | None) -> EndView | None:
    """Return the window of the end of a route with legs, as it was planned."""
    return end_view(route.legs[-1].ends_at, route.legs[0].starts_at, odds)
