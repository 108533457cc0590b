"""A new version of the pages that phones install, which comes while they are open."""

import pytest

from api.web import installed_app
from maps.pages.app_files import app_files

VERSION = "JSON.parse(document.getElementById('boot').textContent).app.version"
"""Of the page that is shown."""

WAITS = "navigator.serviceWorker.getRegistration().then(({ waiting }) => !!waiting)"
"""Whether the worker of another version waits for a moment that suits the page."""


def serve_a_new_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every installed page have one more file from now on."""
    before, more = installed_app.kept_files, app_files("/static/icons/barfrub-192.png")
    monkeypatch.setattr(installed_app, "kept_files", lambda *of: (*before(*of), *more))
