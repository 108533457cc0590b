from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.errors import CityFileError, ConflictError, InvalidError, NotFoundError
from data.model import Actor, ActorKind, Treatment
from data.policy.city_policy import DEFAULT_POLICY
from data.setup.fleet_file import URMIA_FLEET, fleet_from_toml
from data.store.audit.audit_log import list_events
from data.store.database.city_database import database_of
from data.store.database.engine import reading, transaction
from data.store.setup.city import get_city, get_policy, get_policy_text, get_report
from data.store.setup.machines import list_depots, list_reload_sites, list_vehicles
from data.store.streets.districts import list_districts
from data.store.streets.network import load_network
from data.store.streets.places import list_places
from fleet.setup.city_files import read_city_file
from fleet.setup.city_setup import STEPS, NewCity, add_city, set_fleet, set_policy
from tests.data.osm.osm_files import a_node, a_sign, a_way, nodes, write_osm
from tests.data.setup.polygon_files import write_polygons
from tests.postgres import WANTED, url_for_new_cities

NOW = datetime(2026, 12, 21, 4, 0, tzinfo=UTC)
ACTOR = Actor(ActorKind.SYSTEM, "test")
PRIMARY = {"highway": "primary", "name": "خیابان امام", "name:en": "Imam Street"}


@pytest.fixture
def street_file(tmp_path):
    school = a_node(20, 0.5, 0.1, {"amenity": "school", "name": "دبستان"})
    house = a_node(21, 1.5, 0.1, {"addr:housenumber": "7", "addr:street": "خیابان امام"})
    sign = a_sign(1, "no_left_turn", ("w", 10, "from"), ("n", 2, "via"), ("w", 12, "to"))
    ways = [
        a_way(10, [1, 2], PRIMARY),
        a_way(11, [2, 3], PRIMARY),
        a_way(12, [2, 4]),
        a_way(13, [2, 5], oneway="yes"),
    ]
    return write_osm(tmp_path / "town.osm.pbf", [*nodes(), school, house, *ways, sign])


FILES_OF_DATABASE = (
    {"database.toml"}
    if WANTED
    else {"barfrub.sqlite", "barfrub.sqlite-head", "barfrub.sqlite-turn"}
)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "cities" / "town"


@pytest.fixture
def engine(folder, street_file):
    url = url_for_new_cities()
    add_city(folder, NewCity("town", street_file, "Asia/Tehran", database_url=url), NOW, ACTOR)
    engine = database_of(folder)
    yield engine
    engine.dispose()


def test_a_city_is_whole_after_its_import(folder, engine):
    assert {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} == {
        *FILES_OF_DATABASE,
        "policy.toml",
        "fleet.toml",
        "tiles/streets.pmtiles",
    }
    assert [path.name for path in folder.parent.iterdir()] == ["town"]


def test_the_report_counts_what_the_file_holds(engine):
    with reading(engine) as tx:
        report = get_report(tx)
    counts = ("name", "segments", "junctions", "restrictions", "addresses", "places")
    assert [report[key] for key in counts] == ["town", 4, 5, 1, 1, 1]
    assert (report["named_share"], report["oneway_share"]) == (0.5, 0.25)
    assert report["length_km"] == pytest.approx(0.399, abs=0.002)
    assert report["unreachable"] == 1  # nobody comes back from the one-way dead end


def test_the_stored_network_is_the_imported_one(engine):
    with reading(engine) as tx:
        assert load_network(tx).version == get_city(tx).network_version == get_report(tx)["version"]
        assert get_city(tx).timezone == "Asia/Tehran"
        assert [place.kind for place in list_places(tx)] == ["school", "address"]


def test_a_new_city_has_the_default_policy_and_a_fleet_at_assumed_depots(folder, engine):
    with reading(engine) as tx:
        assert get_policy_text(tx) == DEFAULT_POLICY
        assert len(list_vehicles(tx)) == 12
        assert all(depot.assumed for depot in list_depots(tx))
        assert {s.location for s in list_reload_sites(tx)} == {d.location for d in list_depots(tx)}
    written = fleet_from_toml((folder / "fleet.toml").read_text(encoding="utf-8"))
    assert written.depots
    assert all(depot.assumed for depot in written.depots)


def test_the_import_is_in_the_audit_log(engine):
    with reading(engine) as tx:
        (event,) = list_events(tx)
    assert (event.verb, event.subject, event.actor, event.at) == (
        "city.added",
        "city:town",
        ACTOR,
        NOW,
    )


def test_a_file_that_is_no_city_changes_nothing(folder, street_file):
    street_file.write_bytes(street_file.read_bytes()[:-40])
    with pytest.raises(CityFileError):
        add_city(folder, NewCity("town", street_file), NOW, ACTOR)
    assert not folder.parent.exists()


def test_an_unknown_time_zone_changes_nothing(folder, street_file):
    with pytest.raises(InvalidError, match="Mars/One"):
        add_city(folder, NewCity("town", street_file, timezone="Mars/One"), NOW, ACTOR)
    assert not folder.parent.exists()


def test_a_city_that_exists_is_not_replaced(folder, engine, street_file):
    with reading(engine) as tx:
        before = get_report(tx), list_events(tx)
    with pytest.raises(ConflictError, match="town"):
        add_city(folder, NewCity("town", street_file), NOW, ACTOR)
    with reading(engine) as tx:
        assert (get_report(tx), list_events(tx)) == before


def test_an_unknown_kind_of_file_is_refused(tmp_path):
    with pytest.raises(CityFileError, match=r"\.osm\.pbf"):
        read_city_file(Path("town.docx"))
    with pytest.raises(NotFoundError):
        read_city_file(tmp_path / "none.geojson")


def test_a_new_fleet_replaces_the_old_one(engine):
    with transaction(engine) as tx:
        network = load_network(tx)
        set_fleet(tx, ACTOR, URMIA_FLEET, network, NOW)
        machines = list_vehicles(tx)
        assert len(machines) == 66
        assert {depot.id for depot in list_depots(tx)} == {machine.depot_id for machine in machines}
        event = list_events(tx)[-1]
    assert (event.verb, event.before["vehicles"], event.after["vehicles"]) == ("fleet.set", 12, 66)


def test_a_fleet_with_a_depot_changes_what_is_unreachable(engine):
    depot = '[[depot]]\nname = "Far end"\nlon = 45.071\nlat = 37.549\n'  # where the one-way ends
    with transaction(engine) as tx:
        set_fleet(tx, ACTOR, depot + URMIA_FLEET, load_network(tx), NOW)
        report = get_report(tx)
    assert (report["depots"], report["depots_assumed"]) == (1, 0)
    assert report["unreachable"] == 4


def test_a_wrong_fleet_changes_nothing(engine):
    with pytest.raises(InvalidError), transaction(engine) as tx:
        set_fleet(tx, ACTOR, URMIA_FLEET.replace("count = 13", "count = 0"), load_network(tx), NOW)
    with reading(engine) as tx:
        assert len(list_vehicles(tx)) == 12


def test_a_new_policy_is_in_force_and_the_book_keeps_both(engine):
    stricter = DEFAULT_POLICY.replace("deadline_h = 4", "deadline_h = 2")
    with transaction(engine) as tx:
        set_policy(tx, ACTOR, stricter, load_network(tx), NOW)
        rule = next(iter(get_policy(tx).rules.values()))
        event = list_events(tx)[-1]
    assert rule.deadline.total_seconds() == 7200
    assert (event.before["policy"], event.after["policy"]) == (DEFAULT_POLICY, stricter)


def test_a_wrong_policy_changes_nothing(engine):
    with pytest.raises(InvalidError), transaction(engine) as tx:
        set_policy(tx, ACTOR, "[class.P1]", load_network(tx), NOW)
    with reading(engine) as tx:
        assert get_policy_text(tx) == DEFAULT_POLICY


def test_default_machines_can_plow(engine):
    with reading(engine) as tx:
        assert all(Treatment.PLOW in machine.capabilities for machine in list_vehicles(tx))


def test_a_boundary_and_districts_shape_the_city(folder, street_file, tmp_path):
    north = write_polygons(tmp_path / "north.geojson", [({}, (-400, -10, 500, 200))])
    districts = write_polygons(
        tmp_path / "d.geojson", [({"name": "منطقهٔ ۱"}, (-400, -10, 500, 200))]
    )
    report = add_city(
        folder,
        NewCity("town", street_file, boundary=north, districts=districts, language="fa"),
        NOW,
        ACTOR,
    )
    assert report["segments"] == 3, "the dead end to the south lies outside"
    with reading(database_of(folder)) as tx:
        home = get_city(tx)
        assert home.boundary.startswith("POLYGON")
        assert home.language == "fa"
        assert {segment.district for segment in load_network(tx).segments} == {"منطقهٔ ۱"}
        assert [district.name for district in list_districts(tx)] == ["منطقهٔ ۱"]


def test_an_import_says_how_far_it_is(folder, street_file):
    heard = []
    add_city(folder, NewCity("town", street_file), NOW, ACTOR, report=heard.append)
    assert tuple(heard) == STEPS


def test_a_language_without_texts_is_refused(folder, street_file):
    with pytest.raises(InvalidError, match="language"):
        add_city(folder, NewCity("town", street_file, language="de"), NOW, ACTOR)
    assert not folder.exists()
