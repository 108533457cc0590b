"""Colors, widths and legend: one table for CSS and the map.

`css` is served at `/style.css`, `legend` travels to the browser with each page, so that no color is
written down twice.
"""

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class CoverageStyle:
    """How one state of coverage is drawn; `width` multiplies the street's own width.

    Color never speaks alone: width or dash repeats it.
    """

    name: str
    light: str
    dark: str
    width: float
    dashed: bool = False


STATES = (
    CoverageStyle("fresh", "#2166ac", "#4393c3", 1.0),
    CoverageStyle("ageing", "#67a9cf", "#92c5de", 1.0),
    CoverageStyle("due", "#ef8a62", "#f4a582", 1.3),
    CoverageStyle("overdue", "#b2182b", "#ff6b6b", 1.7),
    CoverageStyle("progress", "#1b7837", "#5aae61", 1.5, dashed=True),
    CoverageStyle("driven", "#737373", "#969696", 1.0, dashed=True),
    CoverageStyle("not_due", "#bdbdbd", "#525252", 0.6),
)
"""States in the order of their numbers on the wire; a street is shown by the state of its cycle."""

GROUND = {
    "paper": ("#f7f8f9", "#14191e"),
    "panel": ("#ffffff", "#1b2127"),
    "raised": ("#eef1f3", "#242c33"),
    "line": ("#d9dde1", "#2c343b"),
    "control": ("#7d8891", "#6b7680"),
    "text": ("#1c2329", "#e6eaed"),
    "muted": ("#5b6770", "#9aa5ad"),
    "accent": ("#0b6e99", "#56b4d3"),
    "on-accent": ("#ffffff", "#0f1a20"),
    "danger": ("#b2182b", "#ff6b6b"),
    "water": ("#d3e0e8", "#1f303c"),
    "casing": ("#dfe3e7", "#222a31"),
    "halo": ("#ffffff", "#14191e"),
    "truck": ("#1c2329", "#f2f5f7"),
}
"""Colors of everything that is not coverage, in light and dark."""


@dataclass(frozen=True, slots=True)
class ClassStyle:
    """How streets of one service class are drawn on the map of classes, like `CoverageStyle`."""

    name: str
    light: str
    dark: str
    width: float
    dashed: bool = False


CLASSES = (
    ClassStyle("P1", "#51158c", "#c993ff", 1.6),
    ClassStyle("P2", "#c2255c", "#ff8a7a", 1.25),
    ClassStyle("P3", "#946300", "#ecd36a", 0.75),
    ClassStyle("P4", "#66717a", "#7f8a94", 0.7, dashed=True),
)
"""From the most to the least urgent, each narrower; told apart in the common color blindnesses."""


def class_legend() -> list[dict[str, str | float | bool]]:
    """Return the classes for the browser."""
    return [asdict(style) for style in CLASSES]


def legend() -> list[dict[str, str | float | bool]]:
    """Return the states for the browser, in wire order."""
    return [
        {
            "name": state.name,
            "light": state.light,
            "dark": state.dark,
            "width": state.width,
            "dashed": state.dashed,
        }
        for state in STATES
    ]


def css() -> str:
    """Return custom properties for both themes; dark by the reader's choice or the system's."""
    light, dark = _properties(0), _properties(1)
    return (
        f":root {{ color-scheme: light; {light} }}\n"
        "@media (prefers-color-scheme: dark) {\n"
        f'  :root:not([data-theme="light"]) {{ color-scheme: dark; {dark} }}\n'
        "}\n"
        f':root[data-theme="dark"] {{ color-scheme: dark; {dark} }}\n'
    )


def _properties(theme: int) -> str:
    ground = {name: colors[theme] for name, colors in GROUND.items()}
    states = {f"state-{state.name}": (state.light, state.dark)[theme] for state in STATES}
    classes = {f"class-{each.name}": (each.light, each.dark)[theme] for each in CLASSES}
    colors = ground | states | classes
    return " ".join(f"--{name}: {color};" for name, color in colors.items())
