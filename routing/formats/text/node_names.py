"""Which nodes a file names, and whether they can be right."""

from dataclasses import dataclass, field

from routing.formats.text.format_error import FormatError, fault
from routing.formats.text.text import whole


@dataclass(slots=True)
class NodeNames:
    """Nodes by number, each with the first line that names it."""

    first: dict[int, int] = field(default_factory=dict)

    def see(self, line: int, node: int) -> None:
        """Note that a street leads to or from a node."""
        self.first.setdefault(node, line)

    def known(self, line: int, name: str, token: str, least: int) -> int:
        """Return the node in a header's value; raise `FormatError` if no street leads there."""
        node = whole(token, line, name, least)
        if node not in self.first:
            raise fault(line, name, "a node of some street", token)
        return node

    def labels(self, stated: int | None, line: int, name: str) -> list[int]:
        """Return all nodes in order; raise `FormatError` where there are more than stated.

        Files count from 1, from 0 or from anywhere: the number of nodes is what must hold.
        """
        labels = sorted(self.first)
        if stated is None or len(labels) <= stated:
            return labels
        last = stated - 1 if 0 in self.first else stated
        beyond = [node for node in labels if not 0 <= node <= last]
        if beyond and len(beyond) <= len(labels) - stated:
            raise fault(self.first[beyond[0]], "node", f"at most {last} ({name})", beyond[0])
        raise FormatError(
            f"line {line}: {name}: states {stated}, but streets lead to {len(labels)} nodes"
        )
