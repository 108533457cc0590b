"""PDF files and pictures from Typst templates, in both directions, without network access."""

import json
from collections.abc import Mapping
from typing import Literal

import typst

from maps.pages.templates import STATIC_DIR, TEMPLATES_DIR

FONTS = STATIC_DIR / "vendor" / "vazirmatn" / "ttf"

DOTS_AN_INCH = 240.0
"""Of a picture, which is then some 2,200 dots wide."""

LUCIDE, OWN = STATIC_DIR / "vendor" / "lucide", STATIC_DIR / "icons"

TURN_ICONS = {
    "straight": LUCIDE / "arrow-up.svg",
    "slight_right": LUCIDE / "arrow-up-right.svg",
    "slight_left": LUCIDE / "arrow-up-left.svg",
    "right": LUCIDE / "corner-up-right.svg",
    "left": LUCIDE / "corner-up-left.svg",
    "back": OWN / "u-turn.svg",
    "roundabout": OWN / "roundabout.svg",
}
"""Icons of turns on paper, the same as on the driver's page."""


def sheets_pdf(sheets: Mapping[str, object]) -> bytes:
    """Return route sheets as one PDF file; texts are passed as data, never as markup."""
    turns = {turn: icon.read_text("utf-8") for turn, icon in TURN_ICONS.items()}
    return _compiled(
        "routes/sheet.typ",
        sheets=json.dumps(sheets, ensure_ascii=False),
        turns=json.dumps(turns),
    )


def report_pdf(report: Mapping[str, object]) -> bytes:
    """Return the report of a storm, or its brief, as one PDF file."""
    return _compiled("reports/storm-report.typ", report=json.dumps(report, ensure_ascii=False))


def map_png(drawn: Mapping[str, object]) -> bytes:
    """Return the map of a storm as a PNG picture."""
    text = json.dumps(drawn, ensure_ascii=False)
    return _compiled("reports/storm-report.typ", png=True, report=text)


def _compiled(template: str, *, png: bool = False, **inputs: str) -> bytes:
    source = (TEMPLATES_DIR / template).read_bytes()
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[FONTS])
    compiler = typst.Compiler(root=TEMPLATES_DIR, font_paths=fonts)
    form: Literal["png", "pdf"] = "png" if png else "pdf"
    done = compiler.compile(source, format=form, ppi=DOTS_AN_INCH, sys_inputs=inputs)
    if not isinstance(done, bytes):
        raise TypeError(f"{template}: expected one file, got {type(done).__name__}")
    return done
