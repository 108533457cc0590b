"""The council's map as a single HTML file that needs no network."""

import base64
from collections import defaultdict
from collections.abc import Mapping, Sequence
from html import escape

import folium

from data.model import Segment, ServiceClass
from fleet.replay.storm_moments import StormMoment
from maps.pages.i18n import Translator
from maps.pages.style import css
from maps.pages.templates import STATIC_DIR
from maps.reports.coverage_moments import (
    color_controls,
    districts_of,
    layer_headings,
    moments_json,
)
from maps.reports.coverage_table import CoveragePicture
from maps.routes.plan_map import empty_map, with_assets

FONT = STATIC_DIR / "vendor/vazirmatn/webfonts/Vazirmatn-Regular.woff2"

WIDEST_PX, NARROWER_PX, NARROWEST_PX = 4.0, 0.8, 1.6
"""Width of streets of the most urgent class, how much each next is narrower, and the least."""

FIXED_SIZE = ", maximum-scale=1.0, user-scalable=no"
"""What folium says in every file: that a phone may not make it larger."""

DECIMALS = 6
"""Of degrees in the file: a tenth of a metre."""


def coverage_html(picture: CoveragePicture, t: Translator, moments: Sequence[StormMoment]) -> str:
    """Return a page with the streets on a Leaflet map, in the translator's language.

    Classes and districts are layers. `moments` are those that can be chosen, the picture's own the
    last of them.
    """
    t = t.of_city(picture.policy)
    whole = empty_map(picture.city.bounds)
    districts = {name: number for number, name in enumerate(districts_of(picture))}
    parts: dict[ServiceClass, list[object]] = defaultdict(list)
    for number, segment in enumerate(picture.network.segments):
        place = {"n": number, "d": districts[segment.district]}
        parts[picture.policy.class_of(segment)].append(_feature(segment, place))
    for rank, service_class in enumerate(picture.policy.rules):
        group = folium.FeatureGroup(escape(t.named("class", service_class)))
        if parts[service_class]:
            width_px = max(WIDEST_PX - rank * NARROWER_PX, NARROWEST_PX)
            _layer(parts[service_class], width_px).add_to(group)
        group.add_to(whole)
    folium.LayerControl(collapsed=False, position="bottomleft").add_to(whole)
    return _finished(whole, picture, moments, t)


def _layer(features: list[object], width_px: float) -> folium.GeoJson:
    """Return streets that the file's script colors."""
    style = {"weight": width_px, "opacity": 1.0}
    return folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        style_function=lambda _feature: style,
    )


def _feature(segment: Segment, place: Mapping[str, int]) -> object:
    line = [[round(lon, DECIMALS), round(lat, DECIMALS)] for lon, lat in segment.geometry]
    return {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": line},
        "properties": place,
    }


def _finished(
    whole: folium.Map, picture: CoveragePicture, moments: Sequence[StormMoment], t: Translator
) -> str:
    figure = folium.Figure(title=escape(_title(picture, t)))
    figure.header.add_child(folium.Element(f"<style>{_style()}</style>"))
    figure.html.add_child(folium.Element(_panel(picture, len(moments), t)))
    figure.html.add_child(folium.Element(layer_headings(picture, t)))
    figure.html.add_child(
        folium.Element(_script(moments_json(picture, moments, whole.get_name(), t)))
    )
    figure.add_child(whole)
    html = with_assets(figure.render()).replace(FIXED_SIZE, "")
    start = f'<html lang="{t.language}" dir="{t.direction}" data-theme="light">'
    return html.replace("<html>", start, 1)


def _script(told: str) -> str:
    script = (STATIC_DIR / "js/reports/file/coverage-file.js").read_text("utf-8")
    return f'<script id="moments" type="application/json">{told}</script><script>{script}</script>'


def _title(picture: CoveragePicture, t: Translator) -> str:
    return t("Snow clearing in {city}", city=picture.city.name)


def _panel(picture: CoveragePicture, moments: int, t: Translator) -> str:
    when = t("As of {date}, {time}", date=t.date(picture.at), time=t.time(picture.at))
    storm = picture.storm.name if picture.storm else t("No storm")
    return (
        f'<main class="panel"><h1>{escape(_title(picture, t))}</h1>'
        f'<p><bdi>{escape(storm)}</bdi><br><output id="when">{escape(when)}</output></p>'
        f"{color_controls(picture, moments, t)}"
        f"<p>{escape(picture.city.attribution)}</p></main>"
    )


def _style() -> str:
    font = f"data:font/woff2;base64,{base64.b64encode(FONT.read_bytes()).decode()}"
    own = (STATIC_DIR / "css/reports/coverage-file.css").read_text("utf-8")
    return f"@font-face {{ font-family: Vazirmatn; src: url({font}); }}\n{css()}\n{own}"
