"""Who may see what: the sections `[sign_in]` and `[public]` of `policy.toml`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from pydantic import Field

from data.files.toml_reader import TomlTable
from data.files.toml_values import Flag, Number, Text, some_of
from data.model import Role

_MINUTE = timedelta(minutes=1)

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


@dataclass(frozen=True, slots=True)
class PublicRules(TomlTable):
    """Whether everybody sees the streets on a map, and may read them as open data, how much later.

    Nothing is public until an administrator says so. The delay keeps anybody from following a
    machine. The licence is what the city allows readers of its open data, as they are told it.
    """

    map: Flag = False
    open_data: Flag = False
    delay: Annotated[timedelta, Number(0, 240, _MINUTE), Field(alias="delay_min")] = 15 * _MINUTE
    licence: Text = "CC BY 4.0"
