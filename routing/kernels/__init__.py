"""Which loops are compiled? One file an idea; the only place that imports numba."""
