import pytest

from maps.style import GROUND, STATES, css, legend


def _luminance(color: str) -> float:
    channels = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(first: str, second: str) -> float:
    bright, dim = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def test_states_keep_the_order_of_their_numbers_on_the_wire():
    names = [state.name for state in STATES]

    assert names == ["fresh", "ageing", "due", "overdue", "progress", "driven", "not_due"]
    assert [entry["name"] for entry in legend()] == names


@pytest.mark.parametrize("theme", [0, 1])
@pytest.mark.parametrize("name", ["text", "muted", "accent", "danger"])
@pytest.mark.parametrize("ground", ["paper", "panel"])
def test_text_stands_out_from_its_ground(theme: int, name: str, ground: str):
    assert _contrast(GROUND[name][theme], GROUND[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1])
def test_buttons_are_readable(theme: int):
    assert _contrast(GROUND["on-accent"][theme], GROUND["accent"][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1])
@pytest.mark.parametrize("name", ["fresh", "overdue", "progress", "driven"])
def test_strokes_stand_out_from_the_map(theme: int, name: str):
    state = next(state for state in STATES if state.name == name)

    assert _contrast((state.light, state.dark)[theme], GROUND["paper"][theme]) >= 3


def test_urgent_streets_are_wider_than_clear_ones():
    width = {state.name: state.width for state in STATES}

    assert width["overdue"] > width["due"] > width["fresh"] > width["not_due"]


def test_every_color_reaches_the_page_in_both_themes():
    text = css()

    for state in STATES:
        assert f"--state-{state.name}: {state.light};" in text
        assert text.count(f"--state-{state.name}: {state.dark};") == 2
