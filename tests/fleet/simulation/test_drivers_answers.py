"""What simulated drivers answer."""

import pytest

from data.policy.message_rules import (
    BLADE_IS_DOWN,
    CALL_DISPATCH,
    COME_BACK,
    THANKS,
    UNDERSTOOD,
    WAIT_AT,
)
from fleet.simulation.drivers_answers import answer_to

ASKS = {"": "Is the blade down?"}
OWN = {"en": "Is your blade down?", "fa": "تیغه پایین است؟"}
WAIT = {code: text.format(place="Mill Lane") for code, text in WAIT_AT.items()}


@pytest.mark.parametrize(
    ("words", "of_a_wrong_sensor", "else_"),
    [
        (ASKS, BLADE_IS_DOWN, UNDERSTOOD),
        (OWN, BLADE_IS_DOWN, UNDERSTOOD),
        (CALL_DISPATCH, BLADE_IS_DOWN, None),
        (COME_BACK, UNDERSTOOD, UNDERSTOOD),
        (WAIT, UNDERSTOOD, UNDERSTOOD),
        (THANKS, None, None),
    ],
)
def test_a_driver_says_what_fits_and_of_a_wrong_sensor_that_the_blade_is_down(
    words: dict[str, str],
    of_a_wrong_sensor: dict[str, str] | None,
    else_: dict[str, str] | None,
) -> None:
    assert answer_to(words, misread=True) == of_a_wrong_sensor
    assert answer_to(words, misread=False) == else_
