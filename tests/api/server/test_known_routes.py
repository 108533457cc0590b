"""Routes that are found at once: the same ones as by trying one after another."""

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.testclient import TestClient

from api.server.known_routes import KnownRoutes


def says(text):
    async def endpoint(request):
        numbers = [str(one) for one in request.path_params.values()]
        return PlainTextResponse(" ".join([text, *numbers]))

    return endpoint


class Counted(BaseRoute):
    """Counts how often a route is tried."""

    def __init__(self, route):
        self.route, self.times = route, 0
        self.handle = route.handle

    def matches(self, scope):
        self.times += 1
        return self.route.matches(scope)


@pytest.fixture
def routes(tmp_path):
    (tmp_path / "style.css").write_text("body {}")
    tried = [
        Route("/requests/new", says("form")),
        Route("/requests/{number:int}", says("request")),
        Route("/requests/{number:int}", says("changed"), methods=["PUT"]),
        Route("/requests/{name}", says("name")),
        Mount("/static", StaticFiles(directory=tmp_path)),
    ]
    return [Counted(one) for one in tried]


@pytest.fixture
def web(routes):
    return TestClient(Starlette(routes=[KnownRoutes(routes), *routes]))


def test_requests_of_one_kind_are_tried_once_and_keep_their_own_numbers(web, routes):
    assert [web.get(f"/requests/{n}").text for n in (7, 8, 9)] == [
        "request 7",
        "request 8",
        "request 9",
    ]
    assert [one.times for one in routes[:2]] == [1, 3]


def test_a_path_that_differs_in_more_than_numbers_is_of_another_kind(web):
    for _ in range(2):
        assert web.get("/requests/7").text == "request 7"
        assert web.get("/requests/new").text == "form"
        assert web.get("/requests/7a").text == "name 7a"
        assert web.put("/requests/7").text == "changed 7"
        assert web.get("/static/style.css").text == "body {}"


def test_what_no_route_answers_is_refused_as_without(web):
    for _ in range(2):
        assert web.get("/nowhere").status_code == 404
        assert web.delete("/requests/7").status_code == 405
        assert web.get("/static/no.css").status_code == 404
