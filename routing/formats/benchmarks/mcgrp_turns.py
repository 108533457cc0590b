"""Files with nodes, edges and arcs to serve and a cost of every allowed turn (CBMix-TP …)."""

import re
from dataclasses import dataclass, field

from routing.formats.benchmarks.instance import (
    Instance,
    InstanceDraft,
    Link,
    ListedTurn,
    instance_of,
)
from routing.formats.benchmarks.lists import ReaderState
from routing.formats.benchmarks.mcgrp import depot_of, node
from routing.formats.text.format_error import fault
from routing.formats.text.text import number, numbered, whole

_TITLE = re.compile(r"-+\s*(\w+)\s*-+")
_COLUMNS = {
    "NODES": ("INDEX", "QTY", "IS-REQUIRED", "X", "Y"),
    "EDGES": ("INDEX-I", "INDEX-J", "QTY", "IS-REQUIRED", "TR-COST"),
    "ARCS": ("INDEX-I", "INDEX-J", "QTY", "IS-REQUIRED", "TR-COST"),
    "TURNS": ("INDEX-I", "INDEX-J", "INDEX-K", "COST", "TYPE"),
}
_NEEDED = {"NODES": 3, "EDGES": 5, "ARCS": 5, "TURNS": 4}
"""Columns without which a row makes no sense."""


@dataclass(slots=True)
class _Reading(ReaderState):
    """And the turns with their lines."""

    turns: list[ListedTurn] = field(default_factory=list)
    turn_lines: list[int] = field(default_factory=list)


def read_turns(text: str, name: str) -> Instance:
    """Return the instance in the text of a file; raise `FormatError` naming the line."""
    reading = _Reading()
    for line, row in numbered(text):
        title = _TITLE.fullmatch(row)
        if title:
            _begin(reading, line, title[1].upper())
        elif not reading.section:
            if ":" not in row:
                raise fault(line, "line", '"key : value" or the title of a list', row)
            reading.header.add(line, row)
        elif row[:5].upper() != "INDEX":
            _take(reading, line, row.split())
    return instance_of(_draft(reading, name))


def _begin(reading: _Reading, line: int, title: str) -> None:
    if title not in _COLUMNS:
        raise fault(line, "list", f"one of {', '.join(_COLUMNS)}", title)
    reading.begin(line, title)


def _take(reading: _Reading, line: int, row: list[str]) -> None:
    title = reading.section
    columns = _COLUMNS[title]
    if not _NEEDED[title] <= len(row) <= len(columns):
        raise fault(line, "row", f"{len(columns)} columns ({', '.join(columns)})", " ".join(row))
    reading.rows[title] += 1
    if title == "NODES":
        _take_node(reading, line, row)
    elif title == "TURNS":
        i, j, k = (node(row[c], line, columns[c], reading.nodes) for c in range(3))
        reading.turns.append(ListedTurn(i, j, k, number(row[3], line, "COST")))
        reading.turn_lines.append(line)
    else:
        u, v = (node(row[c], line, columns[c], reading.nodes) for c in range(2))
        demand, cost = number(row[2], line, "QTY"), number(row[4], line, "TR-COST")
        required = _flag(row[3], line)
        reading.links.append(Link(u, v, cost, cost, demand, title == "EDGES", required))


def _take_node(reading: _Reading, line: int, row: list[str]) -> None:
    index = node(row[0], line, "INDEX", reading.nodes)
    demand = number(row[1], line, "QTY")
    if _flag(row[2], line):
        reading.node_tasks.append((index, demand))


def _flag(token: str, line: int) -> bool:
    value = whole(token, line, "IS-REQUIRED")
    if value > 1:
        raise fault(line, "IS-REQUIRED", "0 or 1", token)
    return value == 1


def _draft(reading: _Reading, name: str) -> InstanceDraft:
    header = reading.header
    capacity = header.capacity("CAPACITY")
    for title in ("NODES", "EDGES", "ARCS", "TURNS"):
        key = "#NB_TURNS" if title == "TURNS" else f"#{title}"
        header.expect(reading.rows.get(title, 0), key)
    header.expect(len(reading.node_tasks), "#REQUIRED_N")
    for both_ways, key in ((True, "#REQUIRED_E"), (False, "#REQUIRED_A")):
        found = sum(link.required and link.both_ways == both_ways for link in reading.links)
        header.expect(found, key)
    _check_turns(reading)
    return InstanceDraft(
        "mcgrp-turns",
        name,
        range(1, reading.nodes + 1),
        reading.links,
        reading.node_tasks,
        homes=(depot_of(header, reading.nodes),),
        capacity=capacity,
        stated_vehicles=header.whole("#VEHICLES", least=-1),
        turns=reading.turns,
    )


def _check_turns(reading: _Reading) -> None:
    """Raise `FormatError` at the first turn between streets that are not there."""
    ways = {(link.u, link.v) for link in reading.links}
    ways |= {(link.v, link.u) for link in reading.links if link.both_ways}
    for turn, line in zip(reading.turns, reading.turn_lines, strict=True):
        for way in ((turn.i, turn.j), (turn.j, turn.k)):
            if way not in ways:
                raise fault(line, "turn", "two streets of the file", f"{way[0]}-{way[1]}")
