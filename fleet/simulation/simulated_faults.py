"""Faulty sensors of simulated trucks."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from enum import StrEnum

import numpy as np

from fleet.simulation.simulated_trucks import Fix

FLAPS = 0.3
"""Share of fixes at which a loose contact says the contrary."""


class SensorFault(StrEnum):
    """Kind of a blade sensor's fault."""

    STUCK = "stuck"
    DEAD = "dead"
    FLAPPING = "flapping"
    MUTE = "mute"


def broken(fixes: Iterable[Fix], fault: SensorFault | None, seed: int) -> Iterator[Fix]:
    """Yield fixes with a fault applied; unchanged without one.

    A stuck sensor says "down" for ever, a dead one "up"; a flapping one is wrong now and then; a
    mute one says nothing.
    """
    chance = np.random.default_rng(seed)
    for fix in fixes:
        if fault is SensorFault.STUCK:
            yield replace(fix, blade=True)
        elif fault is SensorFault.DEAD:
            yield replace(fix, blade=False)
        elif fault is SensorFault.MUTE:
            yield replace(fix, blade=None)
        elif fault is SensorFault.FLAPPING and chance.random() < FLAPS:
            yield replace(fix, blade=not fix.blade)
        else:
            yield fix
