from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.config.settings import Settings
from api.simulation.demo_city import DEMO_MARK, SAMPLE_CITY
from api.simulation.demo_storm import enroll_everybody, fresh_city, name_of_storm, scene_of
from data.errors import ConflictError
from data.model import RoadClass, Role
from data.store.accounts.accounts import find_user_by_login, list_users
from data.store.crews.crew_jobs import list_crew_jobs
from data.store.crews.crew_register import list_crews
from data.store.database.city_address import PostgresAddress, address_of
from data.store.database.city_database import database_of
from data.store.database.engine import reading
from data.store.followup.referrals import list_agencies
from data.store.setup.city import get_city
from data.store.setup.machines import list_vehicles
from data.store.storms.storms import find_active_storm
from data.store.streets.districts import list_districts
from data.store.streets.network import load_network
from fleet.crews.crew_lists import published_lists
from tests.data.osm.osm_files import a_way, nodes, write_osm
from tests.postgres import WANTED, url_for_new_cities


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    scene = scene_of(Path(SAMPLE_CITY), None)
    settings = Settings(
        var=tmp_path_factory.mktemp("var"), database=url_for_new_cities(shared=True)
    )
    folder = fresh_city(settings, scene)
    assert set(enroll_everybody(folder, scene)) == set(Role)
    return folder


def test_the_persian_demo_has_language_clock_machines_and_snow(folder: Path):
    with reading(database_of(folder)) as tx:
        city, storm, vehicles = get_city(tx), find_active_storm(tx), list_vehicles(tx)
        districts = [district.name for district in list_districts(tx)]
        users, agencies = list_users(tx), list_agencies(tx)

    assert {user.name for user in users if user.login == "operator"} == {"لیلا احمدی"}
    assert [agency.kind for agency in agencies] == ["parks", "electricity"]
    assert (folder.name, city.name) == (SAMPLE_CITY, "برف‌آباد")
    assert (city.language, city.timezone) == ("fa", "Asia/Tehran")
    assert "OpenStreetMap" not in city.attribution
    assert {user.language for user in users} == {"fa"}
    assert Counter(one.owner for one in vehicles) == {"own": 14, "reserve": 1, "contractor": 1}
    assert vehicles[0].name == "برف‌روب ۱"
    assert storm is not None
    assert storm.name.startswith("برف ")
    assert not any(letter in "0123456789" for letter in storm.name)
    assert districts == [f"منطقهٔ {digit}" for digit in "۱۲۳۴۵"]


def test_its_streets_lie_in_districts_and_its_narrow_alleys_are_there(folder: Path):
    with reading(database_of(folder)) as tx:
        segments = load_network(tx).segments

    assert all(segment.district for segment in segments)
    assert sum(segment.road_class is RoadClass.ALLEY for segment in segments) > 20
    assert (folder / "tiles/water.pmtiles").is_file()


def test_its_two_crews_have_lists_and_somebody_signs_in_for_the_first(folder: Path):
    with reading(database_of(folder)) as tx:
        storm, crews = find_active_storm(tx), list_crews(tx)
        assert storm is not None
        lists = published_lists(tx, storm.id)
        jobs = list_crew_jobs(tx, storm.id)
        leader = find_user_by_login(tx, "crew")

    assert [crew.name for crew in crews] == ["گروه ۱", "گروه ۲"]
    assert leader is not None
    assert crews[0].user_id == leader.id
    assert set(lists) == {crew.id for crew in crews}
    assert sum(job.crew_id is None for job in jobs) >= 3


def test_a_demo_replaces_a_demo_only(tmp_path: Path):
    settings = Settings(var=tmp_path)
    own = settings.city_folder(SAMPLE_CITY)
    own.mkdir(parents=True)

    with pytest.raises(ConflictError, match="not a demo"):
        fresh_city(settings, scene_of(Path(SAMPLE_CITY), None))
    assert not (own / DEMO_MARK).exists()


def test_a_demo_takes_the_place_of_an_older_one_where_new_cities_are(tmp_path: Path):
    town = write_osm(tmp_path / "town.osm", [*nodes(), a_way(10, [1, 2, 3]), a_way(11, [4, 2, 5])])
    settings = Settings(var=tmp_path, database=url_for_new_cities())
    scene = scene_of(town, None)
    older = fresh_city(settings, scene)
    enroll_everybody(older, scene)
    folder = fresh_city(settings, scene)

    assert folder == older
    assert isinstance(address_of(folder), PostgresAddress) == WANTED
    with reading(database_of(folder)) as tx:
        assert list_users(tx) == []


def test_a_storm_is_called_in_both_languages_where_nobody_knows_which_is_spoken():
    begun = datetime(2026, 11, 26, 22, tzinfo=UTC)
    assert name_of_storm("fa", "Asia/Tehran", begun) == "برف جمعه ۶ آذر ۱۴۰۵"
    assert name_of_storm("", "Europe/Stockholm", begun) == (
        "Snow of Thursday 26 November 2026 · برف پنج‌شنبه ۵ آذر ۱۴۰۵"
    )
