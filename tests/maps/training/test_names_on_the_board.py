"""What the board calls whom a training's simulation plays."""

from tests.page_scripts import told_by

NAMED = """
boot.simulated = ["training-dispatcher"];
boot.people = { leila: "Leila" };
element.textContent = JSON.stringify(boot);
const { personText } = await load("accounts/people.js");
return ["training-dispatcher", "leila"].map((login) => personText(login));
"""


def test_the_simulation_is_called_so_without_the_name_that_it_signs_in_with() -> None:
    assert told_by(NAMED) == ["the simulation", "Leila (leila)"]
