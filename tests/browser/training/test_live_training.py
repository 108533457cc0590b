"""A training in the browser: the phone rings at a trainee's desk while an instructor leads."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.config.settings import Settings
from data.model import LonLat, RequestKind
from data.store.database.engine import transaction
from fleet.simulation.simulated_calls import SimulatedCall
from fleet.training.calls import ring
from tests import village as v
from tests.browser.conftest import Visit, serving
from tests.rehearsed import a_sandbox, clock_of
from tests.village_database import copy_city

pytestmark = pytest.mark.browser


@pytest.fixture
def server(tmp_path: Path, made_city: Path) -> Iterator[str]:
    """A sandbox of the village, whose clock stands."""
    home = copy_city(made_city, Settings(var=tmp_path).city_folder("village"))
    sandbox = a_sandbox(home)
    with serving(Settings(var=sandbox.folder), "village", clock_of(sandbox)) as address:
        yield address


def somebody_calls(visit: Visit) -> None:
    words = "Snow up to the knee on Mill Street"
    place = LonLat(45.07, 37.55)
    caller = SimulatedCall(v.NOW, RequestKind.PLOW, words, "Mill Street", place, v.MILL)
    with transaction(visit.city.engine) as tx:
        ring(tx, [(caller, None)], visit.city.clock.now())


def test_an_operator_answers_and_an_instructor_sees_it_and_adds_a_caller(visit: Visit) -> None:
    page = visit.page
    visit.sign_in("operator")
    page.wait_for_selector("#text")
    visit.go("/training/seats")
    page.click("form[data-role=operator] button")
    page.wait_for_selector("a[href='/operator'].primary")
    somebody_calls(visit)
    visit.go("/operator")
    page.wait_for_selector(".training-phone.rings")
    page.keyboard.press("F4")
    page.wait_for_selector(".caller-words:has-text('on Mill Street')")
    page.fill("#text", "Mill Street, knee-deep")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".training-phone:has-text('quiet')")
    assert visit.grave_faults() == []

    visit.sign_out()
    visit.sign_in("supervisor")
    page.wait_for_selector("board-side")
    visit.go("/training/instructor")
    page.wait_for_selector(".call-list .ended a")
    page.wait_for_selector(".moment.act")
    page.select_option("#event", "power_cut")
    page.click(".add-form button.primary")
    page.wait_for_selector(".moment.added:has-text('Power cut')")
    page.fill("#words", "Asked well")
    page.click(".note-form button")
    page.wait_for_selector(".moment.note:has-text('Asked well')")
    page.click("#pause")
    page.wait_for_selector("#pause:has-text('Pause')")
    assert visit.grave_faults() == []
    assert visit.complaints == []
