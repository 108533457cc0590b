"""Whom a change of routes delays, and streets by name: what answers about plans have in common."""

from collections.abc import Callable, Sequence

from data.model import Delay, SegmentId
from data.store.database.engine import Tx
from data.store.requests.promises import list_last_promises
from data.store.requests.requests import list_requests_of_jobs
from data.streets.network import StreetNetwork
from maps.pages.i18n import Translator
from maps.replanning import DelayView, delay_views
from maps.streets.street import StreetName, called, street_name

ASKED_AT_ONCE = 500
"""Jobs named in one question to the database."""


def delayed_requests(
    tx: Tx, delays: Sequence[Delay], street: Callable[[SegmentId], str]
) -> tuple[DelayView, ...]:
    """Return the requests that wait longer."""
    job_ids = [one.job_id for one in delays]
    asked = [
        each
        for first in range(0, len(job_ids), ASKED_AT_ONCE)
        for each in list_requests_of_jobs(tx, job_ids[first : first + ASKED_AT_ONCE])
    ]
    promises = list_last_promises(tx, [each.id for each in asked])
    return delay_views(delays, asked, promises, street)


def street_names(network: StreetNetwork, t: Translator) -> Callable[[SegmentId], str]:
    """Return what names a street in the reader's language."""

    def named(segment_id: SegmentId) -> str:
        segment = network.find(segment_id)
        return called(street_name(segment) if segment else StreetName("", "", ""), t)

    return named
