"""Instances where every turn is free: carp, carp-mixed, carp-reload and mcgrp."""

from collections.abc import Sequence

import numpy as np

from routing.formats.benchmarks.arc_layout import ArcBuilder, ArcLayout, link_modes
from routing.formats.benchmarks.arcs import StreetArcs, rows_of
from routing.formats.benchmarks.instance import Instance
from routing.problem.problem import NONE


def plain_layout(
    instance: Instance,
    streets: StreetArcs,
    ways_home: Sequence[tuple[float, tuple[int, ...]]],
    unit: float,
) -> ArcLayout:
    """Return the layout of an instance with free turns.

    With sites every route ends by a visit to one: arcs that stand for that visit and the way from
    there lead to a junction of their own, where the vehicles' end is.
    """
    depot, nodes = instance.homes[0], len(instance.labels)
    arcs = ArcBuilder(streets, streets.drive_s, nodes)
    arcs.split_hubs()
    start = int(arcs.add([depot], [depot], place=True)[0])
    served = arcs.add(instance.node_task, instance.node_task, place=True)
    sites = arcs.add(instance.sites, instance.sites, place=True)
    end, home = start, np.zeros(0, np.int32)
    if instance.sites:
        goal = arcs.junctions
        arcs.junctions += 1
        home = arcs.add(instance.sites, [goal] * len(sites), place=False)
        far_s = np.array([seconds for seconds, _ in ways_home])
        arcs.drive_s[home] = np.where(np.isfinite(far_s), far_s, 0.0) + instance.site_price / unit
        end = int(arcs.add([goal], [goal], place=True)[0])
    origin, to = arcs.turns()
    lost = [arc for arc, (seconds, _) in zip(home, ways_home, strict=True) if seconds == np.inf]
    led = ~np.isin(to, lost)
    node_modes = np.column_stack((served, np.full(len(served), NONE, np.int32)))
    return ArcLayout(
        arcs.tail,
        arcs.head,
        arcs.drive_s,
        arcs.place,
        turns=rows_of(len(arcs.tail), origin[led], to[led]),
        streets=len(streets.tail),
        mode_arc=np.concatenate((link_modes(instance, streets), node_modes)).astype(np.int32),
        start=(start,),
        end=end,
        sites=tuple(sites.tolist()),
        site_node=instance.sites,
        ways_home={int(arc): way for arc, (_, way) in zip(home, ways_home, strict=True)},
        limit_s=instance.limit / unit,
        farthest_s=max((seconds for seconds, _ in ways_home if np.isfinite(seconds)), default=0.0),
    )
