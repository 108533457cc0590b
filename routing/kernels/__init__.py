"""Numba loops, one file per idea; the only place that imports numba."""
