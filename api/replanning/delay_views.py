"""Views of the requests and streets that a change of routes delays."""

from collections.abc import Callable, Sequence

from data.model import Delay, SegmentId
from data.store.database.engine import Tx
from data.streets.network import StreetNetwork
from fleet.requests.request_lookup import requests_delayed
from maps.pages.i18n import Translator
from maps.replanning import DelayView, delay_views
from maps.streets.street import called, street_name


def delayed_requests(
    tx: Tx, delays: Sequence[Delay], street: Callable[[SegmentId], str]
) -> tuple[DelayView, ...]:
    """Return the requests that are served later."""
    asked, promises = requests_delayed(tx, delays)
    return delay_views(delays, asked, promises, street)


def street_names(network: StreetNetwork, t: Translator) -> Callable[[SegmentId], str]:
    """Return a function that names a street in the reader's language."""

    def named(segment_id: SegmentId) -> str:
        segment = network.find(segment_id)
        return called(street_name(segment) if segment else {}, t)

    return named
