"""Security and caching headers of every response."""

from starlette.datastructures import MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from maps.pages.templates import import_map_hash

POLICY = "; ".join(
    (
        "default-src 'self'",
        f"script-src 'self' {import_map_hash()}",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
"""The content security policy: our own files, and the one import map."""

PERMISSIONS = "geolocation=(self), camera=(self), screen-wake-lock=(self), microphone=()"
"""Permissions of pages: the driver's page needs location, camera and wake lock."""

HTTPS_ONLY = "max-age=31536000"
"""A year; other hosts of the domain are not spoken for."""

KEPT_S = {"/static/vendor/": 86_400, "/tiles/": 3_600}
"""How long browsers keep what rarely changes; they ask again for everything else."""


class SecurityHeaders:
    """Middleware that adds security and caching headers.

    With `https_only`, browsers use this host over HTTPS alone for a year.
    """

    def __init__(self, app: ASGIApp, *, https_only: bool) -> None:
        self._app = app
        self._https_only = https_only

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add headers to the response."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                _add_headers(headers, scope["path"])
                if self._https_only:
                    headers["Strict-Transport-Security"] = HTTPS_ONLY
            await send(message)

        await self._app(scope, receive, with_headers)


class Compression:
    """Middleware that compresses responses, except tiles, which are read by byte ranges."""

    def __init__(self, app: ASGIApp) -> None:
        self._plain = app
        self._compressed = GZipMiddleware(app, minimum_size=500, compresslevel=5)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        tiles = scope["type"] == "http" and scope["path"].startswith("/tiles/")
        await (self._plain if tiles else self._compressed)(scope, receive, send)


def _add_headers(headers: MutableHeaders, path: str) -> None:
    headers["Content-Security-Policy"] = POLICY
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Permissions-Policy"] = PERMISSIONS
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    kept = next((age_s for start, age_s in KEPT_S.items() if path.startswith(start)), None)
    static = path.startswith("/static/") or path == "/style.css"
    if kept is not None:
        headers.setdefault("Cache-Control", f"public, max-age={kept}")
    else:
        headers.setdefault("Cache-Control", "no-cache" if static else "no-store")
