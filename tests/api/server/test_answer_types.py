"""The types of what endpoints take and answer: made with the application, not while it answers."""

from fastapi._compat import ModelField
from fastapi.routing import iter_route_contexts

from api.server.app import _routes


def test_the_types_of_all_endpoints_are_complete_before_the_first_request(monkeypatch):
    routes = _routes.__wrapped__()

    def fail(field):
        raise AssertionError(f"{field.name} is made at a request")

    monkeypatch.setattr(ModelField, "__post_init__", fail)
    found = list(iter_route_contexts(routes))
    kept = [one for each in found for one in (each.response_field, each.body_field) if one]
    assert len(kept) > len(found) / 2
    assert all(vars(one)["_type_adapter"].pydantic_complete for one in kept)
