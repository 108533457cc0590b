"""What runs beside answering: in the server itself, or where positions are digested."""

from api.config.clock import Clock
from api.processes.ingest.evidence_process import writing_tasks
from api.server.app import open_city
from api.server.running import periodic_tasks


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
