"""Security and caching headers of every response."""

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from maps.pages.templates import import_map_hash

POLICY = "; ".join(
    (
        "default-src 'self'",
        f"script-src 'self' {import_map_hash()}",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "worker-src 'self' blob:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
"""The content security policy: our own files, and the one import map."""

PERMISSIONS = "geolocation=(self), camera=(self), microphone=(self), screen-wake-lock=(self)"
"""Permissions of pages: the driver's page needs location, camera, microphone and wake lock."""

HTTPS_ONLY = "max-age=31536000; includeSubDomains"
"""A year, also for hosts below this one; those beside it are not spoken for."""

FIXED = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS,
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""Headers of every response."""

CACHE_CONTROL = b"cache-control"

KEPT_S = {"/static/vendor/": 86_400, "/tiles/": 3_600}
"""How long browsers keep what rarely changes; they ask again for everything else."""


class SecurityHeaders:
    """Middleware that adds security and caching headers.

    With `https_only`, browsers use this host over HTTPS alone for a year.
    """

    def __init__(self, app: ASGIApp, *, https_only: bool) -> None:
        self._app = app
        always = FIXED | ({"Strict-Transport-Security": HTTPS_ONLY} if https_only else {})
        self._fixed = [(name.lower().encode(), text.encode()) for name, text in always.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add headers to the response."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = message["headers"]
                message["headers"] = [*own, *self._fixed]
                if all(name.lower() != CACHE_CONTROL for name, _ in own):
                    message["headers"].append((CACHE_CONTROL, _kept(scope["path"]).encode()))
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


def _kept(path: str) -> str:
    kept_s = next((age_s for start, age_s in KEPT_S.items() if path.startswith(start)), None)
    if kept_s is not None:
        return f"public, max-age={kept_s}"
    return "no-cache" if path.startswith("/static/") or path == "/style.css" else "no-store"
