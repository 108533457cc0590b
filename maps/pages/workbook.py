"""Tables as an Excel file, with typed numbers and right-to-left Persian sheets."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO

import xlsxwriter

from data.files.bidi import without_isolates
from maps.pages.i18n import Translator

SHEET_LETTERS = 31
"""Excel refuses longer names of sheets, and ..."""

REFUSED = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
"""... these letters in them."""

type Cell = str | float | int | None


@dataclass(frozen=True, slots=True)
class WorkbookSheet:
    """A table with its name; column headings are in the reader's language."""

    name: str
    heads: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]


def workbook(sheets: Iterable[WorkbookSheet], t: Translator) -> bytes:
    """Return an Excel file with a sheet for each table; texts are never formulas."""
    content = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, options) as book:
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        number = book.add_format({"num_format": "#,##0.0"})
        for sheet in sheets:
            page = book.add_worksheet(sheet.name.translate(REFUSED)[:SHEET_LETTERS])
            if t.direction == "rtl":
                page.right_to_left()
            page.write_row(0, 0, sheet.heads, head)
            page.freeze_panes(1, 1)
            page.set_column(0, 0, 24)
            page.set_column(1, max(len(sheet.heads) - 1, 1), 14)
            for line, row in enumerate(sheet.rows, start=1):
                for column, cell in enumerate(row):
                    form = number if isinstance(cell, float) else None
                    shown = without_isolates(cell) if isinstance(cell, str) else cell
                    page.write(line, column, shown, form)
    return content.getvalue()
