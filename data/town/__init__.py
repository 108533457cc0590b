"""What else does the drawn sample town have, and how is it written as an OpenStreetMap file?"""

from data.town.districts import write_districts
from data.town.features import TOWN_NAME
from data.town.osm_writer import lonlat, write_town
from data.town.sample_town import Town, draw_town

__all__ = ["TOWN_NAME", "Town", "draw_town", "lonlat", "write_districts", "write_town"]
