"""A plan as a single HTML file that needs no network, and the making of such files."""

import base64
import html
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import folium

from data.model import Leg, LegKind, Plan, Route, VehicleId
from data.streets.network import StreetNetwork
from maps.pages.geojson import leg_line
from maps.pages.i18n import Translator, translator
from maps.pages.templates import STATIC_DIR
from maps.streets.street import street_name

LEAFLET_DIR = STATIC_DIR / "vendor" / "leaflet"

ROUTE_COLORS = (
    "#0072b2",
    "#d55e00",
    "#009e73",
    "#cc79a7",
    "#8c510a",
    "#56b4e9",
    "#e69f00",
    "#5e4fa2",
    "#1b7837",
    "#b2182b",
)
"""Colors of routes in turn, told apart with color blindness too; dashes tell driving from work."""

PAGE_STYLE = "<style>.folium-map.leaflet-container { background: #f7f8f9 }</style>"

STREET_STYLE = {"color": "#c3c9cf", "weight": 2, "interactive": False}

_LEAFLET_HOME = 'href="https://leafletjs.com"'
_SOURCE_MAP = re.compile(r"//# sourceMappingURL=\S*")
_SCRIPT = re.compile(r'<script src="asset:([^"]+)"></script>')
_STYLE = re.compile(r'<link rel="stylesheet" href="asset:([^"]+)"/>')
_IMAGE = re.compile(r"url\((images/[^)]+\.png)\)")


def write_plan_map(
    plan: Plan,
    network: StreetNetwork,
    path: Path,
    vehicles: Mapping[VehicleId, str] | None = None,
    attribution: str = "",
    t: Translator | None = None,
) -> None:
    """Write the plan's routes over the city's streets, one layer a vehicle, to an HTML file.

    Leaflet lies inside the file. `vehicles` names the layers, else they are numbered.
    """
    path.write_text(
        plan_map(plan, network, vehicles or {}, attribution, t or translator("en")),
        encoding="utf-8",
    )


def plan_map(
    plan: Plan,
    network: StreetNetwork,
    vehicles: Mapping[VehicleId, str],
    attribution: str,
    t: Translator,
) -> str:
    """Return the HTML of a plan's map."""
    drawn = empty_map(network.bounds)
    figure = folium.Figure(title=t("Plan"))
    figure.header.add_child(folium.Element(PAGE_STYLE))
    figure.add_child(drawn)
    _streets(network, html.escape(attribution)).add_to(drawn)
    for number, route in enumerate(route for route in plan.routes if route.legs):
        name = html.escape(vehicles.get(route.vehicle_id, str(route.vehicle_id)))
        color = ROUTE_COLORS[number % len(ROUTE_COLORS)]
        _route(route, network, name, color, t).add_to(drawn)
    folium.LayerControl(collapsed=False).add_to(drawn)
    return with_assets(figure.render())


def empty_map(bounds: tuple[float, float, float, float]) -> folium.Map:
    """Return a map of an area, without tiles; `with_assets` embeds its libraries."""
    west, south, east, north = bounds
    drawn = folium.Map(tiles=None, max_zoom=19, prefer_canvas=True, zoom_snap=0.25)
    drawn.default_js = [("leaflet", "asset:leaflet.js")]
    drawn.default_css = [("leaflet_css", "asset:leaflet.css")]
    drawn.fit_bounds([(south, west), (north, east)])
    return drawn


def _streets(network: StreetNetwork, attribution: str) -> folium.GeoJson:
    lines = [
        [(round(lon, 6), round(lat, 6)) for lon, lat in segment.geometry]
        for segment in network.segments
    ]
    all_lines = {"type": "MultiLineString", "coordinates": lines}
    features = [{"type": "Feature", "geometry": all_lines, "properties": {}}]
    return folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        control=False,
        style_function=lambda _: STREET_STYLE,
        attribution=attribution,
    )


def _route(
    route: Route, network: StreetNetwork, name: str, color: str, t: Translator
) -> folium.FeatureGroup:
    layer = folium.FeatureGroup(name=name)
    work = {"color": color, "weight": 4, "opacity": 0.9}
    drive = {"color": color, "weight": 2, "opacity": 0.7, "dashArray": "4 6"}
    for kind, style in ((LegKind.DRIVE, drive), (LegKind.WORK, work)):
        features = list(_features(route.legs, kind, network, name, t))
        if features:
            folium.GeoJson(
                {"type": "FeatureCollection", "features": features},
                style_function=lambda _, style=style: style,
                tooltip=folium.GeoJsonTooltip(fields=["what"], labels=False),
            ).add_to(layer)
    return layer


def _features(
    legs: Iterable[Leg], kind: LegKind, network: StreetNetwork, name: str, t: Translator
) -> Iterable[dict[str, object]]:
    for leg in legs:
        line = [(round(lon, 6), round(lat, 6)) for lon, lat in leg_line(leg, network)]
        if leg.kind is kind and len(line) > 1:
            street = html.escape(_street(leg, network, t))
            what = " · ".join(filter(None, (name, t.time(leg.starts_at), street)))
            geometry = {"type": "LineString", "coordinates": line}
            yield {"type": "Feature", "geometry": geometry, "properties": {"what": what}}


def _street(leg: Leg, network: StreetNetwork, t: Translator) -> str:
    name = street_name(network.segment(leg.path[0].segment_id))
    return name.get(t.language) or name.get("", "")


def with_assets(page: str) -> str:
    """Return a page with the libraries and pictures that it names embedded."""

    def script(match: re.Match[str]) -> str:
        text = (LEAFLET_DIR / match[1]).read_text(encoding="utf-8")
        return f"<script>{_SOURCE_MAP.sub('', text.replace(_LEAFLET_HOME, ''))}</script>"

    def style(match: re.Match[str]) -> str:
        text = (LEAFLET_DIR / match[1]).read_text(encoding="utf-8")
        return f"<style>{_IMAGE.sub(_inline_image, text)}</style>"

    return _STYLE.sub(style, _SCRIPT.sub(script, page))


def _inline_image(match: re.Match[str]) -> str:
    picture = base64.b64encode((LEAFLET_DIR / match[1]).read_bytes()).decode()
    return f"url(data:image/png;base64,{picture})"
