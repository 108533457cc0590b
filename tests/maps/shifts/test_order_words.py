"""What is said once an order for several trucks is carried out."""

from tests.page_scripts import told_by

CANCEL = """
const { doneWords } = await load("shifts/order-words.js");
const done = (states) => ({ changed: states.map((state) => ({ state })), refused: [] });
const said = (...states) => doneWords("cancel", done(states));
return [said("cancelled", "cancelled"), said("ended"), said("cancelled", "ended", "ended")];
"""


def test_a_shift_whose_truck_has_worked_is_said_to_have_ended_not_to_be_cancelled() -> None:
    assert told_by(CANCEL) == [
        "cancelled:2",
        "ended early:1",
        "cancelled:1 ended early:2",
    ]
