"""Work on many things in steps, on some threads, between which a stop is heard."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

type Heed = Callable[[], object]
"""Called between two steps; raises where nothing is to come of them."""

STEPS = 16
"""Steps of one thread, where there is enough to do."""
LEAST = 64
"""Fewer things than so many are no step of their own."""


def never_heed() -> None:
    """Go on whatever happens."""


@dataclass(frozen=True, slots=True)
class Steps:
    """How work is done: on some threads, and heeding what may end it between two steps."""

    threads: int = 1
    heed: Heed = never_heed

    def work(self, some: Callable[[int, int], None], count: int) -> None:
        """Call `some(first, last)` for all of `count`; kernels release the lock."""
        steps = self.threads * max(1, min(STEPS, count // (LEAST * self.threads)))
        cuts: list[int] = np.linspace(0, count, steps + 1).astype(int).tolist()
        if self.threads == 1:
            for first, last in pairwise(cuts):
                some(first, last)
                self.heed()
            return
        pool = ThreadPoolExecutor(self.threads)
        try:
            for done in [pool.submit(some, *part) for part in pairwise(cuts)]:
                done.result()
                self.heed()
        finally:
            pool.shutdown(cancel_futures=True)
