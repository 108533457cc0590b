"""Every address of a city's server that answers to GET, asked one after the other."""

import re
from collections.abc import Iterator, Mapping

from fastapi.routing import APIRoute
from httpx import Response

LEFT_OUT = {"/stream": "never ends", "/health": "tells how the machine is", "/ready": "as well"}

NOT_WAITED_FOR = "wait_s=0"
"""How a file is asked for that nobody makes, since no worker runs beside a test."""

HOLES = re.compile(r"\{(\w+)(?::\w+)?\}")


def routes_of(router) -> Iterator[APIRoute]:
    """Yield the routes of an application or router, those of included routers too."""
    for route in router.routes:
        if isinstance(route, APIRoute):
            yield route
        elif hasattr(route, "original_router"):
            yield from routes_of(route.original_router)


def every_answer(client, values: Mapping[str, object], asked: str = "") -> dict[str, Response]:
    """Return the answer of every address by its path; `values` fill the holes of paths, else 1.

    A parameter that must be given comes from `values` too; `asked` is a query for all.
    """
    answers: dict[str, Response] = {}
    for route in routes_of(client.app):
        if "GET" not in route.methods or route.path in LEFT_OUT:
            continue
        path = HOLES.sub(lambda hole: str(values.get(hole[1], 1)), route.path)
        parameters = route.dependant.query_params
        needs = [one.alias for one in parameters if _must_be_given(one)]
        given = [f"{name}={values.get(name, 1)}" for name in needs]
        waits = [NOT_WAITED_FOR for one in parameters if one.alias == "wait_s"]
        query = "&".join([*given, *waits, asked]).strip("&")
        accept = "application/json" if path.startswith(("/api/", "/open311/")) else "text/html"
        answers[route.path] = client.get(
            f"{path}?{query}", headers={"accept": accept}, follow_redirects=False
        )
    return answers


def _must_be_given(parameter) -> bool:
    """Whether a query lacks something without it; a whole query as one record may be empty."""
    field = parameter.field_info
    return field.is_required() and not hasattr(field.annotation, "model_fields")
