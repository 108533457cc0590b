"""Salting tasks: turning back only where the file allows it, an open end, a limit in minutes."""

import numpy as np

from routing.formats.benchmarks.arc_layout import ArcBuilder, ArcLayout, link_modes
from routing.formats.benchmarks.arcs import StreetArcs, least_of_parallels, rows_of
from routing.formats.benchmarks.instance import Instance
from routing.problem.problem import NONE


def salt_layout(instance: Instance, streets: StreetArcs, unit: float) -> ArcLayout:
    """Return the layout of a salting task: cost is metres, and so is what the shift is limited by.

    A vehicle that reloads must not turn back without leave either, so a depot where that is
    forbidden is a site for each street that leads to it.
    """
    nodes = len(instance.labels)
    drive_s = least_of_parallels(streets, nodes)
    arcs = ArcBuilder(streets, drive_s, nodes)
    homes = arcs.add(instance.homes, instance.homes, place=True)
    may_turn = np.zeros(nodes, np.bool_)
    may_turn[list(instance.u_turns or ())] = True
    coming = [
        (site, street)
        for site in instance.sites
        for street in ([NONE] if may_turn[site] else np.flatnonzero(streets.head == site).tolist())
    ]
    site_node = [site for site, _ in coming]
    sites = arcs.add(site_node, site_node, place=True)
    origin, to = arcs.turns()
    came = np.arange(len(arcs.tail))
    came[sites] = [street for _, street in coming]
    back = arcs.tail[came[origin]] == arcs.head[to]
    back &= (came[origin] != NONE) & ~arcs.place[to] & (came[origin] < len(streets.tail))
    wrong_site = np.isin(to, sites) & (came[to] != NONE) & (came[to] != origin)
    allowed = (~back | may_turn[arcs.tail[to]]) & ~wrong_site
    return ArcLayout(
        arcs.tail,
        arcs.head,
        arcs.drive_s,
        arcs.place,
        turns=rows_of(len(arcs.tail), origin[allowed], to[allowed]),
        streets=len(streets.tail),
        mode_arc=link_modes(instance, streets),
        start=tuple(homes.tolist()),
        end=NONE,
        sites=tuple(sites.tolist()),
        site_node=tuple(site_node),
        limit_s=_limit_m(instance) / unit,
    )


def _limit_m(instance: Instance) -> float:
    """Return how far a vehicle may drive: never for longer than the limit, whatever the streets."""
    some = instance.minutes > 0
    least = instance.drive[some] / instance.minutes[some]
    return float(instance.limit * least.min()) if some.any() else np.inf
