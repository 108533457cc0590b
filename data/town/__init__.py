"""Barfabad, a Persian town that never was: drawn in metres, written as an OpenStreetMap file.

The same seed draws the same town. Nothing here knows how a file becomes a city.
"""

from data.town.districts import write_districts
from data.town.drawing import Town, draw_town
from data.town.features import TOWN_NAME
from data.town.osm_file import lonlat, write_town

__all__ = ["TOWN_NAME", "Town", "draw_town", "lonlat", "write_districts", "write_town"]
