"""Valhalla's Meili on the same streets and tracks, where pyvalhalla is installed (PEERS=1)."""

import importlib.util
import json
import subprocess
from collections import defaultdict
from math import atan2, ceil, degrees, hypot
from pathlib import Path

import numpy as np
import shapely

from data.model import DirectedSegment
from data.streets.network import StreetNetwork
from tests.benchmarks.matching.measures import BIN_M, Score, bins_of, near_true
from tests.benchmarks.matching.tracks import STARTS, Fix, Track, lonlat

SETTINGS = ("as it comes", "told the noise")
STEP_M = 2.5
"""Parts of Meili's route that are laid on our streets one by one."""

ANSWERED = (
    "edge.way_id",
    "edge.begin_shape_index",
    "edge.end_shape_index",
    "shape",
    "matched.point",
    "matched.type",
    "matched.edge_index",
)


def is_installed() -> bool:
    return importlib.util.find_spec("valhalla") is not None


class Meili:
    """Meili over the streets of one file."""

    def __init__(self, file: Path, network: StreetNetwork, folder: Path) -> None:
        import valhalla
        from valhalla.config import get_config

        config = get_config(tile_dir=folder, tile_extract="")
        config["logging"] = {"type": ""}
        trace = {"max_shape": 200_000, "max_distance": 1e7, "max_gps_accuracy": 100.0}
        config["service_limits"]["trace"].update(trace)
        config["service_limits"]["auto"]["max_distance"] = 1e8
        written = folder / "config.json"
        written.write_text(json.dumps(config))
        build = Path(valhalla.__file__).parent / "bin" / "valhalla_build_tiles"
        subprocess.run([build, "-c", written, file], check=True, capture_output=True)
        self._actor = valhalla.Actor(config)
        self._network = network
        self._segments: dict[int, list[int]] = defaultdict(list)
        for i, segment in enumerate(network.segments):
            self._segments[segment.key.osm_way_id].append(i)

    def score(self, score: Score, log: list[Fix], drive: Track, setting: str, noise_m: float):
        """Add to the sums what Meili makes of one log."""
        options = {"interpolation_distance": 10}
        if setting != SETTINGS[0]:
            options |= {"gps_accuracy": noise_m, "search_radius": min(100.0, 3.0 * noise_m + 20.0)}
        answer = self._ask(log, options)
        score.fixes += len(log)
        if answer is None:
            score.route(bins_of(drive.stretches), set())
            return
        edges = [edge["way_id"] for edge in answer["edges"]]
        points = zip(answer["matched_points"], log, strict=True)
        score.right += sum(self._is_right(point, edges, fix) for point, fix in points)
        score.route(bins_of(drive.stretches), self._driven(answer))

    def _ask(self, log: list[Fix], options: dict) -> dict | None:
        shape = []
        for fix in log:
            place = lonlat(self._network, fix.east_m, fix.north_m)
            time = int(STARTS.timestamp() + fix.at_s)
            shape.append({"lat": place.lat, "lon": place.lon, "time": time})
        try:
            return self._actor.trace_attributes(
                {
                    "shape": shape,
                    "costing": "auto",
                    "shape_match": "map_snap",
                    "trace_options": options,
                    "filters": {"attributes": list(ANSWERED), "action": "include"},
                }
            )
        except RuntimeError:  # no way was found for the trace
            return None

    def _is_right(self, point: dict, edges: list[int], fix: Fix) -> bool:
        number = point.get("edge_index")
        if point["type"] == "unmatched" or number is None or fix.segment is None:
            return point["type"] == "unmatched" and fix.segment is None
        place_m = self._network.projection.planes(np.array([(point["lon"], point["lat"])]))[0]
        found = self._place(edges[number], place_m) if number < len(edges) else None
        if found and self._network.segments[found[0]].id == fix.segment.segment_id:
            return True
        return near_true(self._network, tuple(place_m), fix)

    def _driven(self, answer: dict) -> set:
        plane = self._network.projection.planes(np.array(_points(answer["shape"])))
        found = set()
        for edge in answer["edges"]:
            way = edge["way_id"]
            for i in range(edge["begin_shape_index"], edge["end_shape_index"]):
                (ax, ay), (bx, by) = plane[i].tolist(), plane[i + 1].tolist()
                heading = degrees(atan2(bx - ax, by - ay))
                steps = ceil(hypot(bx - ax, by - ay) / STEP_M) or 1
                for k in range(steps):
                    share = (k + 0.5) / steps
                    place_m = (ax + share * (bx - ax), ay + share * (by - ay))
                    found.add(self._bin(way, place_m, heading))
        return found

    def _bin(self, way: int, place_m, heading: float):
        """Return the bin of a place on a way; the way itself where our network lacks it."""
        found = self._place(way, place_m)
        if found is None:
            return (way, *(round(metre / BIN_M) for metre in place_m))
        number, offset_m = found
        segment = self._network.segments[number]
        turned = (self._network.heading_at(segment.id, offset_m) - heading + 180.0) % 360.0 - 180.0
        forward = abs(turned) < 90.0
        along_m = offset_m if forward else segment.length_m - offset_m
        return DirectedSegment(segment.id, forward), int(along_m / BIN_M)

    def _place(self, way: int, place_m) -> tuple[int, float] | None:
        segments = self._segments.get(way)
        if not segments:
            return None
        point, lines = shapely.Point(*place_m), self._network.lines
        number = min(segments, key=lambda i: shapely.distance(lines[i], point))
        return number, float(shapely.line_locate_point(lines[number], point))


def _points(text: str) -> list[tuple[float, float]]:
    """Return longitudes and latitudes of a shape in Google's encoding with six digits."""
    values, number, shift = [], 0, 0
    for sign in text.encode():
        number |= (sign - 63 & 31) << shift
        shift += 5
        if sign - 63 < 32:
            values.append(~(number >> 1) if number & 1 else number >> 1)
            number = shift = 0
    steps = np.cumsum(np.array(values).reshape(-1, 2), axis=0) / 1e6
    return [(lon, lat) for lat, lon in steps.tolist()]
