"""Idempotent requests: phones repeat them until answered, and each is carried out once."""

from collections.abc import Callable
from typing import Annotated, Any, cast

from fastapi import Body

from api.web.context import Context
from api.web.schemas import TapIn, plain
from data.store.database.engine import Tx
from fleet.shifts.shift_progress import answered_once

TapBody = Annotated[TapIn, Body()]

NO_TAP = TapIn()
"""The tap of a request without a body: programs need no key."""


def order_once[View](tx: Tx, context: Context, tap: TapIn, order: Callable[[Tx], View]) -> View:
    """Carry out a request once per key; a repeated one gets the first answer."""
    if not tap.key:
        return order(tx)
    answer: Any = answered_once(tx, context.user.id, tap.key, context.now, lambda: plain(order(tx)))
    return cast("View", answer)
