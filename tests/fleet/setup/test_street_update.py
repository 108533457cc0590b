import signal
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest

from data.errors import CityFileError, ConflictError
from data.model import (
    Override,
    ServiceClass,
)
from data.store.audit.audit_log import broken_links, list_events
from data.store.database.engine import reading, transaction
from data.store.setup.city import get_city, get_policy, get_report
from data.store.streets.network import last_segment_id, list_former_segments, load_network
from data.store.streets.service_levels import list_overrides, save_overrides
from data.store.work import list_jobs
from fleet.setup.city_setup import STEPS
from fleet.setup.street_update import compare, take_over
from tests.data.osm.osm_files import a_node, a_way
from tests.data.setup.polygon_files import write_polygons
from tests.fleet.setup.crossing import (
    ACTOR,
    EAST,
    LATER,
    NORTH,
    SOUTH,
    asked_at,
    middle_of,
    streets,
)


def test_a_dry_run_tells_all_and_changes_nothing(engine, storm, split):
    asked_at(engine, middle_of(engine, SOUTH))
    with transaction(engine) as tx:
        save_overrides(tx, [Override(EAST, ServiceClass("P2"))])
    with reading(engine) as tx:
        newer = compare(tx, split)
    found = newer.difference
    assert (found.unchanged, found.changed, found.new) == ((1, NORTH), (), (5, 6, 7))
    assert {each.segment.id: each.successors for each in found.gone} == {EAST: (5, 6), SOUTH: ()}
    assert (newer.jobs, newer.requests, newer.overrides) == (2, 1, 1)
    with reading(engine) as tx:
        assert len(load_network(tx).segments) == 4
        assert list_former_segments(tx) == []
        assert get_city(tx).revision == 0


def test_what_vanished_is_kept_with_its_successors(engine, update, split):
    update(split)
    with reading(engine) as tx:
        former = {each.id: each for each in list_former_segments(tx)}
        assert {segment.id for segment in load_network(tx).segments} == {1, NORTH, 5, 6, 7}
    assert former[EAST].successors == (5, 6)
    assert former[SOUTH].successors == ()
    assert former[EAST].names[""] == ("خیابان امام",)
    assert former[EAST].gone_at == LATER


def test_ids_of_vanished_streets_are_never_given_again(engine, update, split, write):
    update(split)
    update(write("old-again.osm", streets()))
    update(split)
    with reading(engine) as tx:
        present = {segment.id for segment in load_network(tx).segments}
        former = {each.id for each in list_former_segments(tx)}
        assert last_segment_id(tx) == max(present | former)
    assert not present & former
    assert former == {EAST, SOUTH, 5, 6, 7, 8, 9}


def test_the_city_stands_on_the_newer_file(engine, folder, update, split):
    told = update(split)
    with reading(engine) as tx:
        city, report, network = get_city(tx), get_report(tx), load_network(tx)
    assert city.network_version == report["version"] == network.version
    assert (city.revision, city.timezone) == (1, "Asia/Tehran")
    assert (report["file"], report["segments"], report["imported_at"]) == (
        "new.osm",
        5,
        LATER.isoformat(),
    )
    assert report["depots"] >= 1
    assert [told[key] for key in ("kept", "changed", "new", "gone")] == [2, 0, 3, 2]


def test_tiles_are_replaced_and_nothing_is_left_beside_them(folder, update, write):
    old = (folder / "tiles" / "streets.pmtiles").read_bytes()
    school = a_node(30, 0.2, 0.2, {"amenity": "school", "name": "دبستان"})
    mosque = a_node(31, 0.4, 0.1, {"amenity": "place_of_worship", "religion": "muslim"})
    update(write("new.osm", streets(south=None, more=[school, mosque])))
    assert (folder / "tiles" / "streets.pmtiles").read_bytes() != old
    assert (folder / "tiles" / "places.pmtiles").exists()
    update(write("newer.osm", streets(south=None)))
    assert not (folder / "tiles" / "places.pmtiles").exists()
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


def test_a_decision_about_a_cut_street_goes_to_its_pieces(engine, update, split):
    decided = Override(EAST, ServiceClass("P2"), timedelta(hours=3), "ambulance")
    with transaction(engine) as tx:
        save_overrides(tx, [decided, Override(SOUTH, ServiceClass("P4"))])
    told = update(split)
    with reading(engine) as tx:
        found = list_overrides(tx)
        policy, network = get_policy(tx), load_network(tx)
    assert found == {each: replace(decided, segment_id=each) for each in (5, 6)}
    assert policy.class_of(network.segment(5)) == ServiceClass("P2")
    assert told["overrides_passed_on"] == 2


def test_an_override_of_a_street_that_stays_stays(engine, update, split):
    decided = Override(NORTH, ServiceClass("P1"))
    with transaction(engine) as tx:
        save_overrides(tx, [decided])
    update(split)
    with reading(engine) as tx:
        assert list_overrides(tx) == {NORTH: decided}


def test_a_comparison_that_is_out_of_date_is_refused(engine, folder, update, split, write):
    with reading(engine) as tx:
        stale = compare(tx, split)
    update(write("other.osm", streets(south=None)))
    with pytest.raises(ConflictError) as refused:
        take_over(engine, folder, stale, LATER, ACTOR)
    assert refused.value.reason == "streets_changed"
    with reading(engine) as tx:
        assert get_report(tx)["file"] == "other.osm"


def test_a_failure_leaves_the_old_city_whole(engine, folder, split, monkeypatch):
    def broken(*_):
        raise OSError("disk full")

    tiles = (folder / "tiles" / "streets.pmtiles").read_bytes()
    with reading(engine) as tx:
        newer, version = compare(tx, split), get_city(tx).network_version
    monkeypatch.setattr("fleet.setup.street_update._put_tiles", broken)
    with pytest.raises(OSError, match="disk full"):
        take_over(engine, folder, newer, LATER, ACTOR)
    with reading(engine) as tx:
        assert get_city(tx).network_version == load_network(tx).version == version
        assert list_former_segments(tx) == []
    assert (folder / "tiles" / "streets.pmtiles").read_bytes() == tiles
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


def test_a_file_that_is_no_city_changes_nothing(engine, tmp_path):
    broken = tmp_path / "broken.osm.pbf"
    broken.write_bytes(b"\0\0")
    with reading(engine) as tx, pytest.raises(CityFileError, match=r"broken\.osm\.pbf"):
        compare(tx, broken)


def test_boundary_and_districts_hold_for_the_newer_file_too(engine, update, split, tmp_path):
    box = (-400, -10, 500, 300)
    boundary = write_polygons(tmp_path / "b.geojson", [({}, box)])
    districts = write_polygons(tmp_path / "d.geojson", [({"name": "منطقهٔ ۱"}, box)])
    update(split, boundary=boundary, districts=districts)
    update(split)
    with reading(engine) as tx:
        assert get_city(tx).boundary is not None
        assert {segment.district for segment in load_network(tx).segments} == {"منطقهٔ ۱"}


def test_alleys_come_only_where_they_are_wanted(engine, update, write):
    alley = a_way(30, [3, 7], {"highway": "service", "service": "alley"})
    file = write("alleys.osm", streets(more=[alley]))
    assert update(file)["new"] == 0
    assert update(file, services=True)["new"] == 1
    assert update(file)["gone"] == 0, "what was chosen last holds"


def test_service_ways_come_with_a_newer_file_as_no_streets(engine, storm, update, write):
    with reading(engine) as tx:
        before, jobs = load_network(tx), list_jobs(tx, storm.id)
    found = update(write("yards.osm", streets(more=[a_way(30, [3, 7], {"highway": "service"})])))
    assert (found["new"], found["changed"], found["gone"]) == (0, 0, 0)
    assert (found["service_ways"], found["plan_superseded"]) == (1, False)
    with reading(engine) as tx:
        after = load_network(tx)
        assert list_jobs(tx, storm.id) == jobs
    assert [way.osm_way_id for way in after.service_ways] == [30]
    assert (after.segments, after.version) == (before.segments, before.version)
    assert update(write("older.osm", streets()))["service_ways"] == 0


def test_the_book_keeps_what_a_newer_file_changed(engine, storm, update, split):
    asked_at(engine, middle_of(engine, EAST))
    update(split)
    with reading(engine) as tx:
        event = list_events(tx, "city:town")[-1]
        assert broken_links(list_events(tx)) == []
    assert event.verb == "city.updated"
    assert (event.before["file"], event.after["file"]) == ("old.osm", "new.osm")
    assert (event.after["gone"], event.after["jobs_cancelled"]) == (2, 2)


def test_the_steps_of_a_take_over_are_told_as_of_an_import(engine, folder, split):
    heard = []
    with reading(engine) as tx:
        newer = compare(tx, split, report=heard.append)
    take_over(engine, folder, newer, LATER, ACTOR, report=heard.append)
    assert tuple(heard) == STEPS


KILLED_AT_WORK = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from data.model import Actor, ActorKind
from data.store.database.city_database import database_of
from data.store.database.engine import reading
from fleet.setup.street_update import compare, take_over
folder, file = Path(sys.argv[1]), Path(sys.argv[2])
database = database_of(folder)
with reading(database) as tx:
    newer = compare(tx, file)
def die(step):
    if step == "store":
        os.kill(os.getpid(), signal.SIGKILL)
now = datetime(2026, 12, 21, tzinfo=UTC)
take_over(database, folder, newer, now, Actor(ActorKind.SYSTEM, "test"), report=die)
"""


def test_a_take_over_that_is_killed_leaves_the_old_city_and_can_be_done_again(
    engine, folder, update, split
):
    tiles = (folder / "tiles" / "streets.pmtiles").read_bytes()
    command = [sys.executable, "-c", KILLED_AT_WORK, str(folder), str(split)]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    with reading(engine) as tx:
        assert get_report(tx)["file"] == "old.osm"
        assert len(load_network(tx).segments) == 4
    assert (folder / "tiles" / "streets.pmtiles").read_bytes() == tiles
    update(split)
    assert not [path for path in folder.iterdir() if path.name.startswith(".tiles")]
