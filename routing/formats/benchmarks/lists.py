"""Files of titled lists under a header: what both kinds of them have."""

from dataclasses import dataclass, field

from routing.formats.benchmarks.instance import Link
from routing.formats.text.format_error import FormatError
from routing.formats.text.header import Header


@dataclass(slots=True)
class ReaderState:
    """What has been read so far; `rows` counts by the title of a list."""

    header: Header = field(default_factory=Header)
    links: list[Link] = field(default_factory=list)
    node_tasks: list[tuple[int, float]] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    section: str = ""
    nodes: int = 0

    def begin(self, line: int, title: str) -> None:
        """Begin a list; the header ends with the first one."""
        if title in self.rows:
            raise FormatError(f"line {line}: {title} stands twice")
        if not self.section:
            self.nodes = _node_count(self.header)
        self.section = title
        self.rows[title] = 0


def _node_count(header: Header) -> int:
    """Return the number of nodes that the header states."""
    nodes = header.whole("#NODES", least=1)
    if nodes is None:
        raise FormatError("the header lacks #Nodes")
    return nodes
