"""Kernels compiled before: what came with the installation is put into numba's cache.

What a kernel is compiled to depends on the kind of processor. So all processors that can are
treated as one kind, and what one machine has compiled runs on the others.
"""

import os
import shutil
import sys
from pathlib import Path

SHIPPED = Path(sys.prefix) / "kernels"
"""Compiled kernels beside the installed program, a folder for each text of them."""

BASELINE = "x86-64-v3"
"""Processors since 2013 (Intel Haswell, AMD Excavator)."""
# fmt: off
BASELINE_FLAGS = frozenset({
    "abm", "avx", "avx2", "bmi1", "bmi2", "cx16", "f16c", "fma",
    "lahf_lm", "movbe", "popcnt", "sse4_1", "sse4_2", "ssse3", "xsave",
})
# fmt: on
"""What such a processor can, as Linux names it."""
CPU_INFO = Path("/proc/cpuinfo")


def choose_processor(info: Path = CPU_INFO) -> None:
    """Let numba compile for the common kind of processor where this one is of it.

    Elsewhere it compiles for the processor that it runs on. `NUMBA_CPU_NAME` goes before.
    """
    if "NUMBA_CPU_NAME" not in os.environ and _flags_in(info) >= BASELINE_FLAGS:
        os.environ |= {"NUMBA_CPU_NAME": BASELINE, "NUMBA_CPU_FEATURES": ""}


def _flags_in(info: Path) -> frozenset[str]:
    try:
        with info.open(encoding="utf-8") as lines:
            found = next((line for line in lines if line.startswith("flags")), "")
    except OSError:
        return frozenset()
    return frozenset(found.split())


def bring_kernels(cache: Path, shipped: Path = SHIPPED) -> None:
    """Copy the kernels that came with the installation into numba's cache, each text once.

    They are copied since a kind of problem that is not among them is compiled into the same folder.
    """
    if not shipped.is_dir():
        return
    for folder in shipped.iterdir():
        if not (cache / folder.name).exists():
            _copy(folder, cache / folder.name)


def _copy(folder: Path, target: Path) -> None:
    """Copy a folder wholly or not at all; another process may do the same."""
    new = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        shutil.copytree(folder, new)
        new.rename(target)
    except OSError:  # another process was first, or nothing can be written: kernels get compiled
        shutil.rmtree(new, ignore_errors=True)
