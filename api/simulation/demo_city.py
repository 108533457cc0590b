"""The cities of the demo; a light module, since the command line imports it for its help."""

from pathlib import Path

CODE_FOLDER = Path(__file__).parents[2]

DEMO_CITY_FILE = CODE_FOLDER / "maps/static/vendor/demo/gothenburg.geojson"
"""Gothenburg in OpenStreetMap of 2016, inside an npm package; copied here at set-up."""

DEMO_TIMEZONE = "Europe/Stockholm"

SAMPLE_CITY = "sample-fa"
"""The name of the invented Persian town in place of a street file."""

DEMO_MARK = "demo"
"""A file in a city's folder that lets the next demo replace it; your own cities have none."""

NIGHT_DISPATCHER = "night-dispatcher"
"""The login of the simulated dispatcher; who disables it among the people goes on alone."""
