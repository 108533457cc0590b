"""Salting tasks as JSON: nodes, vehicles with homes, depots to refill at, U-turn nodes."""

from dataclasses import dataclass

from routing.formats.benchmarks.instance import Instance, InstanceDraft, Link, instance_of
from routing.formats.text.format_error import FormatError
from routing.formats.text.strict_json import items, member, number_in, text_in, wrong


@dataclass(frozen=True, slots=True)
class _List:
    """A list of streets: its key, the key of their ends, and what they are."""

    key: str
    ends: str
    both_ways: bool
    required: bool


_LISTS = (
    _List("A", "arc", both_ways=False, required=False),
    _List("A_R", "arc", both_ways=False, required=True),
    _List("E_R", "edge", both_ways=True, required=True),
)


def is_salt(value: object) -> bool:
    """Whether a JSON value looks like a salting task."""
    return isinstance(value, dict) and bool({"A", "A_R", "E_R", "max_time"} & value.keys())


def read_salt(value: object, name: str) -> Instance:
    """Return the instance in a JSON value; raise `FormatError` naming the path."""
    labels = _labels(value)
    known = set(labels)
    links = [
        _link(entry, path, kind, known)
        for kind in _LISTS
        for entry, path in items(value, "", kind.key)
    ]
    if not any(link.required for link in links):
        raise FormatError("A_R, E_R: no street of the file is to be served")
    capacity, homes = _vehicles(value, known)
    depots = items(value, "", "depots")
    for entry, path in depots:
        number_in(entry, path, "refill")
    return instance_of(
        InstanceDraft(
            "salt",
            name,
            labels,
            links,
            (),
            homes=homes,
            capacity=capacity,
            stated_vehicles=len(homes),
            sites=_labels_in(depots, known),
            limit=number_in(value, "", "max_time", above_zero=True),
            u_turns=_labels_in(items(value, "", "U"), known),
        )
    )


def _labels(value: object) -> list[str]:
    labels: dict[str, str] = {}
    for entry, path in items(value, "", "nodes"):
        label = text_in(entry, path, "label")
        if label in labels:
            raise wrong(f"{path}.label", f"a label other than that of {labels[label]}", label)
        labels[label] = path
    return list(labels)


def _link(entry: object, path: str, kind: _List, known: set[str]) -> Link:
    ends, inner = member(entry, path, kind.ends)
    if not (isinstance(ends, list) and len(ends) == 2):
        raise wrong(inner, "two labels", ends)
    for i, label in enumerate(ends):
        if not isinstance(label, str) or label not in known:
            raise wrong(f"{inner}[{i}]", "the label of a node", label)
    length = number_in(entry, path, "len")
    demand = number_in(entry, path, "dem") if kind.required else 0.0
    return Link(
        ends[0],
        ends[1],
        length,
        length,
        demand,
        kind.both_ways,
        kind.required,
        minutes=number_in(entry, path, "time"),
    )


def _vehicles(value: object, known: set[str]) -> tuple[float, list[str]]:
    """Return the capacity that all vehicles share, and the home of each."""
    vehicles = items(value, "", "vehicles")
    if not vehicles:
        raise wrong("vehicles", "one vehicle or more", [])
    homes = [_known_label(entry, path, "home", known) for entry, path in vehicles]
    capacities = [number_in(entry, path, "capacity", above_zero=True) for entry, path in vehicles]
    for (_, path), capacity in zip(vehicles, capacities, strict=True):
        if capacity != capacities[0]:
            raise wrong(f"{path}.capacity", f"that of the first, {capacities[0]:g}", capacity)
    return capacities[0], homes


def _labels_in(entries: list[tuple[object, str]], known: set[str]) -> list[str]:
    return list(dict.fromkeys(_known_label(x, path, "label", known) for x, path in entries))


def _known_label(entry: object, path: str, key: str, known: set[str]) -> str:
    label = text_in(entry, path, key)
    if label not in known:
        raise wrong(f"{path}.{key}", "the label of a node", label)
    return label
