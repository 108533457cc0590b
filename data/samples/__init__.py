"""Which files does a new city start with, and which is the drawn Persian town?"""

from pathlib import Path

TOWN_NAME = "برف‌آباد"

TOWN_FILE = Path(__file__).with_name("barfabad.osm.pbf")
"""Streets of the town that `tools/town` draws with seed 1."""

TOWN_DISTRICTS = Path(__file__).with_name("barfabad-districts.geojson")
"""Its five districts."""
