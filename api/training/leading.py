"""Who leads a rehearsal: whoever sees what is to come, and may stop the clock."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from api.web.context import Allowed, Context
from data.errors import ForbiddenError
from fleet.training.seats import INSTRUCTORS, may_lead


@dataclass(frozen=True)
class Leading(Allowed):
    """A dependency as `Allowed` that refuses supervisors who play a role themselves."""

    def before_body(self, request: Request) -> Context:
        """Check what `Allowed` checks, and that the user leads."""
        context = Allowed.before_body(self, request)
        if not leads(context):
            raise ForbiddenError("who plays a role does not lead the training")
        return context


def leads(context: Context) -> bool:
    """Whether the user may lead the rehearsal."""
    if not context.has(*INSTRUCTORS):
        return False
    with context.reading() as tx:
        return may_lead(tx, context.user)


InstructorContext = Annotated[Context, Depends(Leading(INSTRUCTORS))]
