"""What runs beside answering: in the server itself, or where positions are digested."""

import threading

from api.config.clock import Clock
from api.processes.ingest.evidence_process import writing_tasks
from api.server.app import create_app, open_city
from api.server.running import periodic_tasks
from tests.api.conftest import TestClient


def test_each_task_runs_in_the_server_or_where_positions_are_digested(settings, city_folder):
    alone, served = (open_city(settings, city_folder, Clock(), apart=one) for one in (False, True))
    beside = [
        *writing_tasks(served.engine, served.clock, served.city_state, served.hub),
        served.replay_task,
    ]
    both = sorted(type(task).__name__ for task in (*periodic_tasks(served), *beside))
    assert both == sorted(type(task).__name__ for task in periodic_tasks(alone))
    for app in (alone, served):
        app.engine.dispose()


def test_the_tasks_run_as_long_as_the_server(settings, city_folder, clock):
    before = set(threading.enumerate())
    with TestClient(create_app(settings, city_folder, clock)) as client:
        tasks = {type(task).__name__ for task in periodic_tasks(client.app.state.barfrub)}
        begun = [each for each in set(threading.enumerate()) - before if each.name in tasks]
        assert {each.name for each in begun} == tasks
    assert [each.name for each in begun if each.is_alive()] == []
