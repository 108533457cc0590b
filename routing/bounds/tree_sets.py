"""Sets of junctions that hang on one link of a tree: all of them are weighed at once."""

from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import depth_first_order

from routing.bounds.relaxation import IntArray
from routing.bounds.undirected_relaxation import UndirectedRelaxation
from routing.problem.problem import Floats


class Subtrees(NamedTuple):
    """Junctions in the order in which a walk from the root meets them, n of them reached.

    The subtree of `order[i]` is `order[i : end[i]]`; `above` and `depth` int64[J] are the next
    junction toward the root and the links to it, -1 where the walk does not come.
    """

    order: IntArray
    end: IntArray
    above: IntArray
    depth: IntArray


def subtrees(tree: csr_matrix, root: int) -> Subtrees:
    """Return the subtrees of a tree whose links stand in either direction or both."""
    order, above = depth_first_order(tree + tree.T, root)
    place = np.empty(tree.shape[0], np.int64)
    place[order] = np.arange(len(order))
    parent = place[above[order[1:]]].tolist()
    steps, sizes = [0], [1] * len(order)
    for upper in parent:
        steps.append(steps[upper] + 1)
    for lower in range(len(order) - 1, 0, -1):
        sizes[parent[lower - 1]] += sizes[lower]
    depth = np.full(tree.shape[0], -1)
    depth[order] = steps
    return Subtrees(order, np.arange(len(order)) + sizes, above, depth)


def subtree_lacks(relaxation: UndirectedRelaxation, deadheads: Floats, trees: Subtrees) -> Floats:
    """Return float64[n], by how much the edges of subtrees fall short; -inf with a stop inside."""
    known = np.all(trees.depth[relaxation.ends] >= 0, axis=0)
    links, tasks = relaxation.ends[:, known], relaxation.task_ends
    one = np.ones(tasks.shape[1])
    met, met_links = _met(trees, tasks), _met(trees, links)
    touching = _inside(trees, tasks, one) - _below(trees, met, one)
    load = _inside(trees, tasks, relaxation.load) - _below(trees, met, relaxation.load)
    crossing = np.round(_inside(trees, tasks, one) - 2.0 * _below(trees, met, one))
    driven = deadheads[known]
    driven = _inside(trees, links, driven) - 2.0 * _below(trees, met_links, driven)
    visits = np.where(touching > 0.5, np.maximum(np.ceil(load - 1e-6), 1.0), 0.0)
    lack = np.maximum(2.0 * visits - crossing, crossing % 2) - driven
    stops = np.flatnonzero(relaxation.stop)
    lack[_below(trees, stops, np.ones(len(stops))) > 0.5] = -np.inf
    return lack


def _met(trees: Subtrees, ends: IntArray) -> IntArray:
    """Return int64[n], where the ways from both ends to the root meet."""
    one: IntArray = ends[0]
    other: IntArray = ends[1]
    while np.any(one != other):
        here, there = trees.depth[one], trees.depth[other]
        apart = one != other
        one = np.where(apart & (here >= there), trees.above[one], one)
        other = np.where(apart & (there >= here), trees.above[other], other)
    return one


def _inside(trees: Subtrees, ends: IntArray, weight: Floats) -> Floats:
    """Return float64[n], the weight of ends in each subtree."""
    return _below(trees, ends.ravel(), np.tile(weight, 2))


def _below(trees: Subtrees, junction: IntArray, weight: Floats) -> Floats:
    """Return float64[n], the weight of junctions in each subtree."""
    value = np.bincount(junction, weight, minlength=len(trees.depth))[trees.order]
    total = np.concatenate(([0.0], np.cumsum(value)))
    return total[trees.end] - total[:-1]
