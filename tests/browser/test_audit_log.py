"""The page of the audit log: reached from a street, opened to what was written, and proved."""

import pytest

from data.model import Actor, ActorKind
from data.store.audit.audit_log import add_event
from data.store.database.engine import transaction
from tests import village as v

pytestmark = pytest.mark.browser


def test_a_line_opens_to_what_was_written_and_one_click_proves_the_log(visit):
    visit.come_in("dispatcher")
    with transaction(visit.city.engine) as tx:
        leila = Actor(ActorKind.USER, "leila")
        add_event(tx, v.NOW, leila, "class.decided", f"segment:{v.MILL}", after={"class": "P1"})
    visit.go(f"/audit-log?segment={v.MILL}")
    page = visit.page
    page.click(".lines summary:has-text('leila set the priority class of Mill Street.')")
    assert page.inner_text(".lines details[open] code >> nth=0") == "class.decided"

    page.click("#proof button")
    page.wait_for_selector("#proof .verdict")
    assert "Receipt" in page.inner_text("#proof")
    assert visit.grave_faults() == []
