"""The council's files of streets over HTTP: layers, and the map that opens offline."""

import json
import re

import pytest

from tests.api.reports.test_council import HOUR, plow, start
from tests.village import MAIN_WEST, NOW, ROSE, YARD


@pytest.mark.parametrize("ending", ["gpkg", "geojson"])
def test_the_layer_opens_as_streets_with_their_coverage(
    client, app, sign_in, clock, tmp_path, ending
):
    import geopandas

    start(client, sign_in, clock)
    plow(app, NOW + HOUR)
    clock.moment = NOW + 2 * HOUR
    sign_in("council")
    file = tmp_path / f"coverage.{ending}"
    file.write_bytes(client.get(f"/council/coverage.{ending}").content)
    frame = geopandas.read_file(file).set_index("id")

    assert len(frame) == 12
    assert frame.loc[MAIN_WEST, "state_forward"] == "fresh"
    assert frame.loc[ROSE, "state_backward"] in (None, "") or frame.state_backward.isna()[ROSE]
    assert frame.loc[YARD, "service_class"] == "P4"


def test_the_map_file_holds_the_storm_hour_by_hour(client, app, sign_in, clock):
    start(client, sign_in, clock)
    plow(app, NOW + HOUR)
    clock.moment = NOW + 2.5 * HOUR
    sign_in("council")
    html = client.get("/council/coverage.html").text
    found = re.search(r'<script id="moments" type="application/json">(.*?)</script>', html)
    moments = json.loads(found[1])["moments"]

    main = [segment.id for segment in app.network.segments].index(MAIN_WEST)
    not_due, fresh, ageing = "678"  # in one of its directions
    assert [one["states"][main] for one in moments] == [not_due, fresh, fresh, ageing]
