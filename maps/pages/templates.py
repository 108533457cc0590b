"""Renders views to HTML in the one Jinja2 environment, and the import map of scripts."""

import base64
import hashlib
import json
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from maps.pages.i18n import Translator

TEMPLATES_DIR = Path(__file__).parents[1] / "templates"
STATIC_DIR = Path(__file__).parents[1] / "static"

_VENDOR = "/static/vendor"

_IMPORTS = {
    "lit": f"{_VENDOR}/lit/index.js",
    "lit/": f"{_VENDOR}/lit/",
    "lit-html": f"{_VENDOR}/lit-html/lit-html.js",
    "lit-html/": f"{_VENDOR}/lit-html/",
    "lit-element/": f"{_VENDOR}/lit-element/",
    "@lit/reactive-element": f"{_VENDOR}/@lit/reactive-element/reactive-element.js",
    "@lit/reactive-element/": f"{_VENDOR}/@lit/reactive-element/",
    "maplibre-gl": f"{_VENDOR}/maplibre-gl/maplibre-gl.mjs",
    "pmtiles": f"{_VENDOR}/pmtiles/index.js",
    "fflate": f"{_VENDOR}/fflate/browser.js",
    "tinyqueue": f"{_VENDOR}/tinyqueue/index.js",
}

IMPORT_MAP = json.dumps({"imports": _IMPORTS})
"""The import map, which pages carry letter by letter: its hash is what their policy allows."""


def import_map_hash() -> str:
    """Return the import map's source expression for a content security policy."""
    digest = hashlib.sha256(IMPORT_MAP.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def import_address(name: str) -> str:
    """Return the address that the import map gives a name; "" where it has none."""
    whole = _IMPORTS.get(name)
    if whole is not None:
        return whole
    start = next((each for each in _IMPORTS if each.endswith("/") and name.startswith(each)), "")
    return _IMPORTS[start] + name.removeprefix(start) if start else ""


@lru_cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES_DIR),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(template: str, t: Translator, **view: object) -> str:
    """Return a page in the translator's language; undefined names in a template are errors."""
    return _environment().get_template(template).render(t=t, import_map=IMPORT_MAP, **view)
