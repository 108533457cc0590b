"""PDF files and pictures from Typst templates, in both directions, without network access."""

import json
from collections.abc import Mapping
from typing import Literal

import typst

from maps.pages.templates import STATIC_DIR, TEMPLATES_DIR

FONTS = STATIC_DIR / "vendor" / "vazirmatn" / "ttf"

TRAINING = """
#let training = sys.inputs.at("training", default: "")
#set page(foreground: if training != "" {
  place(rect(width: 100%, height: 100%, stroke: 6pt + rgb("#7a2e8e")))
  place(center + horizon, rotate(-35deg, text(
    font: "Vazirmatn", size: 84pt, weight: 600, fill: rgb("#7a2e8e26"), training,
  )))
})
"""
"""What stands before each template: on paper of a rehearsal, its word over every page."""

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
    """Return route sheets as one PDF file; texts are passed as data, never as markup.

    Where `training` is a word, they are of a rehearsal.
    """
    turns = {turn: icon.read_text("utf-8") for turn, icon in TURN_ICONS.items()}
    return _compiled(
        "routes/sheet.typ",
        sheets=json.dumps(sheets, ensure_ascii=False),
        turns=json.dumps(turns),
        training=str(sheets.get("training", "")),
    )


def report_pdf(report: Mapping[str, object]) -> bytes:
    """Return the report of a storm, or its brief, as one PDF file."""
    text, training = json.dumps(report, ensure_ascii=False), str(report.get("training", ""))
    return _compiled("reports/storm-report.typ", report=text, training=training)


def map_png(drawn: Mapping[str, object]) -> bytes:
    """Return the map of a storm as a PNG picture."""
    text, training = json.dumps(drawn, ensure_ascii=False), str(drawn.get("training", ""))
    return _compiled("reports/storm-report.typ", png=True, report=text, training=training)


def _compiled(template: str, *, png: bool = False, **inputs: str) -> bytes:
    source = TRAINING.encode() + (TEMPLATES_DIR / template).read_bytes()
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[FONTS])
    compiler = typst.Compiler(root=TEMPLATES_DIR, font_paths=fonts)
    form: Literal["png", "pdf"] = "png" if png else "pdf"
    done = compiler.compile(source, format=form, ppi=DOTS_AN_INCH, sys_inputs=inputs)
    if not isinstance(done, bytes):
        raise TypeError(f"{template}: expected one file, got {type(done).__name__}")
    return done
