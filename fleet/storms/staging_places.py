"""Places of a city at which machines may be told to wait: yards and reload sites by name."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from data.model import Depot, ReloadSite, StormId
from data.store.database.engine import Tx
from data.store.setup.machines import list_depots
from fleet.storms.machines_in_service import sites_in_use


class StagingKind(StrEnum):
    """What a place is at which machines wait."""

    YARD = "yard"
    RELOAD = "reload"
    STREET = "street"
    POINT = "point"


@dataclass(frozen=True, slots=True)
class StagingPlace:
    """A yard or reload site by its id among its kind."""

    kind: StagingKind
    id: int
    name: str


def staging_places(tx: Tx, storm_id: StormId) -> list[StagingPlace]:
    """Return the yards, and the reload sites in use in a storm."""
    yards, sites = list_depots(tx), sites_in_use(tx, storm_id)
    return [*_places(StagingKind.YARD, yards), *_places(StagingKind.RELOAD, sites)]


def _places(kind: StagingKind, sites: Iterable[Depot | ReloadSite]) -> list[StagingPlace]:
    return [StagingPlace(kind, site.id, site.name) for site in sites]
