"""The other addresses that trackers send to: most of them cannot be told a path."""

from starlette.types import ASGIApp, Receive, Scope, Send

OSMAND = "/osmand"

NAMES = (b"id=", b"deviceid=")
"""How the query of a tracker names it."""


class TrackerPaths:
    """Leads what trackers send to "/" or "/osmand/" to the door for OsmAnd.

    A page at "/" is asked for without a body, and without a tracker's name in the query.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, to the door where a tracker speaks."""
        if scope["type"] == "http" and _from_tracker(scope):
            scope = {**scope, "path": OSMAND, "raw_path": OSMAND.encode()}
        await self._app(scope, receive, send)


def _from_tracker(scope: Scope) -> bool:
    if scope["path"] == f"{OSMAND}/":
        return True
    if scope["path"] != "/":
        return False
    parts = scope["query_string"].split(b"&")
    return scope["method"] == "POST" or any(part.startswith(NAMES) for part in parts)
