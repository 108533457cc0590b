"""The OpenAPI description, corrected where FastAPI does not know the answers' types."""

from typing import Any

from fastapi import FastAPI

NO_MODEL: dict[str, Any] = {"application/json": {"schema": {}}}
"""The content of an answer without a model, as FastAPI describes it."""

ANYTHING: dict[str, Any] = {"*/*": {}}
GOES_ON = {"description": "Goes on at the address in the header Location"}
"""Forms redirect to a page, and pages redirect visitors who are not signed in."""


class DescribedWeb(FastAPI):
    """An application whose OpenAPI description marks pages and files as not JSON."""

    def openapi(self) -> dict[str, Any]:
        """Return the description, created at the first call."""
        made = self.openapi_schema is not None
        description = super().openapi()
        if not made:
            for operations in description["paths"].values():
                for operation in operations.values():
                    _open(operation["responses"])
        return description


def _open(responses: dict[str, Any]) -> None:
    """Mark answers without a model as any type, and add errors and redirects."""
    bare = [each for each in responses.values() if each.get("content") == NO_MODEL]
    if not bare:
        return
    for response in bare:
        response["content"] = ANYTHING
    responses["4XX"]["content"] |= ANYTHING
    responses["3XX"] = GOES_ON
