"""What stands on a page of the report: headings, texts, figures, tables, pictures.

`reports/storm-report.typ` prints each kind; all texts are data there, never markup.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from maps.pages.tables import FigureView

type Block = dict[str, object]
"""A block by its `kind`, with what that kind prints."""


class Ltr(NamedTuple):
    """A cell that runs from the left in every language, such as "+3"."""

    text: str


type Cell = str | Ltr


class Key(NamedTuple):
    """An entry of a legend: its sign as an SVG picture, and what it means."""

    sign: str
    text: str


class Small(NamedTuple):
    """One of several small pictures: its name, its figure, and the picture."""

    name: str
    value: str
    picture: str


def heading(text: str) -> Block:
    """Return the title of a section."""
    return {"kind": "heading", "text": text}


def paragraph(text: str, *, muted: bool = False) -> Block:
    """Return a paragraph; `muted` where it only explains."""
    return {"kind": "text", "text": text, "muted": muted}


def listing(lines: Iterable[str]) -> Block:
    """Return a list."""
    return {"kind": "list", "lines": list(lines)}


def figures(values: Iterable[FigureView]) -> Block:
    """Return key figures side by side."""
    return {"kind": "figures", "figures": [[one.value, one.word, one.note] for one in values]}


def table(
    heads: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    widths: Sequence[float],
    *,
    texts: int = 1,
    note: str = "",
) -> Block:
    """Return a table; the first `texts` columns are words, the others figures.

    `widths` are shares of the page's. A row of one cell heads those below it.
    """
    cells = [
        [{"ltr": cell.text} if isinstance(cell, Ltr) else cell for cell in row] for row in rows
    ]
    return {
        "kind": "table",
        "heads": list(heads),
        "rows": cells,
        "widths": list(widths),
        "texts": texts,
        "note": note,
    }


def drawn(picture: str, told: str, keys: Iterable[Key] = (), note: str = "") -> Block:
    """Return a picture with its legend; `told` is for who cannot see it."""
    signs = [[key.sign, key.text] for key in keys]
    return {"kind": "picture", "picture": picture, "told": told, "keys": signs, "note": note}


def smalls(pictures: Iterable[Small]) -> Block:
    """Return small pictures side by side."""
    return {"kind": "smalls", "pictures": [list(one) for one in pictures]}


def kept_together(blocks: Iterable[Block]) -> Block:
    """Return blocks that are not parted by the end of a page."""
    return {"kind": "together", "blocks": list(blocks)}
