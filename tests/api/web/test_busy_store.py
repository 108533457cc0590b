"""Who asks a database that others write to for long hears soon that it is busy, and when to try."""

import pytest

from data.store.database import engine as engine_module
from data.store.database.engine import transaction


def test_who_finds_the_database_locked_is_asked_to_come_again(
    dispatcher, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(engine_module, "BUSY_MS", 20)
    with transaction(dispatcher.app.state.barfrub.engine):
        refused = dispatcher.post("/api/storms", json={"name": "Snow"})
        page = dispatcher.get("/board", headers={"accept": "text/html"})
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
    assert refused.json()["error"]["code"] == "busy"
    assert "may not have been stored" in refused.json()["error"]["message"]
    assert page.status_code == 200  # who reads waits for nobody
    assert dispatcher.post("/api/storms", json={"name": "Snow"}).status_code == 201
