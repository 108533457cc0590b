"""A town lends a machine: gone from its plans, planned by the other, back at both ends at once."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from data.errors import ConflictError
from data.model import MachineService, Role, ShiftState, StormPhase
from data.model.loans import LoanState
from data.store.audit.audit_log import list_events
from data.store.database.engine import reading, transaction
from data.store.setup.loans import list_loans_to_come
from data.store.setup.machines import list_vehicles
from data.store.shifts.shifts import add_shifts, list_shifts, set_shift_state
from fleet.context import CityContext
from fleet.planning.plan_options import shifts_in_service
from fleet.setup.machine_register import find_last_change, remove_machine, save_machine
from fleet.shifts.roster import ShiftWish, plan_shift
from fleet.storms.machines_in_service import switch_machine
from fleet.storms.storm_phases import forecast_storm, move_storm
from fleet.storms.storm_start import first_shifts, start_storm
from tests import village as v
from tests.api.province.conftest import PROVINCE, app_of
from tests.two_towns import CONSOLE

TRUCK = v.a_vehicle(1)
GUEST = f"{TRUCK.name} (Village)"


@pytest.fixture
def lend(browser, clock, signed_in):
    """Lend the first machine of Urmia to Tabriz as a dispatcher of Urmia."""
    csrf = signed_in(Role.DISPATCHER)

    def written(moment):
        return f"{moment.astimezone(ZoneInfo('Asia/Tehran')):%Y-%m-%d %H:%M}"

    def lent(begin_h=0.0, end_h=8.0, **more):
        now = clock.now()
        form = {
            "machine": f"urmia/{TRUCK.id}",
            "borrower": "tabriz",
            "since": written(now + timedelta(hours=begin_h)),
            "until": written(now + timedelta(hours=end_h)),
            "csrf": csrf,
        }
        return browser.post(f"{PROVINCE}/loans", data=form | more, follow_redirects=False)

    return lent


@pytest.fixture
def storms(browser, clock):
    """A storm in both towns."""
    begun = {}
    for name in ("urmia", "tabriz"):
        app = app_of(browser, name)
        with transaction(app.engine) as tx:
            begun[name] = start_storm(tx, CONSOLE, "Snow", app.network, app.policy, clock.now())
    return begun


def machines(browser, name):
    with reading(app_of(browser, name).engine) as tx:
        return {each.name: each for each in list_vehicles(tx)}


def in_service(browser, name, storm):
    """The names of the machines that have a shift in a storm, once for each."""
    with reading(app_of(browser, name).engine) as tx:
        names = {each.id: each.name for each in list_vehicles(tx)}
        return [
            names.get(each.vehicle_id, "retired")
            for each in list_shifts(tx, storm.id)
            if not each.over
        ]


def expected(browser, clock, name, machine_id=None):
    """A storm on alert in a town, with a shift on its roster for a machine, if one is named."""
    app, now = app_of(browser, name), clock.now()
    begins = now + timedelta(hours=3)
    with transaction(app.engine) as tx:
        storm = forecast_storm(tx, CONSOLE, "Tomorrow", StormPhase.ALERT, begins, now)
    if machine_id is not None:
        roster(browser, clock, name, storm, machine_id)
    return storm


def roster(browser, clock, name, storm, machine_id):
    now = clock.now()
    begins = now + timedelta(hours=3)
    app = app_of(browser, name)
    with transaction(app.engine) as tx:
        if machine_id != TRUCK.id:
            service = MachineService(in_service=True)
            switch_machine(tx, CONSOLE, storm.id, machine_id, service, now)
        wish = ShiftWish(begins, begins + timedelta(hours=8))
        city = CityContext(tx, app.network, app.policy, now)
        plan_shift(city, CONSOLE, storm.id, machine_id, wish)


def begun(browser, clock, name, storm):
    """Let an expected storm begin."""
    app, phases = app_of(browser, name), (StormPhase.ALERT, StormPhase.ACTIVE)
    with transaction(app.engine) as tx:
        return move_storm(tx, CONSOLE, storm.id, *phases, app.network, clock.now())


def loans(browser):
    with reading(app_of(browser, "urmia").engine) as tx:
        return list_loans_to_come(tx)


def end(browser, csrf, number=1):
    path = f"{PROVINCE}/loans/urmia/{number}/end"
    return browser.post(path, data={"csrf": csrf}, follow_redirects=False)


def verbs(browser, name):
    with reading(app_of(browser, name).engine) as tx:
        return [(line.actor.id, line.verb) for line in list_events(tx)]


def test_a_lent_machine_is_gone_here_and_a_guest_with_its_owners_name_there(browser, storms, lend):
    assert lend().status_code == 303
    assert TRUCK.name not in in_service(browser, "urmia", storms["urmia"])
    guest = machines(browser, "tabriz")[GUEST]
    assert (guest.company, guest.owned, guest.blade_m) == ("Village", False, TRUCK.blade_m)
    assert GUEST in in_service(browser, "tabriz", storms["tabriz"])
    who = "a-dispatcher-urmia"
    assert {(who, "loan.agreed"), (who, "loan.begun")} <= {*verbs(browser, "urmia")}
    assert (who, "fleet.set") in verbs(browser, "tabriz")


def test_a_machine_returned_early_is_back_at_both_ends_at_once(browser, storms, lend, signed_in):
    lend()
    assert end(browser, signed_in(Role.DISPATCHER, city="tabriz")).status_code == 303
    assert loans(browser) == []
    assert GUEST not in machines(browser, "tabriz")
    assert TRUCK.name in in_service(browser, "urmia", storms["urmia"])
    assert ("a-dispatcher-tabriz", "loan.returned") in verbs(browser, "urmia")


def test_a_loan_begins_and_ends_at_its_times_by_itself(browser, storms, lend, clock):
    lending = browser.app.hosted["province.example.ir"].web.state.province.lending
    lend(2, 4)
    lending.run()
    assert TRUCK.name in in_service(browser, "urmia", storms["urmia"])
    clock.moment += timedelta(hours=2)
    lending.run()
    lending.run()
    assert TRUCK.name not in in_service(browser, "urmia", storms["urmia"])
    assert GUEST in in_service(browser, "tabriz", storms["tabriz"])
    clock.moment += timedelta(hours=2)
    lending.run()
    assert loans(browser) == []
    assert GUEST not in machines(browser, "tabriz")
    assert ("province", "loan.returned") in verbs(browser, "urmia")


def test_a_storm_that_begins_meanwhile_does_not_count_on_a_lent_machine(
    browser, lend, clock, signed_in
):
    lend()
    app = app_of(browser, "urmia")
    with transaction(app.engine) as tx:
        storm = start_storm(tx, CONSOLE, "Snow", app.network, app.policy, clock.now())
        with pytest.raises(ConflictError, match="is lent"):
            switch_machine(
                tx, CONSOLE, storm.id, TRUCK.id, MachineService(in_service=True), clock.now()
            )
    assert TRUCK.name not in in_service(browser, "urmia", storm)
    end(browser, signed_in(Role.ADMINISTRATOR))
    assert TRUCK.name in in_service(browser, "urmia", storm)


def test_a_loan_waits_for_the_driver_who_is_on_the_road_and_says_so(browser, storms, lend):
    app, storm = app_of(browser, "urmia"), storms["urmia"]
    with transaction(app.engine) as tx:
        shift = next(each for each in list_shifts(tx, storm.id) if each.vehicle_id == TRUCK.id)
        set_shift_state(tx, shift.id, ShiftState.DRIVING)
    lend()
    assert [each.state for each in loans(browser)] == [LoanState.AGREED]
    assert GUEST not in machines(browser, "tabriz")
    assert f"{TRUCK.name} is on the road" in browser.get(f"{PROVINCE}/loans").text
    with transaction(app.engine) as tx:
        set_shift_state(tx, shift.id, ShiftState.ENDED)
    browser.app.hosted["province.example.ir"].web.state.province.lending.run()
    assert [each.state for each in loans(browser)] == [LoanState.LENT]
    assert GUEST in machines(browser, "tabriz")


def test_a_machine_out_of_service_before_its_loan_stays_so_after_it(
    browser, storms, lend, signed_in
):
    app, storm = app_of(browser, "urmia"), storms["urmia"]
    broken = MachineService(in_service=False, reason="broken")
    with transaction(app.engine) as tx:
        switch_machine(tx, CONSOLE, storm.id, TRUCK.id, broken, app.clock.now())
    lend()
    end(browser, signed_in(Role.ADMINISTRATOR))
    assert TRUCK.name not in in_service(browser, "urmia", storm)


def test_a_lent_machine_leaves_the_roster_of_a_storm_that_is_expected(
    browser, lend, clock, signed_in
):
    storm = expected(browser, clock, "urmia", TRUCK.id)
    assert in_service(browser, "urmia", storm) == [TRUCK.name]
    lend()
    assert in_service(browser, "urmia", storm) == []
    begun(browser, clock, "urmia", storm)
    assert TRUCK.name not in in_service(browser, "urmia", storm)
    end(browser, signed_in(Role.ADMINISTRATOR))
    assert in_service(browser, "urmia", storm).count(TRUCK.name) == 1


def test_a_machine_that_is_back_before_an_expected_storm_serves_in_it(
    browser, lend, clock, signed_in
):
    storm = expected(browser, clock, "urmia", TRUCK.id)
    lend()
    end(browser, signed_in(Role.ADMINISTRATOR))
    roster(browser, clock, "urmia", storm, TRUCK.id)
    begun(browser, clock, "urmia", storm)
    assert in_service(browser, "urmia", storm).count(TRUCK.name) == 1


def test_a_guest_that_goes_home_leaves_no_shift_in_a_storm_that_is_expected(
    browser, lend, clock, signed_in
):
    lend()
    storm = expected(browser, clock, "tabriz", machines(browser, "tabriz")[GUEST].id)
    assert in_service(browser, "tabriz", storm) == [GUEST]
    end(browser, signed_in(Role.ADMINISTRATOR))
    assert in_service(browser, "tabriz", storm) == []
    storm, now = begun(browser, clock, "tabriz", storm), clock.now()
    with reading(app_of(browser, "tabriz").engine) as tx:
        served = {each.vehicle_id for each in shifts_in_service(tx, storm.id, now)}
        assert served <= {each.id for each in list_vehicles(tx)}


def test_a_machine_that_has_a_shift_at_its_return_gets_no_second_one(
    browser, lend, clock, signed_in
):
    lend()
    app = app_of(browser, "urmia")
    with transaction(app.engine) as tx:
        storm = start_storm(tx, CONSOLE, "Snow", app.network, app.policy, clock.now())
        add_shifts(tx, first_shifts(storm.id, [TRUCK], clock.now()))
    end(browser, signed_in(Role.ADMINISTRATOR))
    assert in_service(browser, "urmia", storm).count(TRUCK.name) == 1


def test_the_page_says_who_lent_what_to_whom(browser, lend):
    lend()
    page = browser.get(f"{PROVINCE}/loans").text
    assert f"<bdi>{TRUCK.name}</bdi>" in page
    assert "with the borrower" in page
    assert '<td data-name="Lent">1</td>' in browser.get(f"{PROVINCE}/overview").text


def test_a_machine_is_lent_once_at_a_time(browser, lend):
    assert lend(2, 4).status_code == 303
    assert lend(3, 5).status_code == 409
    assert lend(4, 5).status_code == 303


@pytest.mark.parametrize(
    "wrong",
    [
        {"until": "2020-01-01 10:00"},
        {"until": "tomorrow"},
        {"until": ""},
        {"until": "2090-01-01 10:00"},
        {"borrower": "urmia"},
        {"borrower": "atlantis"},
        {"machine": "urmia/99"},
        {"machine": "urmia/x"},
        {"machine": "tabriz/1", "borrower": "urmia"},
    ],
)
def test_what_cannot_be_lent_is_refused_and_changes_nothing(browser, lend, wrong):
    refused = lend(**wrong)
    assert refused.status_code in {403, 404, 422}
    assert 'role="alert"' in refused.text
    assert loans(browser) == []


def test_a_council_lends_nothing_and_returns_nothing(browser, lend, signed_in):
    lend()
    csrf = signed_in(Role.COUNCIL)
    assert lend(9, 10, csrf=csrf).status_code == 403
    assert end(browser, csrf).status_code == 403
    assert browser.post(f"{PROVINCE}/loans/urmia/1/end").status_code == 403
    assert 'name="machine"' not in browser.get(f"{PROVINCE}/loans").text


def test_a_guest_that_its_borrower_calls_otherwise_is_still_the_one(browser, lend, signed_in):
    lend()
    app, guest = app_of(browser, "tabriz"), machines(browser, "tabriz")[GUEST]
    with transaction(app.engine) as tx:
        renamed = replace(guest, name="The borrowed one")
        base = find_last_change(tx).id
        save_machine(tx, CONSOLE, renamed, base, app.network, app.clock.now())
    browser.app.hosted["province.example.ir"].web.state.province.lending.run()
    assert "The borrowed one" in machines(browser, "tabriz")
    assert GUEST not in machines(browser, "tabriz")
    end(browser, signed_in(Role.ADMINISTRATOR))
    assert "The borrowed one" not in machines(browser, "tabriz")


def test_a_machine_that_is_promised_to_another_town_stays_in_the_fleet(browser, lend):
    lend(2, 4)
    app = app_of(browser, "urmia")
    with (
        pytest.raises(ConflictError, match="is lent"),
        transaction(app.engine) as tx,
    ):
        remove_machine(tx, CONSOLE, TRUCK.id, 0, app.network, app.clock.now())
