"""The OpenAPI description of the server, made true where FastAPI alone cannot know."""

from typing import Any

from fastapi import FastAPI

NO_MODEL: dict[str, Any] = {"application/json": {"schema": {}}}
"""What FastAPI says of an answer that it knows nothing about."""

ANYTHING: dict[str, Any] = {"*/*": {}}
GOES_ON = {"description": "Goes on at the address in the header Location"}
"""Forms answer with another page, and pages send away whoever is not signed in."""


class DescribedWeb(FastAPI):
    """A server whose description says of pages and files that they are no JSON."""

    def openapi(self) -> dict[str, Any]:
        """Return the description, made at the first call."""
        made = self.openapi_schema is not None
        description = super().openapi()
        if not made:
            for operations in description["paths"].values():
                for operation in operations.values():
                    _open(operation["responses"])
        return description


def _open(responses: dict[str, Any]) -> None:
    """Say that answers without a model may be of any type, and errors and ways on with them."""
    bare = [each for each in responses.values() if each.get("content") == NO_MODEL]
    if not bare:
        return
    for response in bare:
        response["content"] = ANYTHING
    responses["4XX"]["content"] |= ANYTHING
    responses["3XX"] = GOES_ON
