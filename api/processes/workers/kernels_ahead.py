"""Compiling kernels before anybody needs them: `python -m api.processes.workers.kernels_ahead`.

Its arguments are names of `KINDS`. Set-up of a checkout and the offline bundle do so, into the
folder that NUMBA_CACHE_DIR names; `api/config/shipped_kernels.py` brings them from beside the
installed program into use.
"""

import os
import sys
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from api.config.shipped_kernels import choose_processor
from api.processes.workers.kernel_compiler import mark_of
from fleet.matching.warm_up import warm_up as warm_up_matching
from routing.search.warm_up import CITY, KernelKind, warm_up_kind

KINDS = {
    "city": CITY,
    "loads": CITY._replace(reloads=True),
    "rules": CITY._replace(ruled=True),
}
"""Kinds of problems by the names of the command line."""


def compile_ahead(kinds: Iterable[KernelKind]) -> None:
    """Compile all kernels of these kinds and of the matching in child processes, side by side.

    The first kinds are begun first; what is there already is loaded. NUMBA_CACHE_DIR is set before.
    """
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        matching = pool.submit(warm_up_matching)
        list(pool.map(_compile, kinds))
        matching.result()


def _compile(kind: KernelKind) -> None:
    warm_up_kind(kind)
    mark_of(kind).touch()


if __name__ == "__main__":
    choose_processor()
    compile_ahead([KINDS[name] for name in sys.argv[1:]])
