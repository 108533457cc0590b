"""What citizens do on the public pages, as their browsers send it."""

import re

from data.store.database.engine import reading
from data.store.requests.requests import list_requests


def report(client, files=None, **changes):
    """Send the form as a browser does; returns the answer before it is followed."""
    said = {"csrf": client.cookies["barfrub_csrf"], "kind": "plow", "text": "School Street"}
    return client.post("/report?lang=en", data=said | changes, files=files, follow_redirects=False)


def reported(client, **changes) -> tuple[str, str]:
    answer = report(client, **changes)
    assert answer.status_code == 303, answer.text
    return re.search(r"reference=(B-\d+)&code=(\d{8})", answer.headers["location"]).groups()


def track(client, reference, code, **more):
    return client.get(f"/track?reference={reference}&code={code}&lang=en", **more)


def again(client, reference, code, why="not_cleared", words=""):
    token = client.cookies["barfrub_csrf"]
    form = {"csrf": token, "reference": reference, "code": code, "why": why, "words": words}
    return client.post("/track/again?lang=en", data=form, follow_redirects=False)


def stored(client):
    with reading(client.app.state.barfrub.engine) as tx:
        return list_requests(tx)


def settled(client):
    """Wait until the door has placed what came."""
    client.portal.call(client.app.state.barfrub.report_ingest.settled)
