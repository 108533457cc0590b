"""What signing in takes: the section `[sign_in]` of `policy.toml`."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from data.files.toml_reader import TomlTable
from data.files.toml_values import some_of
from data.model import Role

WITH_PASSWORD = (
    Role.ADMINISTRATOR,
    Role.DISPATCHER,
    Role.OPERATOR,
    Role.SUPERVISOR,
    Role.COUNCIL,
)
"""Roles of people who sign in by password; drivers and crews come by codes."""


@dataclass(frozen=True, slots=True)
class SignInRules(TomlTable):
    """The roles whose people need a code of their phone beside the password."""

    second_step: Annotated[tuple[Role, ...], some_of(WITH_PASSWORD)] = ()

    def wants_second_step(self, roles: Iterable[Role]) -> bool:
        """Whether somebody with these roles needs the second step."""
        return bool(set(self.second_step) & set(roles))
