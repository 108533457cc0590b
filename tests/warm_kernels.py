"""Compile the kernels of the optimizer, each kind of problem once, and of the map matching.

Test processes that start together would each compile them all.
"""

from pathlib import Path

from api.config.settings import Settings, prepare_numba
from api.processes.workers.kernels_ahead import compile_ahead
from routing.search.warm_up import KernelKind

KINDS = (
    KernelKind(2, reloads=True, ruled=True),
    KernelKind(2, reloads=False, ruled=True),
    KernelKind(2, reloads=True, ruled=False),
    KernelKind(4, reloads=False, ruled=False),
    KernelKind(2, reloads=False, ruled=False),
)
"""The longest to compile first."""

if __name__ == "__main__":
    prepare_numba(Settings(var=Path(__file__).parents[1] / "var"))
    compile_ahead(KINDS)
