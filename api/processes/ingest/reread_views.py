"""Views that a digesting process has found changed, read anew by the server that publishes them."""

from collections.abc import Callable, Collection, Mapping, Sequence

from api.processes.ingest.evidence_process import REQUESTS, RUNS, STORM
from api.processes.ingest.run_views import shown_run
from data.model import PlanRunId, RequestId, StormId
from data.store.database.engine import Tx
from data.store.planning.plan_runs import get_run
from data.store.requests.requests import list_requests_by_id
from data.store.storms.storms import get_storm
from data.streets.network import StreetNetwork
from fleet.tracking.live_fleet import HasId
from maps.board.board import storm_view
from maps.requests.requests import request_view


def read_views(
    tx: Tx, changed: Mapping[str, Collection[int]], network: StreetNetwork
) -> dict[str, Sequence[HasId]]:
    """Return the views of some ids of each kind, as they are in a transaction."""
    return {kind: _READERS[kind](tx, sorted(ids), network) for kind, ids in changed.items() if ids}


def _requests(tx: Tx, ids: Sequence[int], network: StreetNetwork) -> Sequence[HasId]:
    found = list_requests_by_id(tx, [RequestId(one) for one in ids])
    return [request_view(one, {}, network) for one in found.values()]


def _runs(tx: Tx, ids: Sequence[int], _network: StreetNetwork) -> Sequence[HasId]:
    return [shown_run(tx, get_run(tx, PlanRunId(one))) for one in ids]


def _storms(tx: Tx, ids: Sequence[int], _network: StreetNetwork) -> Sequence[HasId]:
    return [storm_view(get_storm(tx, StormId(one))) for one in ids]


_READERS: Mapping[str, Callable[[Tx, Sequence[int], StreetNetwork], Sequence[HasId]]] = {
    REQUESTS: _requests,
    RUNS: _runs,
    STORM: _storms,
}
