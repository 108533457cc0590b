import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from data.streets.strong_parts import strong_parts


@settings(max_examples=60)
@given(
    st.integers(1, 12).flatmap(
        lambda nodes: st.tuples(
            st.just(nodes),
            st.lists(st.tuples(st.integers(0, nodes - 1), st.integers(0, nodes - 1)), max_size=30),
        )
    )
)
def test_junctions_are_together_where_scipy_finds_them_together(
    graph: tuple[int, list[tuple[int, int]]],
) -> None:
    nodes, arcs = graph
    tail, head = np.array(arcs, np.int32).reshape(-1, 2).T
    links = coo_array((np.ones(len(arcs), np.int32), (tail, head)), shape=(nodes, nodes))
    expected = connected_components(links, connection="strong")[1]
    found = strong_parts(tail, head, nodes)
    together = found[:, None] == found[None, :]
    assert (together == (expected[:, None] == expected[None, :])).all()


def test_a_street_of_ten_thousand_junctions_is_no_deeper_than_memory() -> None:
    nodes = 10_000
    ring = np.arange(nodes, dtype=np.int32)
    assert not strong_parts(ring, np.roll(ring, -1), nodes).any()
