"""Open311 GeoReport v2: the door through which other systems bring requests and read states."""
