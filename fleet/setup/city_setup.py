"""Set-up of a city: streets, places, tiles, first policy and fleet; later its new fleets."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from data.errors import ConflictError, InvalidError
from data.exchange.basemap import write_basemap
from data.languages import known_language
from data.model import Actor, City, Depot, District, Language, LonLat, Oneway, SegmentId
from data.osm.ways import CityDraft
from data.policy.city_policy import DEFAULT_POLICY, Policy, policy_from_toml
from data.setup.fleet_file import (
    FleetFile,
    default_fleet,
    fleet_from_toml,
    with_depots,
    with_depots_of,
)
from data.setup.reachability import assumed_depots, unreachable
from data.setup.time_zones import time_zone_at
from data.store.audit.audit_log import add_event
from data.store.database.city_address import address_in, save_address
from data.store.database.city_database import new_database
from data.store.database.engine import Database, Tx, transaction
from data.store.migrations.upgrading import upgrade
from data.store.setup.city import (
    get_city,
    get_fleet_text,
    get_policy_text,
    get_report,
    next_revision,
    save_city,
    set_fleet_text,
    set_policy_text,
    set_report,
)
from data.store.setup.machines import get_fleet, save_fleet
from data.store.streets.districts import save_districts
from data.store.streets.network import save_network
from data.store.streets.places import list_places, save_places
from data.streets.network import StreetNetwork, build_network
from fleet.setup.atomic_folder import scaffold
from fleet.setup.city_files import CityContents, CityFiles, ReadCity, read_files
from fleet.streets.service_levels import open_missing_jobs, refresh_levels

TILES = "tiles"

type Report = dict[str, object]


STEPS = ("read", "network", "tiles", "store")
"""What an import does, in this order; pages translate these words."""


@dataclass(frozen=True, slots=True)
class _Place:
    name: str
    timezone: str
    language: Language


@dataclass(frozen=True, slots=True)
class _Draft:
    city: City
    streets: CityDraft
    network: StreetNetwork
    districts: tuple[District, ...]
    policy_text: str
    fleet_text: str
    fleet: FleetFile
    report: Report


def no_progress(_step: str) -> None:
    """Report no progress of an import."""


def _nothing(_tx: Tx) -> None:
    """Add no further data to a new city."""


@dataclass(frozen=True, slots=True)
class NewCity:
    """Input of a new city.

    Attributes
    ----------
    file
        Street file: OpenStreetMap or GeoJSON.
    services
        Whether service ways are streets of the city too; otherwise positions are matched to them,
        and nothing else.
    boundary
        Polygon file that clips the streets.
    districts
        File of districts, as `data.setup.districts.read_districts` takes it.
    timezone
        Name in the tz database; "" for that of the place where the streets lie.
    language
        What pages speak until somebody chooses; "" follows the browser.
    database_url
        The PostgreSQL database that its tables go into; "" for a SQLite file.
    """

    name: str
    file: Path
    timezone: str = "UTC"
    services: bool = False
    boundary: Path | None = None
    districts: Path | None = None
    language: Language = ""
    database_url: str = ""


def add_city(
    folder: Path,
    new: NewCity,
    now: datetime,
    actor: Actor,
    *,
    report: Callable[[str], None] = no_progress,
    arrange: Callable[[Tx], None] = _nothing,
    read: ReadCity = read_files,
) -> Report:
    """Make the city's folder - database, tiles, policy.toml, fleet.toml - and return its report.

    The folder appears whole or not at all. Raises `ConflictError` where it exists, `CityFileError`
    for a file that is no city, `InvalidError` for an unknown time zone or language.

    Parameters
    ----------
    report
        Hears each of `STEPS` when it begins.
    arrange
        Adds what else the city begins with, as its first administrator, in the same transaction.
    read
        Reads the files; a server reads them in a process of its own.
    """
    if folder.exists():
        raise ConflictError(
            f"city {new.name!r} exists already", reason="city_exists", city=new.name
        )
    place = _Place(new.name, _known_zone(new.timezone), _known_language(new.language))
    report("read")
    found = read(CityFiles(new.file, new.boundary, new.districts or (), new.services))
    report("network")
    draft = _draft(place, found)
    draft.report.update(imported(new.file, now, services=new.services))
    with scaffold(folder) as made:
        report("tiles")
        _draw(made, draft)
        report("store")
        if new.database_url:
            save_address(made, address_in(new.database_url, new.name))
        (made / "policy.toml").write_text(draft.policy_text, encoding="utf-8")
        (made / "fleet.toml").write_text(draft.fleet_text, encoding="utf-8")
        with new_database(made) as database:
            _store(database, draft, now, actor, arrange)
    return draft.report


def _known_zone(timezone: str) -> str:
    if not timezone:
        return timezone
    try:
        ZoneInfo(timezone)
    except (KeyError, ValueError, OSError) as error:
        raise InvalidError("timezone", timezone, "a zone like Asia/Tehran") from error
    return timezone


def _known_language(language: Language) -> Language:
    return known_language(language) if language else language


def imported(file: Path, now: datetime, *, services: bool) -> Report:
    """Return the part of a report about the import itself."""
    return {"file": file.name, "services": services, "imported_at": now.isoformat()}


def _draft(place: _Place, found: CityContents) -> _Draft:
    streets = found.streets
    network = build_network(streets.segments, streets.restrictions, streets.service_ways)
    depots = assumed_depots(network, place.language)
    fleet_text = with_depots_of(default_fleet(place.language), depots)
    fleet = with_depots(fleet_from_toml(fleet_text), depots)
    city = City(
        name=place.name,
        timezone=place.timezone or time_zone_at(_middle(network)) or "UTC",
        bounds=network.bounds,
        network_version=network.version,
        attribution=streets.attribution,
        boundary=found.boundary,
        language=place.language,
    )
    report = city_report(city, streets, network, fleet.depots)
    return _Draft(
        city, streets, network, found.districts, DEFAULT_POLICY, fleet_text, fleet, report
    )


def _middle(network: StreetNetwork) -> LonLat:
    west, south, east, north = network.bounds
    return LonLat((west + east) / 2, (south + north) / 2)


def _draw(folder: Path, draft: _Draft) -> None:
    tiles = folder / TILES
    tiles.mkdir()
    write_basemap(draft.network, draft.streets.places, tiles, draft.streets.waters)


def _store(
    database: Database, draft: _Draft, now: datetime, actor: Actor, arrange: Callable[[Tx], None]
) -> None:
    upgrade(database)
    with transaction(database) as tx:
        streets = draft.streets
        save_network(tx, streets.segments, streets.restrictions, streets.service_ways)
        save_places(tx, streets.places)
        save_districts(tx, draft.districts)
        save_fleet(tx, draft.fleet)
        save_city(tx, draft.city, draft.policy_text, draft.fleet_text, draft.report)
        policy = policy_from_toml(draft.policy_text)
        refresh_levels(tx, draft.network, draft.streets.places, policy)
        subject = f"city:{draft.city.name}"
        add_event(tx, now, actor, "city.added", subject, after=_summary(draft.report))
        arrange(tx)


def _summary(report: Report) -> Report:
    kept = ("file", "version", "segments", "junctions", "length_km")
    return {key: report[key] for key in kept}


def city_report(
    city: City, streets: CityDraft, network: StreetNetwork, depots: Sequence[Depot]
) -> Report:
    """Return what `city show` prints: counts, shares of segments, unreachable streets."""
    segments = network.segments
    addresses = sum(place.kind == "address" for place in streets.places)
    return {
        "name": city.name,
        "timezone": city.timezone,
        "version": network.version,
        "segments": len(segments),
        "service_ways": len(streets.service_ways),
        "junctions": len(network.node_ids),
        "length_km": round(sum(s.length_m for s in segments) / 1000, 3),
        "named_share": round(sum(bool(s.names) for s in segments) / len(segments), 4),
        "oneway_share": round(sum(s.oneway is not Oneway.NO for s in segments) / len(segments), 4),
        "restrictions": len(streets.restrictions),
        "restrictions_skipped": streets.skipped.get("restrictions", 0),
        "addresses": addresses,
        "places": len(streets.places) - addresses,
        "attribution": city.attribution,
        "bounds": list(city.bounds),
        **_reach(network, depots),
    }


def _reach(network: StreetNetwork, depots: Sequence[Depot]) -> Report:
    lost = unreachable(network, [depot.location for depot in depots])
    return {
        "depots": len(depots),
        "depots_assumed": sum(depot.assumed for depot in depots),
        "unreachable": len(lost),
        "unreachable_km": _length_km(network, lost),
    }


def _length_km(network: StreetNetwork, segment_ids: Iterable[SegmentId]) -> float:
    return round(sum(network.segment(each).length_m for each in segment_ids) / 1000, 3)


def set_fleet(
    tx: Tx,
    actor: Actor,
    text: str,
    network: StreetNetwork,
    now: datetime,
    note: Mapping[str, object] | None = None,
) -> FleetFile:
    """Put a `fleet.toml` in force and return it, with assumed depots where it has none.

    Raises `InvalidError` and changes nothing when the text breaks a rule. The city's report says
    afterwards what these depots cannot reach; the audit log keeps the text that was in force, and
    the `note` beside the counts.
    """
    fleet = fleet_from_toml(text)
    fleet = with_depots(fleet, fleet.depots or assumed_depots(network, get_city(tx).language))
    known = get_fleet(tx)
    before = {"vehicles": len(known.vehicles), "fleet": get_fleet_text(tx)}
    if _places(known.depots) != _places(fleet.depots):
        set_report(tx, get_report(tx) | _reach(network, fleet.depots))

    save_fleet(tx, fleet)
    set_fleet_text(tx, text)
    next_revision(tx)
    after = {
        "vehicles": len(fleet.vehicles),
        "depots": len(fleet.depots),
        "reload_sites": len(fleet.reload_sites),
        **(note or {}),
    }
    add_event(tx, now, actor, "fleet.set", f"city:{get_city(tx).name}", before, after)
    return fleet


def _places(depots: Iterable[Depot]) -> set[tuple[LonLat, bool]]:
    return {(depot.location, depot.assumed) for depot in depots}


def set_policy(tx: Tx, actor: Actor, text: str, network: StreetNetwork, now: datetime) -> Policy:
    """Put a `policy.toml` in force for storms that begin from now on; return it with its levels.

    The storm that is on keeps its own, but for the classes of streets.

    Raises `InvalidError` and changes nothing when the text breaks a rule. The audit log keeps
    both texts, since a level of service is a promise.
    """
    policy = policy_from_toml(text)
    before = {"policy": get_policy_text(tx)}

    set_policy_text(tx, text)
    places = list_places(tx, policy.street_rules.place_kinds)
    policy = refresh_levels(tx, network, places, policy)
    next_revision(tx)
    subject = f"city:{get_city(tx).name}"
    add_event(tx, now, actor, "policy.set", subject, before, {"policy": text})
    open_missing_jobs(tx, actor, network, now)
    return policy
