"""Streets that depots can reach, by a networkx graph, and assumed depots."""

from collections.abc import Iterable, Sequence

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from data.model import Depot, DepotId, LonLat, RoadClass, SegmentId
from data.setup.fleet_columns import machine_term
from data.setup.fleet_tables import numbered
from data.streets.network import StreetNetwork

ASSUMED_DEPOTS = 3
"""Number of depots assumed for a city that names none."""

_ARTERIAL = (RoadClass.PRIMARY, RoadClass.SECONDARY)
_SECOND_CHOICE = (RoadClass.TERTIARY, RoadClass.UNCLASSIFIED, RoadClass.RESIDENTIAL)
_ROUNDS = 25


def graph_of(network: StreetNetwork) -> nx.DiGraph:
    """Return the graph of allowed turns: nodes are arcs, an edge's `cost_s` is its time.

    An edge is the turn from one arc into the next and the drive along that.
    """
    turns = network.turns
    came = np.repeat(np.arange(len(network.arc_tail)), np.diff(turns.start))
    cost_s = turns.cost_s + network.arc_drive_s[turns.to]
    graph = nx.DiGraph()
    graph.add_nodes_from(range(len(network.arc_tail)))
    graph.add_weighted_edges_from(
        zip(came.tolist(), turns.to.tolist(), cost_s.tolist(), strict=True), weight="cost_s"
    )
    return graph


def unreachable(network: StreetNetwork, depots: Iterable[LonLat]) -> list[SegmentId]:
    """Return the segments that no depot can reach and return from, in the order of the network.

    Turn costs do not matter here, but signs, one-ways and where turning back is allowed do. A
    vehicle may leave its depot in any direction.
    """
    graph = graph_of(network)
    yards = sorted({network.nearest_node(depot) for depot in depots})
    arcs = len(network.arc_tail)
    for n, node in enumerate(yards):
        yard = arcs + n
        graph.add_edges_from((yard, int(arc)) for arc in np.flatnonzero(network.arc_tail == node))
        graph.add_edges_from((int(arc), yard) for arc in np.flatnonzero(network.arc_head == node))
    wanted = set(range(arcs, arcs + len(yards)))
    reached: set[int] = set()
    for part in nx.strongly_connected_components(graph):
        if part & wanted:
            reached |= part
    served = {int(network.arc_segment[arc]) for arc in reached if arc < arcs}
    return [s.id for i, s in enumerate(network.segments) if i not in served]


def assumed_depots(network: StreetNetwork, language: str = "") -> tuple[Depot, ...]:
    """Return up to three arterial junctions in the middle of thirds of the city, as assumed depots.

    All are in the largest part where everything is reachable from everything.
    """
    junctions = _main_junctions(network)
    candidates = _junctions_of(network, junctions, _ARTERIAL)
    if len(candidates) < ASSUMED_DEPOTS:
        candidates = _junctions_of(network, junctions, _ARTERIAL + _SECOND_CHOICE)
    if not len(candidates):
        candidates = junctions
    places = network.projection.planes(network.node_lonlat)
    chosen: list[int] = []
    for centre in _centres(places[junctions], ASSUMED_DEPOTS):
        away_m = np.hypot(*(places[candidates] - centre).T)
        nearest = int(candidates[np.argmin(away_m)])
        if nearest not in chosen:
            chosen.append(nearest)
    name = machine_term("names", "depot", language or "en")
    where = [LonLat(*network.node_lonlat[node].tolist()) for node in chosen]
    return tuple(
        Depot(DepotId(n), numbered(name, n), place, assumed=True)
        for n, place in enumerate(where, 1)
    )


def _main_junctions(network: StreetNetwork) -> NDArray[np.int64]:
    """Return the junctions (indexes) of the longest strongly connected component."""
    parts = nx.strongly_connected_components(graph_of(network))
    largest = max(parts, key=lambda part: float(network.arc_length_m[list(part)].sum()))
    return np.unique(network.arc_tail[list(largest)]).astype(np.int64)


def _junctions_of(
    network: StreetNetwork, junctions: NDArray[np.int64], classes: Sequence[RoadClass]
) -> NDArray[np.int64]:
    fits = np.array([segment.road_class in classes for segment in network.segments])
    arcs = fits[network.arc_segment]
    return np.intersect1d(junctions, network.arc_tail[arcs])


def _centres(points: NDArray[np.float64], count: int) -> list[NDArray[np.float64]]:
    """Return the k-means centers of points, started along the longer side."""
    longer = int(np.argmax(np.ptp(points, axis=0)))
    order = np.argsort(points[:, longer], kind="stable")
    shares = (2 * np.arange(count) + 1) / (2 * count)
    centres = points[order[(shares * len(points)).astype(int)]]
    for _ in range(_ROUNDS):
        away_m = np.hypot(*(points[:, None, :] - centres[None, :, :]).transpose(2, 0, 1))
        group = np.argmin(away_m, axis=1)
        centres = np.array(
            [
                points[group == k].mean(axis=0) if (group == k).any() else centres[k]
                for k in range(count)
            ]
        )
    return list(centres)
