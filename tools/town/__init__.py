"""What is in the drawn sample town, and how is it written as an OpenStreetMap file?"""

from tools.town.districts import write_districts
from tools.town.osm_writer import lonlat, write_town
from tools.town.sample_town import Town, draw_town

__all__ = ["Town", "draw_town", "lonlat", "write_districts", "write_town"]
