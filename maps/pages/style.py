"""Colors, widths and legend of the map, shared by CSS and scripts.

`css` is served at `/style.css`, `legend` travels to the browser with each page, so that no color is
written down twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from data.languages import PageLanguage, languages
from data.policy.city_policy import Policy


@dataclass(frozen=True, slots=True)
class CoverageStyle:
    """Style of a coverage state on the map; `width` is a factor of the street's width.

    Color never speaks alone: width or dash repeats it. States of one `group` are one entry of the
    legend, which shows and hides them together.
    """

    name: str
    light: str
    dark: str
    width: float
    dashed: bool = False
    group: str = ""


def _partly(whole: CoverageStyle) -> CoverageStyle:
    """Return the style where only some passes are done: the color of its age, half as wide."""
    name = f"partly_{whole.name}"
    return CoverageStyle(name, whole.light, whole.dark, whole.width / 2, group="partly")


_AGES = (
    CoverageStyle("fresh", "#2166ac", "#4393c3", 1.0),
    CoverageStyle("ageing", "#67a9cf", "#92c5de", 1.0),
    CoverageStyle("due", "#ef8a62", "#f4a582", 1.3),
    CoverageStyle("overdue", "#b2182b", "#ff6b6b", 1.7),
)

STATES = (
    *_AGES,
    CoverageStyle("progress", "#1b7837", "#5aae61", 1.5, dashed=True),
    CoverageStyle("driven", "#737373", "#969696", 1.0, dashed=True),
    CoverageStyle("not_due", "#bdbdbd", "#525252", 0.6),
    *map(_partly, _AGES),
)
"""States in the order of their numbers on the wire; a street is shown by the state of its cycle."""

PLOWED_COLORS = (
    ("#4a8fc6", "#3e6fc4"),
    ("#4468b8", "#8d72e0"),
    ("#5a3fa5", "#d98bc9"),
    ("#611a7c", "#f8b595"),
    ("#360634", "#fdf0a6"),
)
"""Colors of times since a street was plowed in light and dark, the shortest time first.

From step to step they stand out more from the ground, whichever colors a reader sees.
"""

TRUCK_COLORS = (
    ("#c94f00", "#ff9d57"),
    ("#1f6fd0", "#6cb2ff"),
    ("#1d7f3a", "#58d07c"),
    ("#c0368f", "#f48fd0"),
    ("#7a5230", "#b98d63"),
    ("#6a4fb8", "#a98cff"),
    ("#008090", "#3fd6e0"),
    ("#b2182b", "#ff6b6b"),
    ("#7d7400", "#e4da4a"),
    ("#1f2f6b", "#d3dcfa"),
    ("#000018", "#0c6c90"),
    ("#540000", "#cc0000"),
    ("#f000f0", "#fc24fc"),
    ("#003c00", "#009000"),
    ("#0000d8", "#0078fc"),
    ("#78006c", "#c0009c"),
    ("#9c84b4", "#3c9c90"),
    ("#a800fc", "#7830fc"),
    ("#f0406c", "#846000"),
    ("#30003c", "#00fc00"),
)
"""Colors of trucks' sections in light and dark, each far from all others.

Which truck has which: `maps/board/section_colors.py`. A fleet has more trucks than there are colors
to tell apart, so names stand at the sections too.
"""

THEME_COLORS = {
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
    "road": ("#858d96", "#5e6973"),
    "halo": ("#ffffff", "#14191e"),
    "truck": ("#1c2329", "#f2f5f7"),
}
"""Colors of everything that is not coverage, in light and dark."""


@dataclass(frozen=True, slots=True)
class ClassStyle:
    """Style of a class of service on the map of classes, like `CoverageStyle`."""

    name: str
    light: str
    dark: str
    width: float
    dashed: bool = False


CLASS_COLORS = (
    ("#51158c", "#c993ff"),
    ("#c2255c", "#ff8a7a"),
    ("#946300", "#ecd36a"),
    ("#66717a", "#7f8a94"),
    ("#2a69ff", "#777cfe"),
    ("#0f2d01", "#18a536"),
    ("#010202", "#abffe7"),
    ("#5f0042", "#fe4007"),
    ("#0e06d3", "#57d2c1"),
    ("#5a71bf", "#78d503"),
)
"""Colors of the light and the dark theme by rank of the class, `MOST_CLASSES` of them.

They can be distinguished with the common color vision deficiencies.
"""

CLASS_WIDTHS = (1.6, 1.25, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5, 0.45, 0.4)
SWATCHES_PX = (8, 6, 4)
"""Widths on the map and heights in lists by rank, each class narrower than those before."""


def class_styles(policy: Policy) -> tuple[ClassStyle, ...]:
    """Return the styles of a policy's classes; dashed for those served on request only."""
    styles: list[ClassStyle] = []
    for rank, (code, rule) in enumerate(policy.rules.items()):
        light, dark = policy.class_label(code).colors or CLASS_COLORS[rank]
        styles.append(ClassStyle(code, light, dark, CLASS_WIDTHS[rank], rule.cycle is None))
    return tuple(styles)


def legend() -> list[dict[str, str | float | bool]]:
    """Return the coverage states for the browser, in the order of their codes."""
    return [
        {
            "name": state.name,
            "light": state.light,
            "dark": state.dark,
            "width": state.width,
            "dashed": state.dashed,
            "group": state.group or state.name,
        }
        for state in STATES
    ]


def css(classes: Sequence[ClassStyle] = ()) -> str:
    """Return CSS custom properties of both themes; dark by the user's or the system's choice.

    Paper is light. With classes of service, those get their colors, swatches and badges.
    """
    light, dark = _properties(0, classes), _properties(1, classes)
    return (
        f":root {{ color-scheme: light; {light} }}\n"
        "@media screen and (prefers-color-scheme: dark) {\n"
        f'  :root:not([data-theme="light"]) {{ color-scheme: dark; {dark} }}\n'
        "}\n"
        f'@media screen {{ :root[data-theme="dark"] {{ color-scheme: dark; {dark} }} }}\n'
        + "".join(_class_rules(each, rank) for rank, each in enumerate(classes))
        + "".join(f".truck-{i} {{ --tone: var(--truck-{i}); }}\n" for i in range(len(TRUCK_COLORS)))
        + "".join(map(_numerals, languages().values()))
    )


def _numerals(language: PageLanguage) -> str:
    """Return the CSS counter style of a language with its own digits."""
    if language.digits.isascii():
        return ""
    symbols = " ".join(f'"{digit}"' for digit in language.digits)
    return (
        f"@counter-style numerals-{language.code} {{ system: numeric; symbols: {symbols}; }}\n"
        f":lang({language.code}) {{ --numerals: numerals-{language.code}; }}\n"
    )


def _class_rules(style: ClassStyle, rank: int) -> str:
    height_px = SWATCHES_PX[min(rank, len(SWATCHES_PX) - 1)]
    dashes = (
        " border-radius: 0; background:"
        " repeating-linear-gradient(90deg, var(--tone) 0 5px, transparent 5px 8px);"
        if style.dashed
        else ""
    )
    return (
        f".class-{style.name} {{ --tone: var(--class-{style.name}); }}\n"
        f".swatch.class-{style.name} {{ block-size: {height_px}px;{dashes} }}\n"
    )


def _properties(theme: int, styles: Sequence[ClassStyle]) -> str:
    theme_colors = {name: colors[theme] for name, colors in THEME_COLORS.items()}
    states = {f"state-{state.name}": (state.light, state.dark)[theme] for state in STATES}
    classes = {f"class-{each.name}": (each.light, each.dark)[theme] for each in styles}
    plowed = {f"plowed-{i}": colors[theme] for i, colors in enumerate(PLOWED_COLORS)}
    trucks = {f"truck-{i}": colors[theme] for i, colors in enumerate(TRUCK_COLORS)}
    colors = theme_colors | states | classes | plowed | trucks
    return " ".join(f"--{name}: {color};" for name, color in colors.items())
