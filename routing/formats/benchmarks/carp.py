"""Files of gdb, val and egl, of mval and Lpr, and those with dumping sites (Lpr_IF, Act-IF).

Keys are Spanish (NOMBRE, ARISTAS_REQ …) or English; rows are "( u, v) cost 13 demand 1".
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from routing.formats.benchmarks.instance import Instance, InstanceDraft, Kind, Link, instance_of
from routing.formats.text.format_error import FormatError, fault
from routing.formats.text.header import Header, key_of
from routing.formats.text.node_names import NodeNames
from routing.formats.text.text import number, numbered, whole

LOWEST = -1_000_000_000
"""Nodes may count from below zero."""

_ROW = re.compile(r"\(\s*([^\s,()]+)\s*,\s*([^\s,()]+)\s*\)(.*)")
_NAMES = {
    **{"coste": "cost", "cost": "cost", "costo": "cost"},
    **{"serv_cost": "serv_cost", "trav_cost": "trav_cost"},
    **{"demanda": "demand", "demand": "demand"},
}


class _Section(NamedTuple):
    """What the rows of a list hold."""

    fields: tuple[str, ...]
    both_ways: bool
    required: bool
    counts: tuple[str, ...]


_PLAIN = ("cost", "demand")
_SERVED = ("serv_cost", "trav_cost", "demand")
_REQ_EDGES = ("REQ_EDGES", "EDGES_REQ", "ARISTAS_REQ")
_NOREQ_EDGES = ("NOREQ_EDGES", "EDGES_NOREQ", "ARISTAS_NOREQ")
_EDGES = _Section(_PLAIN, both_ways=True, required=True, counts=_REQ_EDGES)
_OTHER_EDGES = _Section(("cost",), both_ways=True, required=False, counts=_NOREQ_EDGES)
_SECTIONS = {
    "LISTA_ARISTAS_REQ": _EDGES,
    "EDGE_REQ_LIST": _EDGES,
    "EDGES_REQ_LIST": _EDGES,
    "LIST_EDGES_REQ": _EDGES,
    "LISTA_ARISTAS_NOREQ": _OTHER_EDGES,
    "EDGE_NOREQ_LIST": _OTHER_EDGES,
    "EDGES_NOREQ_LIST": _OTHER_EDGES,
    "LIST_EDGES_NOREQ": _OTHER_EDGES,
    "LIST_NOREQ_EDGES": _OTHER_EDGES,
    "LIST_REQ_EDGES": _Section(_SERVED, both_ways=True, required=True, counts=_REQ_EDGES),
    "LIST_REQ_ARCS": _Section(_SERVED, both_ways=False, required=True, counts=("REQ_ARCS",)),
    "LIST_NOREQ_ARCS": _Section(("cost",), both_ways=False, required=False, counts=("NOREQ_ARCS",)),
}
_MIXED = {"LIST_REQ_EDGES", "LIST_REQ_ARCS", "LIST_NOREQ_ARCS", "REQ_ARCS"}
"""Keys that only files with one-way streets have."""


@dataclass(slots=True)
class _Reading:
    """What has been read so far."""

    header: Header = field(default_factory=Header)
    nodes: NodeNames = field(default_factory=NodeNames)
    links: list[Link] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    section: str = ""


def read_carp(text: str, name: str) -> Instance:
    """Return the instance in the text of a file; raise `FormatError` naming the line."""
    reading = _Reading()
    for line, row in numbered(text):
        if row.startswith("("):
            _take_row(reading, line, row)
        elif row.strip("-=_*"):
            _take_key(reading, line, row)
    return instance_of(_draft(reading, name))


def _take_row(reading: _Reading, line: int, row: str) -> None:
    if not reading.section:
        raise fault(line, "row", "a list's title before it, such as LISTA_ARISTAS_REQ", row)
    section = _SECTIONS[reading.section]
    found = _ROW.fullmatch(row)
    if not found:
        raise fault(line, "row", f"( node, node) {' and '.join(section.fields)}", row)
    u, v = (whole(found[i], line, "node", LOWEST) for i in (1, 2))
    reading.nodes.see(line, u)
    reading.nodes.see(line, v)
    costs = _values(line, found[3], section.fields)
    demand = costs[-1] if section.required else 0.0
    reading.links.append(
        Link(
            u,
            v,
            costs[-2] if section.required else costs[0],
            costs[0] if section.required else 0.0,
            demand,
            section.both_ways,
            section.required,
        )
    )
    reading.rows[reading.section] += 1


def _values(line: int, text: str, fields: tuple[str, ...]) -> list[float]:
    """Return the numbers of a row; words beside them must be those expected."""
    values: list[float] = []
    for token in filter(None, re.split(r"[\s:=]+", text)):
        if len(values) == len(fields):
            raise fault(line, "row", f"the end after {', '.join(fields)}", token)
        field = fields[len(values)]
        known = _NAMES.get(token.lower())
        if known is None:
            values.append(number(token, line, field))
        elif known != field and not (known == "cost" and field.endswith("cost")):
            raise fault(line, "row", field, token)
    if len(values) < len(fields):
        raise fault(line, "row", f"{len(fields)} values ({', '.join(fields)})", text.strip())
    return values


def _take_key(reading: _Reading, line: int, row: str) -> None:
    name = key_of(row.partition(":")[0])
    if name in _SECTIONS:
        if name in reading.rows:
            raise FormatError(f"line {line}: {name} stands twice")
        reading.section = name
        reading.rows[name] = 0
        return
    if name.startswith(("LIST_", "LISTA_")) or name.endswith("_LIST"):
        raise fault(line, "list", f"one of {', '.join(_SECTIONS)}", name)
    if ":" not in row and not name.startswith(("DEPOSITO", "DEPOT")):
        raise fault(line, "line", '"key : value" or "( node, node) …"', row)
    reading.header.add(line, row if ":" in row else row.replace(" ", ":", 1))


def _draft(reading: _Reading, name: str) -> InstanceDraft:
    header, nodes = reading.header, reading.nodes
    capacity = header.capacity("CAPACITY", "CAPACIDAD")
    depot = _depot(header, nodes)
    sites = _sites(header, nodes)
    if not any(link.required for link in reading.links):
        raise FormatError("no street of the file is to be served")
    _check_counts(reading)
    mixed = bool(_MIXED & (reading.rows.keys() | header.entries.keys()))
    kind: Kind = "carp-reload" if mixed and sites else "carp-mixed" if mixed else "carp"
    price = header.number("DUMPING_COST") or 0.0
    limit = header.number("MAX_TRIP")
    return InstanceDraft(
        kind,
        name,
        nodes.labels(header.whole("NODES", "VERTICES"), *header.place("NODES", "VERTICES")),
        reading.links,
        (),
        homes=(depot,),
        capacity=capacity,
        stated_vehicles=header.whole("VEHICLES", "VEHICULOS", least=-1),
        route_price=price if kind == "carp-mixed" else 0.0,
        sites=sites if kind == "carp-reload" else (),
        site_price=price if kind == "carp-reload" else 0.0,
        limit=limit if kind == "carp-reload" and limit else float("inf"),
    )


def _depot(header: Header, nodes: NodeNames) -> int:
    line, name = header.place("DEPOT", "DEPOSITO")
    if not line:
        raise FormatError("the file lacks DEPOT (or DEPOSITO); it may be cut off")
    return nodes.known(line, name, header.text("DEPOT", "DEPOSITO"), LOWEST)


def _sites(header: Header, nodes: NodeNames) -> tuple[int, ...]:
    (line, name), text = header.place("DUMPING_SITES"), header.text("DUMPING_SITES")
    tokens: Iterable[str] = filter(None, re.split(r"[\s,;]+", text))
    return tuple(dict.fromkeys(nodes.known(line, name, x, LOWEST) for x in tokens))


def _check_counts(reading: _Reading) -> None:
    found: dict[tuple[str, ...], int] = {}
    for key, section in _SECTIONS.items():
        found[section.counts] = found.get(section.counts, 0) + reading.rows.get(key, 0)
    for names, count in found.items():
        reading.header.expect(count, *names)
