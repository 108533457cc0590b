"""A small place as OpenStreetMap's servers would tell it to OSMnx."""

import json
from pathlib import Path

import requests

QUERY = "Barfabad, Iran"

NODES = {1: (0, 0), 2: (1, 0), 3: (2, 0), 4: (1, 1), 5: (1, -1), 6: (30, 0), 7: (2, 1)}
"""Thousandths of a degree about 45.07, 37.55; node 6 lies far outside."""

WAYS = [
    (10, [1, 2, 3], {"highway": "primary", "name": "خیابان امام", "name:en": "Imam Street"}),
    (11, [4, 2, 5], {"highway": "residential", "oneway": "-1", "name": "کوچهٔ لاله"}),
    (12, [3, 7, 4, 2, 3], {"highway": "residential", "name": "میدان"}),
    (13, [3, 6, 7], {"highway": "tertiary", "incline": "8%"}),
    (14, [5, 1], {"highway": "footway"}),
]


def a_node(number, tags=None):
    east, north = NODES[number]
    place = {"lon": 45.07 + east / 1000, "lat": 37.55 + north / 1000}
    return {"type": "node", "id": number, **place, **({"tags": tags} if tags else {})}


def town_outline():
    west, south, east, north = 45.069, 37.548, 45.073, 37.552
    corners = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [corners]}


def answers(places=()):
    found = {"osm_type": "relation", "osm_id": 1, "lat": "37.55", "lon": "45.071"}
    found |= {"boundingbox": ["37.548", "37.552", "45.069", "45.073"], "display_name": QUERY}
    found |= {"class": "boundary", "type": "administrative", "name": "برف‌آباد", "importance": 0.5}
    streets = [{"type": "way", "id": i, "nodes": n, "tags": t} for i, n, t in WAYS]
    return {
        "place": [found | {"geojson": town_outline(), "place_rank": 16, "addresstype": "city"}],
        "streets": {"elements": [*streets, *(a_node(number) for number in NODES)]},
        "spots": {"elements": list(places)},
    }


SPOTS = [
    a_node(4, {"amenity": "school", "name": "دبستان البرز"}),
    a_node(5, {"addr:housenumber": "۱۲", "addr:street": "کوچهٔ لاله"}),
]


def cached_in(folder, monkeypatch) -> Path:
    """Return a folder with a cache of OSMnx that holds drawn answers; there is no internet."""
    from osmnx import _http

    (folder / "cache").mkdir(parents=True)

    def cached(key, extension="json"):
        kind = "place" if "nominatim" in key else "spots" if "amenity" in key else "streets"
        return folder / "cache" / f"{kind}.{extension}"

    def offline(*_, **__):
        raise requests.ConnectionError("no internet in tests")

    monkeypatch.setattr(_http, "_resolve_cache_filepath", cached)
    monkeypatch.setattr(requests, "get", offline)
    monkeypatch.setattr(requests, "post", offline)
    monkeypatch.setattr("time.sleep", lambda _: None)
    draw(folder, answers(SPOTS))
    return folder


def draw(folder, told):
    for kind, answer in told.items():
        text = json.dumps(answer, ensure_ascii=False)
        (folder / "cache" / f"{kind}.json").write_text(text, encoding="utf-8")
