"""The council's map as a single HTML file that needs no network."""

import base64
from collections import defaultdict
from collections.abc import Mapping
from html import escape

import folium

from data.model import Coverage, Segment, SegmentId, ServiceClass
from fleet.coverage.coverage_states import (
    NO_DIRECTION,
    TELLING,
    CoverageState,
    passes_of_round,
    state_of_street,
)
from maps.pages.i18n import Translator
from maps.pages.style import STATES, css
from maps.pages.templates import STATIC_DIR
from maps.reports.coverage_table import CoveragePicture, state_name
from maps.routes.plan_map import empty_map, with_assets
from maps.streets.street import called, street_name

FONT = STATIC_DIR / "vendor/vazirmatn/webfonts/Vazirmatn-Regular.woff2"

WIDEST_PX, NARROWER_PX, NARROWEST_PX = 4.0, 0.8, 1.6
"""Width of streets of the most urgent class, how much each next is narrower, and the least."""

DECIMALS = 6
"""Of degrees in the file: a tenth of a metre."""


def coverage_html(picture: CoveragePicture, t: Translator) -> str:
    """Return a page with the streets by class on a Leaflet map, in the translator's language."""
    t = t.of_city(picture.policy)
    whole = empty_map(picture.city.bounds)
    known = {(one.segment_id, one.forward): one for one in picture.coverages}
    parts: dict[tuple[ServiceClass, CoverageState], list[object]] = defaultdict(list)
    for segment in picture.network.segments:
        state = state_of_street(picture.states[segment.id])
        tip = _tip(segment, picture, known, t)
        parts[picture.policy.class_of(segment), state].append(_feature(segment, tip))
    for rank, service_class in enumerate(picture.policy.rules):
        width_px = max(WIDEST_PX - rank * NARROWER_PX, NARROWEST_PX)
        group = folium.FeatureGroup(escape(t.named("class", service_class)))
        for state in reversed(TELLING):
            features = parts.get((service_class, state))
            if features:
                _layer(features, width_px, state).add_to(group)
        group.add_to(whole)
    folium.LayerControl(collapsed=False, position="bottomleft").add_to(whole)
    return _finished(whole, picture, t)


def _layer(features: list[object], width_px: float, state: CoverageState) -> folium.GeoJson:
    look = STATES[state]
    style = {
        "color": look.light,
        "weight": width_px * look.width,
        "opacity": 1.0,
        "dashArray": "6 4" if look.dashed else None,
    }
    return folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        style_function=lambda _feature: style,
        tooltip=folium.GeoJsonTooltip(["tip"], labels=False),
    )


def _feature(segment: Segment, tip: str) -> object:
    line = [[round(lon, DECIMALS), round(lat, DECIMALS)] for lon, lat in segment.geometry]
    return {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": line},
        "properties": {"tip": tip},
    }


def _tip(
    segment: Segment,
    picture: CoveragePicture,
    known: Mapping[tuple[SegmentId, bool], Coverage],
    t: Translator,
) -> str:
    """Return the tooltip of a street as HTML; values are escaped."""
    title = called(street_name(segment), t)
    service_class = picture.policy.class_of(segment)
    lines = [f"<b>{escape(title)}</b>", escape(t.named("class", service_class))]
    states = dict(zip((True, False), picture.states[segment.id], strict=True))
    ways = [forward for forward, state in states.items() if state != NO_DIRECTION]
    for forward in ways:
        coverage = known.get((segment.id, forward))
        state = CoverageState(states[forward])
        words = f"{state_name(STATES[state].name, picture, t)} · {proof(coverage, t)}"
        if coverage is not None and coverage.passes_needed > 1:
            done, needed = passes_of_round(coverage, state), coverage.passes_needed
            words += " · " + t("{done} of {needed} passes", done=done, needed=needed)
        way = t("One way") if forward else t("The other way")
        lines.append(escape(words if len(ways) == 1 else f"{way}: {words}"))
    return "<br>".join(lines)


def proof(coverage: Coverage | None, t: Translator) -> str:
    """Return the evidence of a direction's color in words."""
    if coverage is None or (coverage.last_pass_at is None and coverage.driven_at is None):
        return t("not plowed here in this storm")
    if coverage.last_pass_at is None:
        return t("driven through, without proof of clearing")
    kind = coverage.evidence.kind if coverage.evidence else None
    when = f"{t.date(coverage.last_pass_at)} {t.time(coverage.last_pass_at)}"
    words = t("cleared on {when}", when=when)
    return f"{words} · {t(f'evidence:{kind}')}" if kind else words


def _finished(whole: folium.Map, picture: CoveragePicture, t: Translator) -> str:
    figure = folium.Figure(title=escape(_title(picture, t)))
    figure.header.add_child(folium.Element(f"<style>{_style()}</style>"))
    figure.html.add_child(folium.Element(_panel(picture, t)))
    figure.add_child(whole)
    html = with_assets(figure.render())
    start = f'<html lang="{t.language}" dir="{t.direction}" data-theme="light">'
    return html.replace("<html>", start, 1)


def _title(picture: CoveragePicture, t: Translator) -> str:
    return t("Snow clearing in {city}", city=picture.city.name)


def _panel(picture: CoveragePicture, t: Translator) -> str:
    when = t("As of {date}, {time}", date=t.date(picture.at), time=t.time(picture.at))
    storm = picture.storm.name if picture.storm else t("No storm")
    groups = dict.fromkeys(style.group or style.name for style in STATES)
    words = {name: escape(state_name(name, picture, t)) for name in groups}
    keys = "".join(
        f'<li><i class="swatch state-{name}"></i>{word}</li>' for name, word in words.items()
    )
    return (
        f'<section class="panel"><h1>{escape(_title(picture, t))}</h1>'
        f"<p><bdi>{escape(storm)}</bdi><br>{escape(when)}</p><ul>{keys}</ul>"
        f"<p>{escape(picture.city.attribution)}</p></section>"
    )


def _style() -> str:
    font = f"data:font/woff2;base64,{base64.b64encode(FONT.read_bytes()).decode()}"
    own = (STATIC_DIR / "css/reports/coverage-file.css").read_text("utf-8")
    return f"@font-face {{ font-family: Vazirmatn; src: url({font}); }}\n{css()}\n{own}"
