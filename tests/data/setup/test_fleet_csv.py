from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.languages import languages
from data.model import Treatment
from data.model.machines import VEHICLE_TYPES
from data.setup.fleet_columns import codes, machine_terms, spelled
from data.setup.fleet_csv import Mistake, csv_from_machines, machines_from_csv
from data.setup.fleet_file import URMIA_FLEET, fleet_from_toml
from tests.village import a_depot, a_vehicle

DEPOTS = (a_depot(1, name="پایگاه شمال"), a_depot(2, name="South yard"))
PERSIAN = (
    "نام;نوع;مالک;سرعت برف روبي;سرعت حرکت;عرض تیغه;پايگاه\r\n"
    "گریدر ۱;گريدر;ملکی;۲۵٫۵;۴۰;۳/۴;پايگاه شمال\r\n"
)


def read(text: str, encoding: str = "utf-8-sig"):
    return machines_from_csv(text.encode(encoding), DEPOTS)


def without_trouble(text: str, encoding: str = "utf-8-sig"):
    machines, mistakes = read(text, encoding)
    assert mistakes == []
    return machines


@pytest.mark.parametrize("language", languages())
def test_the_machines_of_urmia_come_back_as_they_were_written(language):
    fleet = fleet_from_toml(URMIA_FLEET)
    placed = tuple(replace(each, depot_id=DEPOTS[each.id % 2].id) for each in fleet.vehicles)
    again = without_trouble(csv_from_machines(placed, DEPOTS, language))
    assert [replace(each, work_speed_mps={}, drive_speed_mps=0) for each in again] == [
        replace(each, work_speed_mps={}, drive_speed_mps=0) for each in placed
    ]
    assert [each.work_speed_mps for each in again] == [
        pytest.approx(each.work_speed_mps) for each in placed
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_persian_spreadsheet_is_read_whatever_its_letters_digits_and_encoding(encoding):
    (grader,) = without_trouble(PERSIAN, encoding)
    assert (grader.name, grader.type, grader.owner) == ("گریدر ۱", "grader", "own")
    assert grader.work_speed_mps == {Treatment.PLOW: pytest.approx(25.5 / 3.6)}
    assert (grader.blade_m, grader.depot_id) == (3.4, 1)


def test_a_spreadsheet_of_an_old_persian_excel_is_read():
    text = "نام;نوع;سرعت حرکت;تیغه;برف روبي\r\nلودر;لودر;30;2,5;8\r\n"
    old = text.replace("ی", "ي").encode("cp1256")
    machines, mistakes = machines_from_csv(old, DEPOTS)
    assert (mistakes, machines[0].name, machines[0].blade_m) == ([], "لودر", 2.5)


@pytest.mark.parametrize("separator", [",", ";", "\t", "؛"])
def test_columns_may_be_separated_as_any_spreadsheet_does(separator):
    head, line = ["name", "type", "drive_kmh", "salt", "hopper"], ["A", "pickup", "40", "20", "900"]
    (machine,) = without_trouble("\n".join(separator.join(cells) for cells in (head, line)))
    assert (machine.hopper_kg, machine.capabilities) == (900, (Treatment.SALT,))


def test_the_line_in_which_excel_names_its_separator_is_no_head():
    (machine,) = without_trouble("sep=;\nname;type;drive;salt;hopper\nA;pickup;40;20;1.500,5\n")
    assert (machine.name, machine.hopper_kg) == ("A", 1500.5)


@pytest.mark.parametrize(
    ("cell", "kilograms"),
    [
        ("6000", 6000),
        ("6,000", 6000),
        ("6٬000", 6000),
        ("۶٬۰۰۰", 6000),
        ("٦٠٠٠", 6000),
        ("6 000", 6000),
        ("812,5", 812.5),
        ("812٫5", 812.5),
        ("812/5", 812.5),
        ("1,234.5", 1234.5),
    ],
)
def test_a_number_is_understood_as_people_write_it(cell, kilograms):
    (machine,) = without_trouble(f'name\ttype\tdrive\tsalt\thopper\nA\tpickup\t40\t20\t"{cell}"\n')
    assert machine.hopper_kg == kilograms


def test_one_line_may_stand_for_several_machines():
    machines = without_trouble("name,type,count,drive,plow,blade\nLoader,loader,3,25,8,2.8\n")
    assert [machine.name for machine in machines] == ["Loader 1", "Loader 2", "Loader 3"]
    assert [machine.depot_id for machine in machines] == [1, 2, 1]


def test_every_mistake_is_told_with_its_line_and_field():
    text = (
        "name,type,drive,plow,blade,depot\n"
        "A,grader,30,12,3.7,South yard\n"
        "\n"
        ",rocket,400,fast,,Moon\n"
        "A,loader,25,8,2.8,\n"
        "B,loader,25,,2.8,\n"
        "C,loader,25,8,,\n"
    )
    assert [(wrong.line, wrong.field, wrong.got) for wrong in read(text)[1]] == [
        (4, "name", ""),
        (4, "type", "rocket"),
        (4, "drive_kmh", "400"),
        (4, "plow_kmh", "fast"),
        (4, "depot", "Moon"),
        (5, "name", "A"),
        (6, "work_kmh", ""),
        (7, "blade_m", ""),
    ]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", Mistake(0, "", "", "a table with headers and a line for each machine")),
        ("name,type,drive\n", Mistake(1, "", "", "a line for each machine below the headers")),
        ("name,type\nA,grader", Mistake(1, "drive_kmh", "", "a column")),
        ("name,type,drive,color\nA,,,", Mistake(1, "", "color", "a known column")),
        ("name,type,drive,speed,Name\n", Mistake(1, "", "speed", "a known column")),
        ("name,type,drive,Name\nA,,,", Mistake(1, "name", "Name", "every column once")),
        ("name,type,drive,plow,blade\nA,grader,30,9,3,,7", Mistake(2, "", "7", "5 columns")),
    ],
)
def test_a_table_that_cannot_be_read_says_why(text, wrong):
    assert wrong in read(text)[1]


def test_a_photo_is_no_spreadsheet():
    machines, mistakes = machines_from_csv(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)), ())
    assert machines == ()
    assert mistakes


def test_a_name_that_looks_like_a_formula_does_not_become_one():
    machine = a_vehicle(name='=HYPERLINK("http://x")')
    text = csv_from_machines([machine], DEPOTS)
    assert "\n\"'=HYPERLINK" in text
    assert without_trouble(text)[0].name == machine.name


@given(
    name=st.text("ابپگی‌ Ab1,;\"'=-۱", min_size=1, max_size=12).map(str.strip).filter(bool),
    kind=st.sampled_from(VEHICLE_TYPES),
    blade_m=st.floats(0.1, 12),
    language=st.sampled_from([*languages()]),
)
def test_any_name_and_width_survives_the_spreadsheet(name, kind, blade_m, language):
    machine = a_vehicle(name=name, type=kind, blade_m=blade_m)
    (again,) = without_trouble(csv_from_machines([machine], DEPOTS, language))
    assert (again.name, again.type) == (machine.name, machine.type)
    assert again.blade_m == pytest.approx(blade_m)


@pytest.mark.parametrize("part", ["columns", "types", "owners", "flags"])
@pytest.mark.parametrize("language", languages())
def test_every_head_and_word_that_we_write_is_one_that_we_read(language: str, part: str):
    words = machine_terms(part, language)

    assert [codes(part)[spelled(text)] for text in words.values()] == list(words)
    assert words.keys() == machine_terms(part, "en").keys()
