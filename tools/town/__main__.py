"""Draws the sample town and its districts: `python -m tools.town FOLDER [SEED]`."""

import sys
from pathlib import Path

from data.samples import TOWN_DISTRICTS, TOWN_FILE
from tools.town import draw_town, write_districts, write_town

folder, seed = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
write_town(draw_town(seed), folder / TOWN_FILE.name)
write_districts(folder / TOWN_DISTRICTS.name)
