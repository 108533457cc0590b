"""Times on the inspections page go on with the page's clock."""

import pytest

from tests.page_scripts import told_by

DRAWN = """
const parts = {};
customElements.define = (name, part) => { parts[name] = part; };
await load("followup/inspect/%s.js");
const part = new parts["inspect-%s"]();
let drawn = 0;
part.requestUpdate = () => { drawn += 1; };
const steps = [];
globalThis.setInterval = (step) => steps.push(step);
part.connectedCallback();
const before = drawn;
steps.forEach((step) => step());
return drawn - before;
"""


@pytest.mark.parametrize("part", ["list", "sheet"])
def test_how_late_a_place_is_goes_on_without_another_list_of_the_server(part: str) -> None:
    assert told_by(DRAWN % (part, part)) == 1
