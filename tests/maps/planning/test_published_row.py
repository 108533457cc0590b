"""For how long the board says that a plan was published."""

from tests.page_scripts import told_by

LEFT = """
Object.assign(boot, { states: [], roles: ["dispatcher"], classes: [] });
element.textContent = JSON.stringify(boot);
const { undoLeft } = await load("planning/drafts.js");
return [null, { at: Date.now() }, { at: Date.now() - 59000 }].map(undoLeft);
"""


def test_that_a_plan_was_published_is_said_for_as_long_as_it_can_be_taken_back() -> None:
    before, at_once, later = told_by(LEFT)
    assert (before, later) == (0, 0)
    assert at_once > 50
