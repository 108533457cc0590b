"""The city's current state in memory: record, streets, policy and geocoder."""

from dataclasses import dataclass, replace
from threading import Lock

from data.geocode import Geocoder
from data.model import City, District, Storm, StormId
from data.policy.city_policy import Policy
from data.store.database.engine import Database, Tx, reading
from data.store.setup.city import get_city, get_report
from data.store.storms.storm_policies import get_policy_in_force, get_storm_policy
from data.store.streets.districts import list_districts
from data.store.streets.network import load_network
from data.store.streets.places import list_places
from data.streets.network import StreetNetwork
from fleet.matching.map_matching import StreetMatcher
from fleet.reports.critical_sites import Site, find_sites


@dataclass(frozen=True, slots=True)
class CitySnapshot:
    """A whole state of the city, immutable; `city.revision` numbers it.

    `policy` is the one in force: of the storm that is on, else the city's.

    All threads share the matcher, which takes a second to make. `imported_at` tells one street
    file from the next, which may have the same streets and other names or house numbers. `sites`
    are the places that every storm is judged by.
    """

    city: City
    network: StreetNetwork
    policy: Policy
    districts: tuple[District, ...]
    geocoder: Geocoder
    matcher: StreetMatcher
    sites: tuple[Site, ...]
    imported_at: str


class CityStateHolder:
    """Holds the current snapshot of a city, and replaces it when the city was changed.

    Requests that began on the old snapshot end on it.
    """

    def __init__(self, engine: Database) -> None:
        self._engine = engine
        self._lock = Lock()
        self._policies: dict[StormId, tuple[CitySnapshot, Policy]] = {}
        with reading(engine) as tx:
            self.now = _read(tx, None)

    def refresh(self) -> bool:
        """Reload what has changed in the database; return whether anything had."""
        with self._lock, reading(self._engine) as tx:
            if get_city(tx).revision == self.now.city.revision:
                return False
            self.now = _read(tx, self.now)
        return True

    def policy_of(self, tx: Tx, storm: Storm | None) -> Policy:
        """Return a storm's own policy, or the one in force without a storm."""
        city_state = self.now
        if storm is None or storm.phase.on:
            return city_state.policy
        known = self._policies.get(storm.id)
        if storm.phase.coming or known is None or known[0] is not city_state:
            known = self._policies[storm.id] = city_state, get_storm_policy(tx, storm.id)
        return known[1]


def _read(tx: Tx, known: CitySnapshot | None) -> CitySnapshot:
    city, policy, districts = get_city(tx), get_policy_in_force(tx), tuple(list_districts(tx))
    imported_at = str(get_report(tx).get("imported_at", ""))
    if known is not None and known.imported_at == imported_at:
        return replace(known, city=city, policy=policy, districts=districts)
    network = load_network(tx)
    places = list_places(tx)
    return CitySnapshot(
        city=city,
        network=network,
        policy=policy,
        districts=districts,
        geocoder=Geocoder(network, places),
        matcher=StreetMatcher(network),
        sites=find_sites(network, places),
        imported_at=imported_at,
    )
