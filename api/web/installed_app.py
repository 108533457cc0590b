"""Pages that phones install: their manifests, their service workers, and their versions."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from api.processes.cached_response import json_of
from api.web.checked_route import CheckedRoute
from api.web.context import App, app_of
from data.errors import NotFoundError
from data.languages import default_language, languages
from maps.pages.app_files import AppFile, app_files, integrity, version_of
from maps.pages.i18n import translator
from maps.pages.style import ClassStyle, class_styles, css
from maps.pages.templates import STATIC_DIR

REVALIDATED = {"Cache-Control": "no-cache"}

ICONS = "/static/icons"
PAPER, ACCENT = "#f7f8f9", "#0b6e99"

PURPLE = "#7a2e8e"
"""The color of rehearsals, which nothing else has."""

_SHARED = ("/static/icons/barfrub.svg", "/static/css/pages/base.css")
_MAP = (
    "/static/vendor/maplibre-gl/maplibre-gl.css",
    "/static/vendor/maplibre-gl/maplibre-gl-worker.mjs",
    "/static/css/pages/map.css",
    "/static/css/pages/phone.css",
)

router = APIRouter(route_class=CheckedRoute)


class AppName(StrEnum):
    """A page that phones install."""

    DRIVE = "drive"
    CREW = "crew"
    INSPECT = "inspect"


@dataclass(frozen=True, slots=True)
class InstalledApp:
    """What a page that phones install consists of; `title` is a msgid."""

    title: str
    entries: tuple[str, ...]


APPS: Mapping[AppName, InstalledApp] = {
    AppName.DRIVE: InstalledApp(
        "My route",
        (
            *_SHARED,
            *_MAP,
            "/static/css/shifts/driver.css",
            "/static/js/shifts/link.js",
            "/static/js/shifts/driver/main.js",
        ),
    ),
    AppName.CREW: InstalledApp(
        "My list",
        (*_SHARED, *_MAP, "/static/css/crews/crew.css", "/static/js/crews/crew/main.js"),
    ),
    AppName.INSPECT: InstalledApp(
        "Inspections",
        (
            *_SHARED,
            *_MAP,
            "/static/css/followup/inspect.css",
            "/static/js/followup/inspect/main.js",
        ),
    ),
}


def installed(app: App, name: AppName, language: str) -> dict[str, str]:
    """Return what a page says of itself as an app: its addresses, and its version."""
    return {
        "name": name,
        "home": f"/{name}",
        "worker": f"/{name}-worker.js",
        "manifest": f"/{name}.{language}.webmanifest",
        "version": version_of(kept_files(app, name)),
    }


def app_headers(told: Mapping[str, str], texts_address: object) -> dict[str, str]:
    """Return the headers by which a worker knows the page of its own version."""
    return {
        "Barfrub-App": f"{told['name']}-{told['version']}",
        "Barfrub-Texts": str(texts_address),
    }


@router.get("/{name}-worker.js")
def get_worker(request: Request, name: str) -> Response:
    """Return the service worker of a page, with the list of what it keeps."""
    page = _app_name(name)
    files = kept_files(app_of(request), page)
    told = {"name": page, "home": f"/{page}", "version": version_of(files), "files": files}
    text = f"const APP = {json_of(told).decode()};\n{_worker()}"
    return Response(text, media_type="text/javascript", headers=REVALIDATED)


@router.get("/{name}.{language}.webmanifest")
def get_manifest(request: Request, name: str, language: str) -> Response:
    """Return the web app manifest of a page in a language."""
    page = _app_name(name)
    app = app_of(request)
    spoken = language if language in languages() else default_language()
    t, training = translator(spoken, app.city.timezone), app.settings.training
    title = t("Training") if training else t(APPS[page].title)
    manifest = {
        "id": f"/{page}",
        "name": f"{title} · {app.city.name}",
        "short_name": title,
        "lang": spoken,
        "dir": t.direction,
        "start_url": f"/{page}",
        "scope": f"/{page}",
        "display": "standalone",
        "orientation": "any",
        "background_color": PAPER,
        "theme_color": PURPLE if training else ACCENT,
        "icons": _icons(training=training),
    }
    return JSONResponse(manifest, headers=REVALIDATED, media_type="application/manifest+json")


def kept_files(app: App, name: AppName) -> tuple[AppFile, ...]:
    """Return the files that a page needs, with the city's style sheet."""
    colors = AppFile("/style.css", _style_digest(class_styles(app.policy)))
    return (colors, *app_files(*APPS[name].entries))


@lru_cache(maxsize=64)
def _style_digest(classes: tuple[ClassStyle, ...]) -> str:
    """Return the digest of the style sheet of some classes of service."""
    return integrity(css(classes).encode())


def _app_name(name: str) -> AppName:
    try:
        return AppName(name)
    except ValueError:
        raise NotFoundError("page", name) from None


def _icons(*, training: bool) -> list[dict[str, str]]:
    """Return what phones show of the app: of a sandbox, a sign that nobody takes for the city's."""
    if training:
        drawn = {"src": f"{ICONS}/barfrub-training.svg", "type": "image/svg+xml"}
        return [drawn | {"sizes": "any", "purpose": use} for use in ("any", "maskable")]
    return [
        _icon("barfrub-192.png", "192x192"),
        _icon("barfrub-512.png", "512x512"),
        _icon("barfrub-mask-512.png", "512x512") | {"purpose": "maskable"},
    ]


def _icon(file: str, sizes: str) -> dict[str, str]:
    return {"src": f"{ICONS}/{file}", "sizes": sizes, "type": "image/png"}


@cache
def _worker() -> str:
    return (STATIC_DIR / "js/pages/app/worker.js").read_text("utf-8")
