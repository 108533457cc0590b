"""What a file says wrong is answered by line, field, what came and what was expected."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.formats.format_detection import instance_from
from routing.formats.text.format_error import FormatError
from tests.routing.formats.public_files import CARP, MCGRP, MIXED, RELOAD, SALT, SMALL, TURNS, read


def without(text, *words):
    return "".join(x for x in text.splitlines(True) if not x.strip().startswith(words))


def salt(change):
    task = json.loads(SALT)
    change(task)
    return json.dumps(task)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (CARP.replace("coste 13", "coste x"), "line 11: cost: expected a number, got 'x'"),
        (CARP.replace("coste 13", "coste nan"), "line 11: cost: expected a finite number"),
        (CARP.replace("coste 13", "coste -1"), "line 11: cost: expected at least 0, got '-1'"),
        (CARP.replace("coste 13", "coste 1e300"), "line 11: cost: expected at most 1e+09"),
        (CARP.replace("demanda 3\n ( 2", "demanda\n ( 2"), "line 11: row: expected 2 values"),
        (CARP.replace("coste 13 demanda", "demanda"), "line 11: row: expected cost"),
        (CARP.replace("demanda 3\n ( 2", "demanda 3 9\n ( 2"), "line 11: row: expected the end"),
        (CARP.replace("( 1, 2)", "( 1 2)"), "line 11: row: expected ( node, node)"),
        (CARP.replace("( 1, 2)", "( 1, a)"), "line 11: node: expected a whole number, got 'a'"),
        (CARP.replace("( 1, 2)", "( 1, 9)"), "line 11: node: expected at most 3 (VERTICES), got 9"),
        (
            CARP.replace("REQ : 2", "REQ : 3"),
            "line 4: ARISTAS_REQ: states 3, but 2 are in the file",
        ),
        (CARP.replace(" ( 2, 3)  coste 17 demanda 3\n", ""), "line 4: ARISTAS_REQ: states 2"),
        (CARP.replace("CAPACIDAD : 5", "CAPACIDAD : 0"), "line 7: CAPACIDAD: expected more than 0"),
        (CARP.replace("DEPOSITO :   1", "DEPOSITO :   7"), "line 15: DEPOSITO: expected a node of"),
        (without(CARP, "DEPOSITO"), "the file lacks DEPOT (or DEPOSITO); it may be cut off"),
        (without(CARP, "CAPACIDAD"), "the header lacks CAPACITY"),
        (without(CARP, "LISTA"), "line 10: row: expected a list's title before it"),
        (CARP.replace("LISTA_ARISTAS_NOREQ", "LISTA_RUTAS"), "line 13: list: expected one of"),
        (
            CARP.replace("LISTA_ARISTAS_NOREQ", "LISTA_ARISTAS_REQ"),
            "line 13: LISTA_ARISTAS_REQ stands twice",
        ),
        (CARP.replace(" VERTICES", " NOMBRE : a\n VERTICES"), "NOMBRE stands twice, first in line"),
        (CARP.replace(" ( 1, 3)", " stray words\n ( 1, 3)"), "line 14: line: expected"),
        (MIXED.replace("trav_cost 2 ", ""), "line 10: row: expected trav_cost, got 'demand'"),
        (MIXED.replace("REQ_ARCS : 1\nN", "REQ_ARCS : 4\nN"), "line 5: REQ_ARCS: states 4"),
        (RELOAD.replace("SITES : 8", "SITES : 8, 99"), "line 14: DUMPING_SITES: expected a node"),
        (MCGRP.replace("N3\t4", "X3\t4"), "line 14: node: expected N and a number, got 'X3'"),
        (MCGRP.replace("N3\t4", "N9\t4"), "line 14: node: expected a node from 1 to 4 (#Nodes)"),
        (MCGRP.replace("E1\t1\t2\t5", "E1\t1\t2\tinf"), "line 17: cost: expected a finite number"),
        (MCGRP.replace("E1\t1\t2\t5", "E1\t1\t2"), "line 17: row: expected"),
        (MCGRP.replace("#Required A:\t1", "#Required A:\t2"), "line 11: #REQUIRED_A: states 2"),
        (MCGRP.replace("#Arcs:\t\t2", "#Arcs:\t\t7"), "line 8: #ARCS: states 7"),
        (MCGRP.replace("ARC\tFROM", "REA.\tFROM"), "line 25: REA stands twice"),
        (MCGRP.replace("Depot Node:\t1", "Depot Node:\t5"), "line 5: DEPOT_NODE: expected a node"),
        (without(MCGRP, "Depot"), "the header lacks Depot Node"),
        (MCGRP[: MCGRP.index("ReN")], "the file has no list of nodes, edges or arcs"),
        (TURNS.replace("2\t3\t3\t1\t6", "2\t3\t3\t5\t6"), "line 25: IS-REQUIRED: expected 0 or 1"),
        (TURNS.replace("2\t3\t1\t1\tR", "2\t3\t2\t1\tR"), "line 32: turn: expected two streets"),
        (TURNS.replace("2\t3\t1\t1\tR", "2\t3\t1\t-1\tR"), "line 32: COST: expected at least 0"),
        (TURNS.replace("2\t1\t2\t9\tU\n", ""), "line 11: #NB_TURNS: states 5, but 4 are"),
        (TURNS.replace("--TURNS--", "--ROADS--"), "line 28: list: expected one of NODES, EDGES"),
        ("hello", "line 1: the format is not known; expected one of carp"),
        ("", "the file is empty"),
        (" \n\n", "the file is empty"),
        ("{", "line 1: no valid JSON"),
        ('{"a": NaN}', "expected finite numbers, got NaN"),
        ('{"a": 1, "a": 2}', "the key 'a' stands twice"),
        ("[" * 100_000, "the JSON is nested too deep"),
        ('{"max_time": ' + "9" * 5000 + "}", "no valid JSON"),
        ("[]", 'format: expected "barfrub-problem", or a salting task'),
        (salt(lambda x: x.pop("nodes")), "nodes: is missing"),
        (salt(lambda x: x["A_R"][0].pop("dem")), "A_R[0].dem: is missing"),
        (salt(lambda x: x["E_R"][1].update(len=-1)), "E_R[1].len: -1, expected at least 0"),
        (salt(lambda x: x["E_R"][1].update(len="a")), "E_R[1].len: 'a', expected a number"),
        (salt(lambda x: x["A"][0].update(arc=["c", "z"])), "A[0].arc[1]: 'z', expected the label"),
        (salt(lambda x: x["A"][0].update(arc="cb")), "A[0].arc: 'cb', expected two labels"),
        (salt(lambda x: x["vehicles"][1].update(home="z")), "vehicles[1].home: 'z', expected the"),
        (salt(lambda x: x["vehicles"][1].update(capacity=9)), "vehicles[1].capacity: 9.0, exp"),
        (salt(lambda x: x.update(vehicles=[])), "vehicles: [], expected one vehicle or more"),
        (salt(lambda x: x.update(vehicles={})), "vehicles: {}, expected a list"),
        (salt(lambda x: x["nodes"].append(x["nodes"][0])), "nodes[4].label: 'a', expected a label"),
        (salt(lambda x: x["nodes"].append(7)), "nodes[4]: 7, expected an object"),
        (salt(lambda x: x.update(max_time=0)), "max_time: 0, expected more than 0"),
    ],
)
def test_a_fault_is_named_by_place_field_value_and_what_was_expected(text, message):
    with pytest.raises(FormatError) as raised:
        read(text)
    assert message in str(raised.value)


def test_a_binary_file_is_no_text():
    with pytest.raises(FormatError, match="line 2: expected text, got a binary file"):
        instance_from(b"NOMBRE : a\nVERT\0ICES", "a")


@pytest.mark.parametrize("kind", SMALL)
def test_a_file_may_have_other_ends_of_lines_tabs_and_small_letters_in_keys(kind):
    text = SMALL[kind]
    if kind != "salt":
        text = text.replace(" : ", "\t:").replace("ARISTAS", "Aristas").replace("Capac", "CAPAC")
    plain, other = read(SMALL[kind]), read(text.replace("\n", "\r\n") + "\r\n\r\n")
    assert (plain.labels, plain.homes) == (other.labels, other.homes)
    assert plain.drive.tolist() == other.drive.tolist()


def test_names_may_be_in_latin_1_and_values_have_decimals():
    text = CARP.replace("small", "Öster").replace("demanda 3", "demanda 2.5")
    instance = instance_from(text.replace("coste 13", "coste 13.25").encode("latin-1"), "x")
    assert instance.drive[0] == 13.25
    assert instance.demand.tolist() == [2.5, 2.5, 0.0]


def test_headers_that_are_not_needed_may_be_missing():
    instance = read(without(CARP, "COMENT", "VERT", "ARISTAS", "VEHIC", "TIPO", "COSTE_TOTAL"))
    assert instance.stated_vehicles is None
    assert len(instance.u) == 3


def test_keys_may_be_english_and_nodes_count_from_zero():
    text = """NAME : other
UPPER BOUND : 7
NODES : 3
EDGES_REQ : 1
EDGES_NOREQ : 1
VEHICLES : 1
CAPACITY : 4
----
COSTE_TOTAL_REQ : 3
EDGE_REQ_LIST :
(0,1) cost 3 demand 2
EDGE_NOREQ_LIST :
(1,2) cost 4
DEPOT : 0
"""
    instance = read(text)
    assert (instance.kind, instance.labels, instance.homes) == ("carp", (0, 1, 2), (0,))


def test_a_sentence_may_follow_the_last_list():
    assert len(read(MCGRP + "the streets are those of another instance.\n").u) == 4


def test_values_may_stand_without_words():
    assert read(CARP.replace("coste ", "").replace("demanda ", "")).demand.tolist() == [3, 3, 0]


@given(kind=st.sampled_from(sorted(SMALL)), cut=st.integers(0, 900), at=st.integers(0, 900))
def test_no_mangled_file_ends_in_anything_but_an_instance_or_a_format_error(kind, cut, at):
    text = SMALL[kind]
    mangled = text[: at % len(text)] + text[at % len(text) + cut % 40 :]
    try:
        instance = read(mangled)
    except FormatError:
        return
    assert len(instance.u) == len(instance.drive)


@given(noise=st.binary(max_size=200), head=st.sampled_from(["", *(s[:60] for s in SMALL.values())]))
def test_noise_is_a_format_error(noise, head):
    with pytest.raises(FormatError):
        instance_from(head.encode() + noise + b"\0", "x")
