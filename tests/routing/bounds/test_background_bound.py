"""How the bound shares the processor with the search."""

from collections.abc import Iterator
from threading import Event
from time import thread_time

from routing.bounds.background_bound import FREE_S, BackgroundBound


def test_a_bound_that_took_its_time_rests_until_the_search_is_over() -> None:
    asked = Event()

    def bounds() -> Iterator[float]:
        yield 1.0
        while thread_time() < FREE_S:
            yield 2.0
        asked.set()
        yield 3.0
        raise AssertionError("it did not rest")

    with BackgroundBound(bounds(), add=10.0, rests=1e6) as beside:
        assert asked.wait(60)
        assert beside.last(wait=False) >= 12.0
    assert beside.last(wait=True) == 13.0


def test_a_bound_that_need_not_rest_goes_on_to_its_end() -> None:
    beside = BackgroundBound(iter([1.0, 3.0, 2.0]))
    assert beside.last(wait=True) == 3.0
