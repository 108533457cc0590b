from dataclasses import replace
from datetime import timedelta

import pytest

from data.errors import ConflictError, InvalidError, NotFoundError
from data.model import LonLat, StormPhase
from data.setup.fleet_file import URMIA_FLEET, fleet_from_toml, toml_from_fleet
from data.store.audit.audit_log import broken_links, list_events
from data.store.setup.city import get_city, get_fleet_text, get_report, set_fleet_text
from data.store.setup.machines import get_fleet, get_vehicle
from data.store.shifts.shifts import list_shifts
from fleet.context import CityContext
from fleet.setup.machine_register import (
    find_last_change,
    fleet_text,
    remove_depot,
    remove_machine,
    remove_reload_site,
    save_depot,
    save_machine,
    save_reload_site,
    take_fleet_file,
    undo_fleet,
)
from fleet.shifts.roster import ShiftWish, cancel_shift, plan_shift
from fleet.storms.storm_phases import forecast_storm
from fleet.storms.storm_start import end_storm, start_storm
from tests.village import NOW, a_depot, a_reload_site, a_vehicle, at_m, node_at, village
from tests.village_database import DISPATCHER, POLICY

pytestmark = pytest.mark.usefixtures("no_text")

RULES = {"network": village(), "now": NOW}


def seen(tx):
    """What an editor has before the eyes: the last change."""
    last = find_last_change(tx)
    return {"base": last.id if last else 0, **RULES}


def undo(tx):
    return undo_fleet(tx, DISPATCHER, seen(tx)["base"], **RULES)


def names(things):
    return [each.name for each in things]


def in_force(tx):
    """The rows, once it is certain that the text says the same."""
    fleet, written = get_fleet(tx), fleet_from_toml(get_fleet_text(tx))
    assert [names(written.depots), names(written.reload_sites), names(written.vehicles)] == [
        names(fleet.depots),
        names(fleet.reload_sites),
        names(fleet.vehicles),
    ]
    assert [each.location for each in written.depots] == [each.location for each in fleet.depots]
    return fleet


def test_a_new_depot_is_in_rows_text_report_and_audit_log(tx):
    revision = get_city(tx).revision
    save_depot(tx, DISPATCHER, a_depot(0, name="انبار نو", location=node_at(7)), **seen(tx))
    assert names(in_force(tx).depots) == ["Depot", "انبار نو"]
    assert get_report(tx)["depots"] == 2
    assert get_city(tx).revision == revision + 1
    last = list_events(tx)[-1]
    assert (last.verb, last.after["what"], last.after["name"]) == (
        "fleet.set",
        "depot.added",
        "انبار نو",
    )


def test_a_moved_depot_keeps_its_machines_and_is_no_guess_any_more(tx):
    save_depot(tx, DISPATCHER, a_depot(1, assumed=True), **seen(tx))
    save_depot(tx, DISPATCHER, a_depot(1, location=at_m(10, 20)), **seen(tx))
    fleet = in_force(tx)
    assert fleet.depots == (a_depot(1, location=at_m(10, 20)),)
    assert {each.depot_id for each in fleet.vehicles} == {1}
    assert get_report(tx)["depots_assumed"] == 0


def test_a_renamed_depot_keeps_its_machines(tx):
    save_depot(tx, DISPATCHER, a_depot(1, name="North"), **seen(tx))
    fleet = in_force(tx)
    assert [(each.id, each.name) for each in fleet.depots] == [(1, "North")]
    assert {each.depot_id for each in fleet.vehicles} == {1}


def test_a_depot_goes_only_when_its_machines_have_another(tx):
    save_depot(tx, DISPATCHER, a_depot(0, name="North", location=node_at(7)), **seen(tx))
    with pytest.raises(ConflictError) as refused:
        remove_depot(tx, DISPATCHER, 1, None, **seen(tx))
    assert (refused.value.reason, refused.value.values["count"]) == ("depot_used", 2)
    with pytest.raises(NotFoundError):
        remove_depot(tx, DISPATCHER, 1, 1, **seen(tx))
    remove_depot(tx, DISPATCHER, 1, 2, **seen(tx))
    fleet = in_force(tx)
    assert names(fleet.depots) == ["North"]
    assert {each.depot_id for each in fleet.vehicles} == {2}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda tx: remove_depot(tx, DISPATCHER, 1, None, **seen(tx)), "last_depot"),
        (lambda tx: remove_reload_site(tx, DISPATCHER, 1, **seen(tx)), "last_site"),
        (lambda tx: save_depot(tx, DISPATCHER, a_depot(0), **seen(tx)), "name_taken"),
        (lambda tx: save_reload_site(tx, DISPATCHER, a_reload_site(0), **seen(tx)), "name_taken"),
        (
            lambda tx: save_machine(tx, DISPATCHER, a_vehicle(1, name="Truck 2"), **seen(tx)),
            "name_taken",
        ),
        (lambda tx: undo_fleet(tx, DISPATCHER, 0, **RULES), "nothing_to_undo"),
        (lambda tx: undo_fleet(tx, DISPATCHER, 99, **RULES), "fleet_changed"),
        (lambda tx: save_depot(tx, DISPATCHER, a_depot(1), 99, **RULES), "fleet_changed"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(tx, change, reason):
    before, events = get_fleet(tx), len(list_events(tx))
    with pytest.raises(ConflictError) as refused:
        change(tx)
    assert refused.value.reason == reason
    assert (get_fleet(tx), len(list_events(tx))) == (before, events)


def test_two_editors_cannot_overwrite_each_other(tx):
    both = seen(tx)
    save_depot(tx, DISPATCHER, a_depot(1, name="Mine"), **both)
    with pytest.raises(ConflictError, match="meanwhile"):
        save_depot(tx, DISPATCHER, a_depot(1, name="Theirs"), **both)


def test_places_to_load_salt_come_change_and_go(tx):
    hall = a_reload_site(0, name="Salt hall", fill_s=720.0, materials=("salt", "sand"))
    save_reload_site(tx, DISPATCHER, hall, **seen(tx))
    sites = in_force(tx).reload_sites
    assert [replace(each, id=0) for each in sites] == [a_reload_site(0), hall]
    save_reload_site(tx, DISPATCHER, replace(sites[1], location=LonLat(45.07, 37.55)), **seen(tx))
    remove_reload_site(tx, DISPATCHER, in_force(tx).reload_sites[0].id, **seen(tx))
    (left,) = in_force(tx).reload_sites
    assert (left.name, left.location) == ("Salt hall", LonLat(45.07, 37.55))


def test_a_renamed_machine_stays_the_same_machine(tx):
    save_machine(tx, DISPATCHER, a_vehicle(1, name="گریدر ۱", type="grader"), **seen(tx))
    assert [(each.id, each.name) for each in in_force(tx).vehicles] == [
        (1, "گریدر ۱"),
        (2, "Truck 2"),
    ]


def test_a_removed_machine_is_remembered_and_comes_back_under_its_name(tx):
    remove_machine(tx, DISPATCHER, 2, **seen(tx))
    assert names(in_force(tx).vehicles) == ["Truck 1"]
    assert get_vehicle(tx, 2).name == "Truck 2"
    with pytest.raises(ConflictError, match="has left"):
        save_machine(tx, DISPATCHER, a_vehicle(1, name="Truck 2"), **seen(tx))


def test_a_machine_comes_back_with_its_past(tx):
    remove_machine(tx, DISPATCHER, 2, **seen(tx))
    save_machine(tx, DISPATCHER, a_vehicle(0, name="Truck 2"), **seen(tx))
    assert [each.id for each in in_force(tx).vehicles] == [1, 2]


def test_the_last_machine_stays(tx):
    remove_machine(tx, DISPATCHER, 2, **seen(tx))
    with pytest.raises(ConflictError) as refused:
        remove_machine(tx, DISPATCHER, 1, **seen(tx))
    assert refused.value.reason == "last_machine"


def test_a_machine_that_breaks_a_rule_is_refused(tx):
    with pytest.raises(InvalidError, match="blade_m"):
        save_machine(tx, DISPATCHER, a_vehicle(1, blade_m=0.0), **seen(tx))
    with pytest.raises(NotFoundError):
        save_machine(tx, DISPATCHER, a_vehicle(1, depot_id=7), **seen(tx))


def test_a_yard_far_from_every_street_is_a_slip(tx):
    far = LonLat(45.2, 37.55)
    with pytest.raises(InvalidError, match="2 km"):
        save_depot(tx, DISPATCHER, a_depot(1, location=far), **seen(tx))
    with pytest.raises(InvalidError, match="2 km"):
        save_reload_site(tx, DISPATCHER, a_reload_site(1, location=far), **seen(tx))


def test_in_a_storm_a_new_machine_gets_a_shift_and_none_in_service_is_lost(tx):
    storm = start_storm(tx, DISPATCHER, "Snow", village(), POLICY, NOW)
    save_machine(tx, DISPATCHER, a_vehicle(0, name="Truck 3"), **seen(tx))
    assert [turn.vehicle_id for turn in list_shifts(tx, storm.id)] == [1, 2, 3]
    with pytest.raises(ConflictError) as refused:
        remove_machine(tx, DISPATCHER, 3, **seen(tx))
    assert (refused.value.reason, refused.value.values["name"]) == ("machine_in_service", "Truck 3")


def test_a_machine_on_the_roster_of_a_coming_storm_stays_until_it_is_off_it(tx):
    begins = NOW + timedelta(hours=3)
    storm = forecast_storm(tx, DISPATCHER, "Tomorrow", StormPhase.ALERT, begins, NOW)
    city, wish = (
        CityContext(tx, village(), POLICY, NOW),
        ShiftWish(begins, begins + timedelta(hours=8)),
    )
    shift = plan_shift(city, DISPATCHER, storm.id, 2, wish)
    with pytest.raises(ConflictError) as refused, tx.begin_nested():
        remove_machine(tx, DISPATCHER, 2, **seen(tx))
    assert refused.value.reason == "machine_in_service"
    cancel_shift(tx, DISPATCHER, shift.id, NOW)
    remove_machine(tx, DISPATCHER, 2, **seen(tx))


def test_after_the_storm_a_machine_may_go(tx):
    storm = start_storm(tx, DISPATCHER, "Snow", village(), POLICY, NOW)
    end_storm(tx, DISPATCHER, storm.id, NOW)
    remove_machine(tx, DISPATCHER, 2, **seen(tx))
    assert names(in_force(tx).vehicles) == ["Truck 1"]


def test_a_file_is_in_force_letter_by_letter(tx):
    take_fleet_file(tx, DISPATCHER, URMIA_FLEET, **seen(tx))
    assert fleet_text(tx) == URMIA_FLEET
    assert len(get_fleet(tx).vehicles) == 66


def test_the_comment_at_the_head_of_the_file_survives_a_change(tx):
    set_fleet_text(tx, "# Depots of the north.\n#\n# Two.\n\n" + fleet_text(tx))
    save_depot(tx, DISPATCHER, a_depot(1, name="North"), **seen(tx))
    assert get_fleet_text(tx).startswith("# Depots of the north.\n#\n# Two.\n\n[[depot]]\n")


def identified(tx):
    """The fleet as a text, which rounds speeds, with the ids that the text does not tell."""
    fleet = get_fleet(tx)
    things = (*fleet.depots, *fleet.vehicles)
    return toml_from_fleet(fleet), {each.name: each.id for each in things}


def changes():
    return [
        lambda tx: save_depot(tx, DISPATCHER, a_depot(1, name="North"), **seen(tx)),
        lambda tx: save_depot(tx, DISPATCHER, a_depot(1, location=at_m(1, 2)), **seen(tx)),
        lambda tx: save_depot(tx, DISPATCHER, a_depot(0, name="B"), **seen(tx)),
        lambda tx: save_machine(tx, DISPATCHER, a_vehicle(1, name="Grader"), **seen(tx)),
        lambda tx: save_machine(tx, DISPATCHER, a_vehicle(0, name="New"), **seen(tx)),
        lambda tx: remove_machine(tx, DISPATCHER, 1, **seen(tx)),
        lambda tx: take_fleet_file(tx, DISPATCHER, URMIA_FLEET, **seen(tx)),
    ]


@pytest.mark.parametrize("change", changes())
def test_the_last_change_is_taken_back_and_done_again(tx, change):
    before = identified(tx)
    change(tx)
    after = identified(tx)
    assert after != before
    undo(tx)
    assert identified(tx) == before
    undo(tx)
    text, ids = identified(tx)
    assert text == after[0]
    assert ids.keys() == after[1].keys()
    for name in ids.keys() & before[1].keys():  # a depot that was deleted may get a new number
        assert ids[name] == after[1][name]
    assert broken_links(list_events(tx)) == []
