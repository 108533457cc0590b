"""Files with nodes, edges and arcs to serve, without turn costs (CBMix, MGGDB, BHW, DI-NEARP)."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from routing.formats.benchmarks.instance import Instance, InstanceDraft, Link, instance_of
from routing.formats.benchmarks.lists import ReaderState
from routing.formats.text.format_error import FormatError, fault
from routing.formats.text.header import Header
from routing.formats.text.text import number, numbered, whole

_NODE = re.compile(r"[Nn](\d+)", re.ASCII)
_NODE_COLUMNS = ("node", "demand", "service cost")
_LINK = re.compile(r"([Nn][Rr])?[EeAa]\d*", re.ASCII)


@dataclass(slots=True)
class _Reading(ReaderState):
    """And `served`: whether rows of this list end by a service cost."""

    served: bool = False


def read_mcgrp(text: str, name: str) -> Instance:
    """Return the instance in the text of a file; raise `FormatError` naming the line."""
    reading = _Reading()
    for line, row in numbered(text):
        title = _title(row)
        if title:
            reading.begin(line, title)
            reading.served = "S." in row.upper()
        elif reading.section and not _is_remark(row):
            _ROWS[reading.section](reading, line, row.split())
        elif not reading.section and ":" in row:
            reading.header.add(line, row)
        elif not reading.section:
            raise fault(line, "line", '"key : value" or the title of a list', row)
    return instance_of(_draft(reading, name))


def _is_remark(row: str) -> bool:
    """Whether a row is a sentence, such as where an instance comes from, at the end of some."""
    words = row.split()
    return len(words) > 1 and not any(word[0].isdigit() for word in words[1:])


def _title(row: str) -> str:
    word = row.split()[0].upper().rstrip(".:")
    return word if word in _ROWS else ""


def node(token: str, line: int, field: str, nodes: int) -> int:
    """Return a node from 1 to the number stated."""
    value = whole(token, line, field, 1)
    if value > nodes:
        raise fault(line, field, f"a node from 1 to {nodes} (#Nodes)", token)
    return value


def _take_node(reading: _Reading, line: int, row: list[str]) -> None:
    _check_width(line, row, _NODE_COLUMNS[: 2 + reading.served])
    found = _NODE.fullmatch(row[0])
    if not found:
        raise fault(line, "node", "N and a number", row[0])
    reading.node_tasks.append(
        (node(found[1], line, "node", reading.nodes), number(row[1], line, "demand"))
    )
    reading.rows["REN"] += 1


def _check_width(line: int, row: list[str], columns: Sequence[str]) -> None:
    if len(row) != len(columns):
        raise fault(line, "row", f"{len(columns)} columns ({', '.join(columns)})", " ".join(row))


def _take_link(
    title: str, *, both_ways: bool, required: bool
) -> Callable[[_Reading, int, list[str]], None]:
    """Return what reads a row of a list of streets."""
    columns = ["name", "from", "to", "cost", *(["demand", "service cost"] if required else [])]

    def take(reading: _Reading, line: int, row: list[str]) -> None:
        _check_width(line, row, columns if reading.served or not required else columns[:-1])
        if not _LINK.fullmatch(row[0]):
            raise fault(line, "name", "E, A, NrE or NrA and a number", row[0])
        u, v = (node(row[i], line, columns[i], reading.nodes) for i in (1, 2))
        cost = number(row[3], line, "cost")
        demand = number(row[4], line, "demand") if required else 0.0
        reading.links.append(Link(u, v, cost, 0.0, demand, both_ways, required))
        reading.rows[title] += 1

    return take


_ROWS = {
    "REN": _take_node,
    "REE": _take_link("REE", both_ways=True, required=True),
    "EDGE": _take_link("EDGE", both_ways=True, required=False),
    "REA": _take_link("REA", both_ways=False, required=True),
    "ARC": _take_link("ARC", both_ways=False, required=False),
}


def _draft(reading: _Reading, name: str) -> InstanceDraft:
    header, rows = reading.header, reading.rows
    capacity = header.capacity("CAPACITY")
    if not reading.section:
        raise FormatError("the file has no list of nodes, edges or arcs; it may be cut off")
    for title, key in (("REN", "N"), ("REE", "E"), ("REA", "A")):
        header.expect(rows.get(title, 0), f"#REQUIRED_{key}")
    for key, required, other in (("#EDGES", "REE", "EDGE"), ("#ARCS", "REA", "ARC")):
        spare = rows.get(other, 0)
        header.expect(spare + rows.get(required, 0), key, also=spare)
    depot = depot_of(header, reading.nodes)
    return InstanceDraft(
        "mcgrp",
        name,
        range(1, reading.nodes + 1),
        reading.links,
        reading.node_tasks,
        homes=(depot,),
        capacity=capacity,
        stated_vehicles=header.whole("#VEHICLES", least=-1),
    )


def depot_of(header: Header, nodes: int) -> int:
    """Return the depot that the header names."""
    line, name = header.place("DEPOT_NODE", "DEPOT")
    if not line:
        raise FormatError("the header lacks Depot Node")
    return node(header.text("DEPOT_NODE", "DEPOT"), line, name, nodes)
