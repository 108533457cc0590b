"""Who acts in a training where nobody took the seat: accounts that the simulation signs in with."""

from collections.abc import Mapping

from data.model import Role, User

OPERATOR, DISPATCHER = "training-operator", "training-dispatcher"
"""Sign-in names under which the simulation plays who takes calls, and who plans at night."""

PLAYED_BY_SIMULATION: Mapping[str, Role] = {
    OPERATOR: Role.OPERATOR,
    DISPATCHER: Role.DISPATCHER,
}


def is_simulated(someone: User) -> bool:
    """Whether this is no person: nothing is given to the simulation to see to."""
    return someone.login in PLAYED_BY_SIMULATION
