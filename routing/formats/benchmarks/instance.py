"""A public instance as all its formats have it: streets, tasks, depot, capacity, turns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from routing.problem.problem import Flags, Floats, Ints

Kind = Literal["carp", "carp-mixed", "carp-reload", "mcgrp", "mcgrp-turns", "salt"]
"""Which format a file has, and with it what its cost counts."""

type NodeLabel = int | str
"""A node as the file calls it."""


class Link(NamedTuple):
    """A street of a file, from `u` to `v`, with its cost driven and its cost served."""

    u: NodeLabel
    v: NodeLabel
    drive: float
    serve: float
    demand: float
    both_ways: bool
    required: bool
    minutes: float = 0.0


class ListedTurn(NamedTuple):
    """A way to go on from `i`-`j` to `j`-`k`, and what it costs."""

    i: NodeLabel
    j: NodeLabel
    k: NodeLabel
    cost: float


@dataclass(frozen=True, slots=True, eq=False)
class ListedTurns:
    """Allowed turns: `i`, `j`, `k` int32[M] are nodes by index, `cost` float64[M]."""

    i: Ints
    j: Ints
    k: Ints
    cost: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Instance:
    """What a file asks for; N nodes, L streets, S nodes to serve, R reload sites.

    Nodes are numbered by index; `labels` are their names in the file. Costs are the file's.

    Attributes
    ----------
    u, v, drive, serve, demand, minutes
        [L]; `minutes` counts in salt files only.
    both_ways, required
        bool[L].
    node_task, node_demand
        int32[S], float64[S].
    homes
        Where each vehicle starts; one entry stands for all where the fleet is free.
    route_price
        Added once for each route used.
    sites, site_price
        int32[R], and the cost of one visit.
    limit
        Most that one route may cost, in salt files minutes.
    turns
        Allowed turns, `None` where every turn is.
    u_turns
        Nodes where turning back is allowed, `None` where it is everywhere.
    """

    kind: Kind
    name: str
    labels: tuple[NodeLabel, ...]
    u: Ints
    v: Ints
    drive: Floats
    serve: Floats
    demand: Floats
    minutes: Floats
    both_ways: Flags
    required: Flags
    node_task: Ints
    node_demand: Floats
    homes: tuple[int, ...]
    capacity: float
    stated_vehicles: int | None = None
    route_price: float = 0.0
    sites: tuple[int, ...] = ()
    site_price: float = 0.0
    limit: float = np.inf
    turns: ListedTurns | None = None
    u_turns: frozenset[int] | None = None


class InstanceDraft(NamedTuple):
    """What a reader has gathered, nodes still by the file's names."""

    kind: Kind
    name: str
    labels: Sequence[NodeLabel]
    links: Sequence[Link]
    node_tasks: Sequence[tuple[NodeLabel, float]]
    homes: Sequence[NodeLabel]
    capacity: float
    stated_vehicles: int | None = None
    route_price: float = 0.0
    sites: Sequence[NodeLabel] = ()
    site_price: float = 0.0
    limit: float = np.inf
    turns: Sequence[ListedTurn] | None = None
    u_turns: Sequence[NodeLabel] | None = None


def instance_of(draft: InstanceDraft) -> Instance:
    """Return a draft with its nodes numbered and its lists as arrays."""
    at = {label: index for index, label in enumerate(draft.labels)}
    links, tasks = draft.links, draft.node_tasks
    floats = np.array([link[2:5] for link in links], np.float64).reshape(-1, 3)
    return Instance(
        draft.kind,
        draft.name,
        tuple(draft.labels),
        u=np.array([at[link.u] for link in links], np.int32),
        v=np.array([at[link.v] for link in links], np.int32),
        drive=floats[:, 0].copy(),
        serve=floats[:, 1].copy(),
        demand=floats[:, 2].copy(),
        minutes=np.array([link.minutes for link in links], np.float64),
        both_ways=np.array([link.both_ways for link in links], np.bool_),
        required=np.array([link.required for link in links], np.bool_),
        node_task=np.array([at[label] for label, _ in tasks], np.int32),
        node_demand=np.array([demand for _, demand in tasks], np.float64),
        homes=tuple(at[label] for label in draft.homes),
        capacity=draft.capacity,
        stated_vehicles=draft.stated_vehicles,
        route_price=draft.route_price,
        sites=tuple(at[label] for label in draft.sites),
        site_price=draft.site_price,
        limit=draft.limit,
        turns=None if draft.turns is None else _turns(draft.turns, at),
        u_turns=None if draft.u_turns is None else frozenset(at[x] for x in draft.u_turns),
    )


def _turns(turns: Sequence[ListedTurn], at: dict[NodeLabel, int]) -> ListedTurns:
    """Return turns as arrays; of two on the same way the later one counts."""
    cost = {(at[t.i], at[t.j], at[t.k]): t.cost for t in turns}
    nodes = np.array(list(cost), np.int32).reshape(-1, 3)
    return ListedTurns(
        nodes[:, 0].copy(),
        nodes[:, 1].copy(),
        nodes[:, 2].copy(),
        np.array(list(cost.values()), np.float64),
    )
