"""Update of a city's streets from a newer file: preview, and taking it over.

Streets that stay themselves keep their id, and with it overrides, jobs, passes and coverage. What
vanishes is kept among the former streets with its successors, and its id is never given again.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from data.errors import ConflictError
from data.exchange.basemap import write_basemap
from data.model import (
    Actor,
    City,
    District,
    FormerSegment,
    Override,
    SegmentId,
)
from data.osm.ways import CityDraft
from data.store.audit.audit_log import add_event
from data.store.database.engine import Database, Tx, reading, transaction
from data.store.setup.city import get_city, get_policy, get_report, next_revision, set_streets
from data.store.setup.machines import list_depots
from data.store.streets.districts import list_districts, save_districts
from data.store.streets.network import (
    last_segment_id,
    load_network,
    save_former_segments,
    save_network,
)
from data.store.streets.places import save_places
from data.store.streets.service_levels import list_overrides, remove_overrides, save_overrides
from fleet.setup.city_files import CityFiles, read_files
from fleet.setup.city_setup import TILES, Report, city_report, imported, no_progress
from fleet.setup.reassignment import affected_by, reassign
from fleet.streets.service_levels import refresh_levels
from fleet.streets.street_succession import Difference, difference_of

_NEW_TILES = ".tiles-"


@dataclass(frozen=True, slots=True, eq=False)
class Newer:
    """A newer file with its difference from the present city, ready to be taken over.

    `jobs` and `requests` count the open work on vanishing streets, `overrides` the decisions of
    administrators about them.
    """

    file: Path
    services: bool
    streets: CityDraft
    difference: Difference
    boundary: str | None
    districts: tuple[District, ...]
    replaces: str
    first_id: SegmentId
    jobs: int
    requests: int
    overrides: int


def compare(
    tx: Tx,
    file: Path,
    *,
    boundary: Path | None = None,
    districts: Path | None = None,
    services: bool | None = None,
    report: Callable[[str], None] = no_progress,
) -> Newer:
    """Return the changes of a newer file without making them: the dry run.

    The city's own boundary, districts and choice of service ways hold where no others are given.
    Errors as of `add_city`.
    """
    report("read")
    city = get_city(tx)
    if services is None:
        services = bool(get_report(tx).get("services", False))
    outline, parts = boundary or city.boundary, districts or tuple(list_districts(tx))
    found = read_files(CityFiles(file, outline, parts, services))
    streets = found.streets
    report("network")
    first_id = SegmentId(last_segment_id(tx) + 1)
    difference = difference_of(load_network(tx), streets.segments, streets.restrictions, first_id)
    affected = affected_by(tx, difference)
    decided = list_overrides(tx).keys() & {each.segment.id for each in difference.gone}
    return Newer(
        file=file,
        services=services,
        streets=streets,
        difference=difference,
        boundary=found.boundary,
        districts=found.districts,
        replaces=city.network_version,
        first_id=first_id,
        jobs=len(affected.jobs),
        requests=len(affected.requests),
        overrides=len(decided),
    )


def take_over(
    database: Database,
    folder: Path,
    newer: Newer,
    now: datetime,
    actor: Actor,
    *,
    report: Callable[[str], None] = no_progress,
) -> Report:
    """Make a compared file the city's streets, whole or not at all, and return the new report.

    The report says besides how many streets stayed, changed, came and went, and what became of the
    work on them. The city may be served meanwhile: pages and trucks go on and follow within a
    second. Raises `ConflictError` where the streets have changed since the comparison.
    """
    with reading(database) as tx:
        city = _city_of(get_city(tx), newer)
        facts = city_report(city, newer.streets, newer.difference.network, list_depots(tx))
    facts |= imported(newer.file, now, services=newer.services)
    report("tiles")
    with _new_tiles(folder, newer) as tiles:
        report("store")
        with transaction(database) as tx:
            if (get_city(tx).network_version, last_segment_id(tx) + 1) != (
                newer.replaces,
                newer.first_id,
            ):
                raise ConflictError(
                    "the streets have changed since the comparison", reason="streets_changed"
                )
            facts |= _store(tx, actor, newer, city, facts, now)
            _put_tiles(tiles, folder / TILES)
    return facts


@contextmanager
def _new_tiles(folder: Path, newer: Newer) -> Iterator[Path]:
    for left in folder.glob(f"{_NEW_TILES}*"):  # of a take-over that was killed
        shutil.rmtree(left, ignore_errors=True)
    tiles = Path(tempfile.mkdtemp(prefix=_NEW_TILES, dir=folder))
    try:
        streets = newer.streets
        write_basemap(newer.difference.network, streets.places, tiles, streets.waters)
        yield tiles
    finally:
        shutil.rmtree(tiles, ignore_errors=True)


def _put_tiles(new: Path, tiles: Path) -> None:
    """Replace the served tile files, each atomically: a browser sees the old or the new one."""
    names = {file.name for file in new.iterdir()}
    for name in names:
        (new / name).replace(tiles / name)
    for file in tiles.iterdir():
        if file.name not in names:
            file.unlink()


def _store(
    tx: Tx, actor: Actor, newer: Newer, city: City, report: Report, now: datetime
) -> dict[str, object]:
    """Store the city with its report, and return counts of the reassigned work."""
    difference, network = newer.difference, newer.difference.network
    before = get_report(tx)
    save_former_segments(tx, _former(difference, now))
    save_network(tx, network.segments, network.restrictions, newer.streets.service_ways)
    save_places(tx, newer.streets.places)
    save_districts(tx, newer.districts)
    heirs = _pass_on(tx, difference)
    policy = refresh_levels(tx, network, newer.streets.places, get_policy(tx))
    set_streets(tx, city, report)

    replan = network.version != newer.replaces
    moved = reassign(tx, actor, difference, policy, now, replan=replan)
    next_revision(tx)
    facts = {**counts_of(difference), **asdict(moved), "overrides_passed_on": heirs}
    summary = ("file", "version", "segments", "length_km")
    add_event(
        tx,
        now,
        actor,
        "city.updated",
        f"city:{city.name}",
        {key: before.get(key) for key in summary},
        {key: report[key] for key in summary} | {"first_new_id": newer.first_id} | facts,
    )
    return facts


def counts_of(difference: Difference) -> dict[str, int]:
    """Return the number of unchanged, changed, new and vanished streets."""
    return {
        "kept": len(difference.unchanged),
        "changed": len(difference.changed),
        "new": len(difference.new),
        "gone": len(difference.gone),
    }


def _city_of(city: City, newer: Newer) -> City:
    network = newer.difference.network
    return replace(
        city,
        bounds=network.bounds,
        network_version=network.version,
        attribution=newer.streets.attribution,
        boundary=newer.boundary,
    )


def _former(difference: Difference, now: datetime) -> Iterator[FormerSegment]:
    for segment, successors in ((each.segment, each.successors) for each in difference.gone):
        yield FormerSegment(
            id=segment.id,
            key=segment.key,
            geometry=segment.geometry,
            length_m=segment.length_m,
            road_class=segment.road_class,
            names=segment.names,
            gone_at=now,
            successors=successors,
        )


def _pass_on(tx: Tx, difference: Difference) -> int:
    """Copy overrides of vanished streets to their successors; return how many.

    A street that stays, or gets several decisions, keeps its own or the first.
    """
    decided = list_overrides(tx)
    new = set(difference.new)
    heirs: dict[SegmentId, Override] = {}
    for vanished in difference.gone:
        override = decided.get(vanished.segment.id)
        if override is not None:
            for each in new & set(vanished.successors):
                heirs.setdefault(each, replace(override, segment_id=each))
    save_overrides(tx, heirs.values())
    remove_overrides(tx, [each.segment.id for each in difference.gone])
    return len(heirs)
