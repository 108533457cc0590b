import pytest

from data.errors import InvalidError
from data.files.csv_sheet import Mistake
from data.setup.fleet_csv import csv_from_machines
from data.setup.fleet_file import URMIA_FLEET
from data.store.setup.machines import get_fleet
from fleet.setup.fleet_import import propose
from fleet.setup.machine_register import take_fleet_file
from tests.village import NOW, a_vehicle, village
from tests.village_database import DISPATCHER

pytestmark = pytest.mark.usefixtures("no_text")


def test_a_spreadsheet_replaces_the_machines_and_leaves_the_depots(tx):
    fleet = get_fleet(tx)
    machines = [a_vehicle(1, name="الف"), a_vehicle(2, name="ب", assumed=True)]
    table = csv_from_machines(machines, fleet.depots, "fa").encode("utf-8-sig")
    proposal = propose(tx, "Machines.CSV", table)
    assert proposal.mistakes == ()
    take_fleet_file(tx, DISPATCHER, proposal.text, 0, village(), NOW)
    now = get_fleet(tx)
    assert [each.name for each in now.vehicles] == ["الف", "ب"]
    assert now.depots == fleet.depots


def test_a_fleet_file_is_proposed_letter_by_letter(tx):
    proposal = propose(tx, "fleet.toml", URMIA_FLEET.encode("utf-8-sig"))
    assert (proposal.text, len(proposal.fleet.vehicles)) == (URMIA_FLEET, 66)


def test_every_mistake_of_a_fleet_file_has_its_line(tx):
    text = (
        '[[depot]]\nname = "A"\nlon = 500\nlat = 37\n\n'
        '[[vehicle]]\nname = "T"\ntype = "rocket"\nwork_kmh = { plow = 900 }\n'
        "drive_kmh = 40\nblade_m = 3\nhopper_kg = 0\nmin_street_m = 3\n\n"
        '# and another\n[[vehicle]]\nname = "T"\ncolor = "red"\n'
    )
    wrong = propose(tx, "fleet.toml", text.encode()).mistakes
    assert [(each.line, each.field) for each in wrong][:6] == [
        (3, "depot[1].lon"),
        (6, "vehicle[1].shift_h"),
        (8, "vehicle[1].type"),
        (9, "vehicle[1].work_kmh.plow"),
        (16, "vehicle[2].type"),
        (16, "vehicle[2].work_kmh"),
    ]
    assert [(each.line, each.field) for each in wrong][-2:] == [
        (17, "vehicle[2].name"),
        (18, "vehicle[2].color"),
    ]


def test_what_is_no_toml_is_told_with_its_line(tx):
    (wrong,) = propose(tx, "fleet.toml", b'[[depot]]\nname = "A\n').mistakes
    assert (wrong.line, wrong.expected) == (2, "TOML")


def test_a_file_in_another_encoding_is_refused(tx):
    with pytest.raises(InvalidError, match="UTF-8"):
        propose(tx, "fleet.toml", "نام".encode("cp1256"))


def test_a_depot_that_is_not_there_is_a_mistake_of_the_spreadsheet(tx):
    table = "name,type,drive,plow,blade,depot\nA,grader,30,12,3.7,Moon\n"
    (wrong,) = propose(tx, "machines.csv", table.encode()).mistakes
    assert wrong == Mistake(2, "depot", "Moon", "one of Depot")


def test_the_mistakes_of_a_foreign_file_do_not_fill_the_page(tx):
    head = "name,type,drive,plow,blade,depot\n"
    wrong = propose(tx, "machines.csv", (head + "A,b,c,d,e,f\n" * 500).encode()).mistakes
    assert len(wrong) == 200
