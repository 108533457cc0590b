"""What a simulation tries again in another round instead of ending."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from data.store.database.engine import DatabaseUnavailable, is_unavailable

_log = logging.getLogger(__name__)


def may_pass(failure: BaseException) -> bool:
    """Whether it is about a server that does not answer or a database that is busy."""
    if isinstance(failure, DatabaseUnavailable):
        return is_unavailable(failure)
    return isinstance(failure, httpx.HTTPError)


@contextmanager
def or_another_round() -> Iterator[None]:
    """Log what may pass instead of raising it."""
    try:
        yield
    except httpx.HTTPError as error:
        _log.warning("the server does not answer: %s", error)
    except DatabaseUnavailable as error:
        if not is_unavailable(error):
            raise
        _log.warning("the database takes nothing now: %s", error)
