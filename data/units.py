"""Conversions at the door; inside, everything is metres, seconds, m/s, kilograms and UTC."""

KNOT_MPS = 1852 / 3600
"""One knot in metres per second (exact by definition)."""

KMH_MPS = 1000 / 3600
"""One kilometre per hour in metres per second."""

MPH_MPS = 1609.344 / 3600
"""One statute mile per hour in metres per second."""


def mps_from_knots(speed_kn: float) -> float:
    """Return the speed in m/s."""
    return speed_kn * KNOT_MPS


def mps_from_kmh(speed_kmh: float) -> float:
    """Return the speed in m/s."""
    return speed_kmh * KMH_MPS


def mps_from_mph(speed_mph: float) -> float:
    """Return the speed in m/s."""
    return speed_mph * MPH_MPS
