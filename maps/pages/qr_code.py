"""QR codes as one path of an SVG drawing."""

from dataclasses import dataclass

import segno

QUIET_MODULES = 4
"""White margin that readers need (ISO/IEC 18004)."""


@dataclass(frozen=True, slots=True)
class QrCode:
    """A square of `size` modules, margin included, and the path that fills its dark ones."""

    size: int
    path: str


def qr_code(text: str) -> QrCode:
    """Return the QR code of a text."""
    rows = segno.make(text, micro=False).matrix
    dark = [
        f"M{x + QUIET_MODULES} {y + QUIET_MODULES}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, module in enumerate(row)
        if module
    ]
    return QrCode(len(rows) + 2 * QUIET_MODULES, "".join(dark))
