"""Whatever mappers do to a town in a storm, its records fit together afterwards."""

from datetime import timedelta
from random import Random

import pytest

from data.geocode import Geocoder
from data.model import JobState, Override, RequestKind, RequestState, ServiceClass
from data.store.audit.audit_log import broken_links, list_events
from data.store.database.city_database import database_of
from data.store.database.engine import reading, transaction
from data.store.requests.requests import list_requests
from data.store.setup.city import get_city, get_policy
from data.store.streets.network import list_former_segments, list_restrictions, load_network
from data.store.streets.service_levels import list_levels, list_overrides, save_overrides
from data.store.work import list_jobs, set_job_state
from fleet.context import CityContext
from fleet.requests.intake import Report, receive
from fleet.requests.placing import locate
from fleet.routes.published_plan import PublishedPlanCache
from fleet.setup.city_setup import NewCity, add_city
from fleet.setup.street_update import compare, take_over
from fleet.storms.storm_start import start_storm
from tests.data.osm.osm_files import a_node, a_sign, a_way, write_osm
from tests.fleet.setup.crossing import ACTOR, NOW
from tests.postgres import url_for_new_cities

SIDE = 5
ROADS = ("primary", "secondary", "residential", "living_street")


class Mappers:
    """A grid of streets that is edited, a little more each year."""

    def __init__(self, seed):
        self.random = Random(seed)  # noqa: S311 - edits, not secrets
        self.nodes = {self.node(x, y): (x, y) for x in range(SIDE) for y in range(SIDE)}
        self.ways = {}
        for n in range(SIDE):
            tags = {"highway": ROADS[n % 4], "name": f"خیابان {n}"}
            self.ways[100 + n] = ([self.node(x, n) for x in range(SIDE)], tags)
            self.ways[200 + n] = ([self.node(n, y) for y in range(SIDE)], tags)
        self.last = 1000

    @staticmethod
    def node(x, y):
        return 1 + x + SIDE * y

    def edit(self):
        hands = (self.cut, self.join_a_lane, self.turn, self.delete, self.move, self.retag)
        for _ in range(4):
            self.random.choice(hands)(self.random.choice(sorted(self.ways)))

    def new_id(self):
        self.last += 1
        return self.last

    def cut(self, way):
        nodes, tags = self.ways[way]
        if len(nodes) > 2:
            at = self.random.randrange(1, len(nodes) - 1)
            self.ways[way] = (nodes[: at + 1], tags)
            self.ways[self.new_id()] = (nodes[at:], tags)

    def join_a_lane(self, way):
        nodes, tags = self.ways[way]
        at = self.random.randrange(len(nodes) - 1)
        (ax, ay), (bx, by) = self.nodes[nodes[at]], self.nodes[nodes[at + 1]]
        middle, end = self.new_id(), self.new_id()
        self.nodes[middle] = ((ax + bx) / 2, (ay + by) / 2)
        self.nodes[end] = ((ax + bx) / 2 + 0.3, (ay + by) / 2 + 0.3)
        self.ways[way] = ([*nodes[: at + 1], middle, *nodes[at + 1 :]], tags)
        self.ways[self.new_id()] = ([middle, end], {"highway": "residential"})

    def turn(self, way):
        nodes, tags = self.ways[way]
        self.ways[way] = (nodes[::-1], tags)

    def delete(self, way):
        if len(self.ways) > 4:
            del self.ways[way]

    def move(self, way):
        x, y = self.nodes[self.ways[way][0][0]]
        self.nodes[self.ways[way][0][0]] = (x + 0.1, y + 0.1)

    def retag(self, way):
        nodes, tags = self.ways[way]
        oneway = self.random.choice(("yes", "no", "-1"))
        self.ways[way] = (nodes, tags | {"highway": self.random.choice(ROADS), "oneway": oneway})

    def write(self, path):
        nodes = [a_node(number, *place) for number, place in self.nodes.items()]
        ways = [a_way(number, refs, tags) for number, (refs, tags) in self.ways.items()]
        first, second = sorted(self.ways)[:2]
        sign = a_sign(1, "no_left_turn", ("w", first, "from"), ("n", 1, "via"), ("w", second, "to"))
        return write_osm(path, [*nodes, *ways, sign])


def people_ask(engine, random, now):
    with transaction(engine) as tx:
        network, policy = load_network(tx), get_policy(tx)
        geocoder = Geocoder(network, [])
        for segment in random.sample(network.segments, 4):
            pin = network.point_at(segment.id, segment.length_m * random.random())
            kind = random.choice([RequestKind.PLOW, RequestKind.ICE])
            asked = receive(tx, ACTOR, Report("phone", kind, location=pin), now)
            locate(
                CityContext(tx, network, policy, now),
                ACTOR,
                asked.id,
                geocoder,
                PublishedPlanCache(),
            )
        chosen = random.choice(network.segments).id
        save_overrides(tx, [Override(chosen, ServiceClass("P1"))])


def some_work_is_done(tx, storm, random):
    jobs = list_jobs(tx, storm.id, JobState.OPEN)
    done = [job.id for job in random.sample(jobs, 3)]
    taken = {each.job_id for each in list_requests(tx, {RequestState.OPEN})}
    set_job_state(tx, [each for each in done if each not in taken], JobState.DONE, NOW)


def assert_all_fits(tx, storm):
    network, policy = load_network(tx), get_policy(tx)
    present = {segment.id for segment in network.segments}
    former = list_former_segments(tx)
    jobs = list_jobs(tx, storm.id)
    open_jobs = {job.id: job for job in jobs if job.state is JobState.OPEN}
    assert get_city(tx).network_version == network.version
    assert not present & {each.id for each in former}
    assert {job.segment_id for job in open_jobs.values()} <= present
    for job in open_jobs.values():
        assert network.segment(job.segment_id).id == job.segment_id
    served = {job.segment_id for job in jobs}
    raised = list_levels(tx).keys()
    wanted = {s.id for s in network.segments if policy.rule_of(s).cycle is not None}
    assert wanted - raised <= served
    for request in list_requests(tx, {RequestState.OPEN}):
        assert open_jobs[request.job_id].segment_id == request.snap.segment_id
    for request in list_requests(tx, {RequestState.NEW}):
        assert request.job_id is None
        assert request.snap is None or request.snap.segment_id in present
    assert list_overrides(tx).keys() <= present
    signs = list_restrictions(tx)
    assert {sign.from_segment for sign in signs} | {sign.to_segment for sign in signs} <= present
    assert broken_links(list_events(tx)) == []


@pytest.mark.parametrize("seed", range(4))
def test_records_fit_together_after_years_of_edits(tmp_path, seed):
    mappers, random = Mappers(seed), Random(seed)  # noqa: S311 - calls, not secrets
    folder = tmp_path / "cities" / "town"
    file = mappers.write(tmp_path / "0.osm")
    add_city(folder, NewCity("town", file, database_url=url_for_new_cities()), NOW, ACTOR)
    engine = database_of(folder)
    with transaction(engine) as tx:
        storm = start_storm(tx, ACTOR, "snow", load_network(tx), get_policy(tx), NOW)
    ids = set()
    for year in range(1, 4):
        now = NOW + timedelta(hours=year)
        people_ask(engine, random, now)
        with transaction(engine) as tx:
            some_work_is_done(tx, storm, random)
        mappers.edit()
        with reading(engine) as tx:
            newer = compare(tx, mappers.write(tmp_path / f"{year}.osm"))
        take_over(engine, folder, newer, now, ACTOR)
        assert not ids & set(newer.difference.new), "no id is given twice"
        ids |= {*newer.difference.new, *newer.difference.unchanged, *newer.difference.changed}
        with reading(engine) as tx:
            assert_all_fits(tx, storm)
            assert compare(tx, tmp_path / f"{year}.osm").difference.changed == ()
    engine.dispose()
