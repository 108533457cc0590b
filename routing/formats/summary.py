"""A solution in a few lines for people."""

from collections import Counter

REASONS = {
    "capacity": "no vehicle has the room",
    "time": "no time is left",
    "unreachable": "no vehicle can drive there and back",
    "no_vehicle": "no vehicle is able or allowed to",
    "order": "what must come before is not done",
}
"""Texts of the reasons why a task is unserved."""


def summary_lines(name: str, kind: str, written: dict[str, object]) -> list[str]:
    """Return a solution's cost, bound, routes and effort, and unserved tasks by reason."""
    routes = written["routes"]
    count = 0
    if isinstance(routes, list):
        count = sum(bool(route.get("services") or route.get("stops")) for route in routes)
    lines = [
        f"{name} ({kind})",
        f"Cost       {_number(written['cost'])}",
        f"Bound      {_number(written['lower_bound'])}{_gap(written['gap'])}",
        f"Routes     {count:,}",
        f"Search     {_number(written['seconds'])} s, {_number(written['iterations'])} iterations, "
        f"seed {written['seed']}",
    ]
    left = written["unserved"]
    counts = Counter(one["reason"] for one in left) if isinstance(left, list) else Counter()
    lines += [
        f"Unserved:  {count:,}, {REASONS.get(reason, reason)}"
        for reason, count in sorted(counts.items())
    ]
    return lines


def _number(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.3f}".rstrip("0").rstrip(".")
    return f"{value:,}" if isinstance(value, int) else "not known"


def _gap(gap: object) -> str:
    return f"   (gap {gap:.2%})" if isinstance(gap, float) else ""
