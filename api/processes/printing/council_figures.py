"""A storm's figures for the council, made in the server or in a process beside it."""

from dataclasses import dataclass
from typing import Protocol

from api.config.clock import Clock
from api.processes.city_state import CityStateHolder
from data.model import Storm, StormId
from data.store.database.engine import Database, Tx, reading
from fleet.evidence.storm_evidence import coverage_revisions
from fleet.reports.storm_statistics import Account, StormRecords
from fleet.storms.storm_lookup import listed_storms, shown_storm
from maps.reports.council import CouncilView, Ground, compared_with, council_view
from maps.reports.coverage_revisions import revision_views
from maps.reports.storm_rows import storms_before


@dataclass(frozen=True, slots=True)
class FiguresSubject:
    """Which figures: those of a storm, the newest where none is given, beside those of another."""

    storm: StormId | None = None
    against: StormId | None = None


class FigureSources(Protocol):
    """What figures are made from: the parts of a server, or of the process beside it."""

    engine: Database
    clock: Clock
    city_state: CityStateHolder
    records: StormRecords


def council_figures(sources: FigureSources, subject: FiguresSubject) -> CouncilView:
    """Return a storm's figures, beside those of an earlier one after the same time."""
    with reading(sources.engine) as tx:
        now, shown = sources.clock.now(), shown_storm(tx, subject.storm)
        storms, network = listed_storms(tx), sources.city_state.now.network
        earlier = compared_with(storms, shown, subject.against) if shown else None
        account, before = (_account(tx, sources, one) for one in (shown, earlier))
        before_it = [
            found
            for one in (storms_before(storms, shown) if shown else ())
            if (found := _account(tx, sources, one)) is not None
        ]
        revised = revision_views(*coverage_revisions(tx, shown.id), network) if shown else ()
        policy = sources.city_state.policy_of(tx, shown)
        spent = sources.records.spent(tx, shown, policy, now) if shown else None
    ground = _ground(sources)
    return council_view(
        now,
        storms,
        policy,
        account,
        before,
        revised,
        ground=ground,
        before_it=before_it,
        spent=spent,
    )


def _ground(sources: FigureSources) -> Ground:
    city_state = sources.city_state.now
    inhabitants = {
        one.name: one.inhabitants for one in city_state.districts if one.inhabitants is not None
    }
    return Ground(city_state.network, city_state.sites, inhabitants)


def _account(tx: Tx, sources: FigureSources, storm: Storm | None) -> Account | None:
    if storm is None:
        return None
    city_state = sources.city_state
    policy = city_state.policy_of(tx, storm)
    return sources.records.account(tx, storm, city_state.now.network, policy)
