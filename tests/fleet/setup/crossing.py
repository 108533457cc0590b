"""A crossing as a street file, and who asks what there."""

from datetime import UTC, datetime, timedelta

from data.geocode import Geocoder
from data.model import (
    Actor,
    ActorKind,
    RequestKind,
    SegmentId,
)
from data.store.database.engine import reading, transaction
from data.store.setup.city import get_policy
from data.store.streets.network import load_network
from data.store.streets.places import list_places
from fleet.context import CityContext
from fleet.requests.intake import Report, receive
from fleet.requests.placing import locate
from fleet.routes.published_plan import PublishedPlanCache
from tests.data.osm.osm_files import a_node, a_way, nodes

NOW = datetime(2026, 12, 21, 4, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=2)
ACTOR = Actor(ActorKind.SYSTEM, "test")
EAST, NORTH, SOUTH = (SegmentId(i) for i in (2, 3, 4))
"""Streets 1 and 2 run west to east over the crossing, 3 goes north from it and 4 south."""

MAIN = {"highway": "primary", "name": "خیابان امام"}
ALLEY = {"highway": "residential", "name": "کوچهٔ لاله"}


def streets(*, east=(2, 3), north=(2, 4), south=(2, 5), more=(), **tags):
    """The objects of a file with a crossing, as it was or with some streets edited."""
    ways = [a_way(10, [1, 2], MAIN), a_way(11, east, MAIN), a_way(12, north, ALLEY, **tags)]
    if south:
        ways.append(a_way(13, south, ALLEY))
    return [*nodes(), a_node(6, 1.5, 0), a_node(7, 1.5, 1), *ways, *more]


def asked_at(engine, place, kind=RequestKind.PLOW):
    """Somebody asks with a pin."""
    with transaction(engine) as tx:
        network = load_network(tx)
        asked = receive(tx, ACTOR, Report("phone", kind, "برف", location=place), NOW)
        geocoder = Geocoder(network, list_places(tx))
        return locate(
            CityContext(tx, network, get_policy(tx), NOW),
            ACTOR,
            asked.id,
            geocoder,
            PublishedPlanCache(),
        )


def middle_of(engine, segment_id):
    with reading(engine) as tx:
        network = load_network(tx)
        return network.point_at(segment_id, network.segment(segment_id).length_m / 2)
