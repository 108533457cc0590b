"""When a route will be over, as sure as the policy wants deadlines kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from data.model import Route
from fleet.routes.plan_vs_actual import RouteCheck
from routing.problem.finish_odds import FinishOdds

NARROWEST = timedelta(minutes=5)
"""A window that is narrower is told as the time in its middle: nobody drives by the minute."""


@dataclass(frozen=True, slots=True)
class EndView:
    """An end as a window: by `latest_at` it has come in `kept_pct` of a hundred cases.

    That it comes before `earliest_at` is as unlikely as that it comes after `latest_at`.
    """

    earliest_at: datetime
    latest_at: datetime
    kept_pct: float


@dataclass(frozen=True, slots=True)
class EndsAhead:
    """How sure ends of routes are that are driven now; `odds` is `None` where nobody knows."""

    odds: FinishOdds | None
    now: datetime

    def of(self, route: Route, check: RouteCheck) -> EndView | None:
        """Return the window of the end that a driven route is expected to have, in whole minutes.

        `None` for what is over or not expected any more, and for an end so near that it is a time.
        """
        if check.over or check.ends_at is None:
            return None
        seen = end_view(check.ends_at, max(self.now, route.legs[0].starts_at), self.odds)
        if seen is None or seen.latest_at - seen.earliest_at < NARROWEST:
            return None
        return EndView(_minute(seen.earliest_at), _minute(seen.latest_at), seen.kept_pct)


def end_view(ends_at: datetime, since: datetime, odds: FinishOdds | None) -> EndView | None:
    """Return the window of an end that is expected since a moment; `None` where nobody knows."""
    if odds is None:
        return None
    off = timedelta(seconds=odds.off_s((ends_at - since).total_seconds()))
    return EndView(ends_at - off, ends_at + off, 100 * odds.kept)


def end_of_route(route: Route, odds: FinishOdds | None) -> EndView | None:
    """Return the window of the end of a route with legs, as it was planned."""
    return end_view(route.legs[-1].ends_at, route.legs[0].starts_at, odds)


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
