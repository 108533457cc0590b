import math
import re
from itertools import combinations, pairwise
from pathlib import Path

import pytest

from data.policy.city_policy import DEFAULT_POLICY, policy_from_toml
from data.policy.class_rules import MOST_CLASSES
from maps.pages.menu import PAGES, PAGES_OF_TRAINING
from maps.pages.style import (
    CLASS_COLORS,
    CLASS_WIDTHS,
    PLOWED_COLORS,
    STATES,
    THEME_COLORS,
    TRUCK_COLORS,
    class_styles,
    css,
    legend,
)

ROOT = Path(__file__).parents[3]


def _luminance(color: str) -> float:
    channels = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(first: str, second: str) -> float:
    bright, dim = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def test_states_keep_the_order_of_their_numbers_on_the_wire():
    names = [state.name for state in STATES]

    whole = ["fresh", "ageing", "due", "overdue", "progress", "driven", "not_due"]
    assert names == [*whole, *(f"partly_{name}" for name in whole[:4])]
    assert [entry["name"] for entry in legend()] == names


@pytest.mark.parametrize("theme", [0, 1])
@pytest.mark.parametrize("name", ["text", "muted", "accent", "danger"])
@pytest.mark.parametrize("background", ["paper", "panel"])
def test_text_stands_out_from_its_background(theme: int, name: str, background: str):
    assert _contrast(THEME_COLORS[name][theme], THEME_COLORS[background][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1])
def test_buttons_are_readable(theme: int):
    assert _contrast(THEME_COLORS["on-accent"][theme], THEME_COLORS["accent"][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1])
@pytest.mark.parametrize("name", ["fresh", "overdue", "progress", "driven"])
def test_strokes_stand_out_from_the_map(theme: int, name: str):
    state = next(state for state in STATES if state.name == name)

    assert _contrast((state.light, state.dark)[theme], THEME_COLORS["paper"][theme]) >= 3


@pytest.mark.parametrize("theme", [0, 1])
def test_streets_of_the_public_map_stand_out_from_the_ground(theme: int):
    assert _contrast(THEME_COLORS["road"][theme], THEME_COLORS["paper"][theme]) >= 3
    citizen = (ROOT / "maps/static/css/requests/citizen.css").read_text("utf-8")
    assert "--casing: var(--road); --state-not_due: var(--road);" in citizen


@pytest.mark.parametrize("theme", [0, 1])
def test_the_longer_ago_a_street_was_plowed_the_more_it_stands_out(theme: int):
    paper = THEME_COLORS["paper"][theme]
    contrasts = [_contrast(colors[theme], paper) for colors in PLOWED_COLORS]

    assert contrasts[0] >= 3
    assert all(later >= 1.3 * sooner for sooner, later in pairwise(contrasts))


@pytest.mark.parametrize("theme", [0, 1])
def test_sections_of_trucks_stand_out_from_the_map(theme: int):
    assert all(_contrast(one[theme], THEME_COLORS["paper"][theme]) >= 3 for one in TRUCK_COLORS)


def test_a_partly_plowed_street_has_the_color_of_its_age_at_half_the_width():
    style = {state.name: state for state in STATES}

    for age in ("fresh", "ageing", "due", "overdue"):
        whole, partly = style[age], style[f"partly_{age}"]
        assert (partly.light, partly.dark) == (whole.light, whole.dark)
        assert partly.width == whole.width / 2
    assert {state["group"] for state in legend() if state["name"].startswith("partly")} == {
        "partly"
    }


def test_urgent_streets_are_wider_than_clear_ones():
    width = {state.name: state.width for state in STATES}

    assert width["overdue"] > width["due"] > width["fresh"] > width["not_due"]


def test_every_color_reaches_the_page_in_both_themes():
    text = css()

    for state in STATES:
        assert f"--state-{state.name}: {state.light};" in text
        assert text.count(f"--state-{state.name}: {state.dark};") == 2


@pytest.mark.parametrize("theme", [0, 1])
@pytest.mark.parametrize("colors", CLASS_COLORS)
def test_a_class_is_readable_on_its_color_and_stands_out_from_the_map(
    theme: int, colors: tuple[str, str]
):
    color = colors[theme]

    assert _contrast(THEME_COLORS["panel"][theme], color) >= 4.5
    assert _contrast(THEME_COLORS["paper"][theme], color) >= 3


def test_urgent_classes_are_wider_and_the_last_is_dashed():
    styles = class_styles(policy_from_toml(DEFAULT_POLICY))

    assert [style.dashed for style in styles] == [False, False, False, True]
    assert list(CLASS_WIDTHS) == sorted(set(CLASS_WIDTHS), reverse=True)
    assert len(CLASS_WIDTHS) == len(CLASS_COLORS) == MOST_CLASSES


def _linear(color: str) -> list[float]:
    channels = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]


# Machado, Oliveira & Fernandes (2009), A physiologically-based model for simulation of color vision
# deficiency, full severity: what each linear channel becomes.
BLIND_TO = {
    "red": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
    "green": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
    "blue": ((1.256, -0.077, -0.179), (-0.078, 0.931, 0.148), (0.005, 0.691, 0.304)),
}


@pytest.mark.parametrize("theme", [0, 1])
@pytest.mark.parametrize("missing", BLIND_TO)
def test_who_is_color_blind_tells_the_classes_apart(missing: str, theme: int):
    seen = []
    for colors in CLASS_COLORS:
        channels = _linear(colors[theme])
        rows = BLIND_TO[missing]
        mixed = [sum(a * b for a, b in zip(row, channels, strict=True)) for row in rows]
        seen.append([max(c, 0) ** (1 / 2.4) for c in mixed])
    apart = [math.dist(one, other) for one, other in combinations(seen, 2)]

    assert min(apart) > 0.12


def test_every_page_of_the_menu_has_an_icon_that_all_pages_draw():
    shapes = (ROOT / "maps/static/css/pages/base.css").read_text(encoding="utf-8")
    drawn = dict(re.findall(r'\.icon-([\w-]+) \{ --shape: url\("([^"]+)"\)', shapes))

    icons = [page.icon for page in (*PAGES, *PAGES_OF_TRAINING)]
    assert [icon for icon in icons if icon not in drawn] == []
    assert [icon for icon in icons if not (ROOT / f"maps{drawn[icon]}").is_file()] == []


def test_paper_gets_no_dark_colors():
    on_screens = re.sub(r"@media screen[^{]*{(?:[^{}]*{[^{}]*})*[^{}]*}", "", css())

    assert "color-scheme: light" in on_screens
    assert "color-scheme: dark" not in on_screens
