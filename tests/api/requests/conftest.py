import pytest


@pytest.fixture
def citizen(client):
    client.headers["accept"] = "text/html"
    client.get("/report?lang=en")
    return client
