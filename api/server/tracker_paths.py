"""The routing of tracker messages, which may come to any address."""

from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from api.server.openapi import DescribedWeb
from api.tracking.osmand import answer_tracker, receive_osmand

OSMAND = Route("/osmand", receive_osmand, methods=["GET", "POST"])

NAMES = (b"id=", b"deviceid=")
"""Query parameters that name a tracker."""


class TrackedWeb(DescribedWeb):
    """An application that passes tracker messages to the OsmAnd endpoint without middleware.

    It is where they send to "/osmand", "/osmand/" or "/". Pages need compression, cookies, policies
    for browsers and the choice among some hundred routes, which takes several times as long as to
    answer a tracker. A page at "/" is asked for without a body, and without a tracker's name in
    the query.
    """

    trackers: ASGIApp = staticmethod(answer_tracker)
    """What answers them."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a tracker, or pass the request on."""
        if scope["type"] == "http" and _from_tracker(scope):
            scope.update(app=self, route=OSMAND)
            await self.trackers(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def _from_tracker(scope: Scope) -> bool:
    path, method = scope["path"], scope["method"]
    if path in ("/osmand", "/osmand/"):
        return method in ("GET", "POST")
    if path != "/":
        return False
    parts = scope["query_string"].split(b"&")
    return method == "POST" or any(part.startswith(NAMES) for part in parts)
