"""Compile the kernels of the optimizer, each kind of problem once, and of the map matching.

Test processes that start together would each compile them all.
"""

import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from api.config.settings import Settings, prepare_numba

KINDS = (
    (2, True, True),
    (2, False, True),
    (2, True, False),
    (4, False, False),
    (2, False, False),
)
"""As `KernelKind`; the longest to compile first. Kernels are imported once their cache is set."""


def warm(kind: tuple[int, bool, bool]) -> None:
    """Compile the kernels of one kind, or load them."""
    prepare_numba(Settings(var=Path(__file__).parents[1] / "var"))
    from routing.search.warm_up import KernelKind, warm_up_kind

    warm_up_kind(KernelKind(*kind))


def warm_matching() -> None:
    """Compile the kernels of the matching, or load them."""
    prepare_numba(Settings(var=Path(__file__).parents[1] / "var"))
    from fleet.matching.warm_up import warm_up

    warm_up()


if __name__ == "__main__":
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        pool.submit(warm_matching)
        list(pool.map(warm, KINDS))
