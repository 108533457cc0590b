"""What runs beside answering as long as a city's server does: tasks, intakes, other servers."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api.processes.cluster.change_bridge import ChangeBridge
from api.processes.ingest.live_positions import ANNOUNCED
from api.processes.periodic_task import PeriodicTask
from api.processes.tasks.forecast_task import ForecastTask
from api.processes.tasks.weather_feed_task import WeatherFeedTask, feed_reader
from api.tracking.mqtt import Broker
from api.tracking.tracker_changes import COMMANDS, TRACKERS
from api.web.context import App
from data.model import DeviceId
from data.store.database.city_lock import holding
from data.store.database.engine import is_shared


@asynccontextmanager
async def running(web: FastAPI) -> AsyncIterator[None]:
    """Run all that a city's server does beside answering, then stop it."""
    app: App = web.state.barfrub
    broker, bridge, tasks = Broker(app), _bridge(app), periodic_tasks(app)
    loop = asyncio.get_running_loop()

    def on_leadership(leads: bool) -> None:
        app.boards.forget_colors()
        if leads:
            app.consumer.lead()
            for task in tasks:
                if task.runs_at_once:
                    task.wake()
            loop.call_soon_threadsafe(broker.start)
        else:
            app.consumer.give_up()
            asyncio.run_coroutine_threadsafe(broker.stop(), loop)

    with holding(app.folder):
        if bridge is not None:
            bridge.start()
        app.leadership.begin(on_leadership)
        for task in tasks:
            task.start(app.leadership.leads)
        app.position_ingest.start()
        app.report_ingest.start()
        yield
        await app.report_ingest.stop()
        await broker.stop()
        await app.position_ingest.stop()
        for task in reversed(tasks):
            await asyncio.to_thread(task.stop)
        await asyncio.to_thread(app.leadership.stop)
        if bridge is not None:
            await asyncio.to_thread(bridge.stop)
        await asyncio.to_thread(app.answers.stop)
        await asyncio.to_thread(app.boards.public_map.stop)
        app.photos.stop()
        app.engine.dispose()


def periodic_tasks(app: App) -> Sequence[PeriodicTask]:
    """Return the tasks that run in the server itself."""
    tasks = [
        app.consumer,
        app.notice_sender,
        WeatherFeedTask(app.engine, app.clock, app.city_state, feed_reader(app.settings)),
        ForecastTask(app.engine, app.clock, app.city_state, app.hub),
        app.cycle_task,
        app.alert_task,
        app.retention_task,
        app.clock_task,
        app.receipt_task,
        app.voice_task,
    ]
    if not app.consumer.apart:  # else they look where positions are digested
        tasks += [app.logbook_task, app.replay_task, app.audit_task, app.escalation_task]
    return tasks


def _bridge(app: App) -> ChangeBridge | None:
    """Return what connects this server with the others of the city, where there may be any."""
    if not is_shared(app.engine):
        return None
    commands, devices = app.position_ingest.commands, app.position_ingest.devices

    def expect(rows: Iterable[tuple[int]]) -> None:
        for (device_id,) in rows:
            commands.expect(DeviceId(device_id))

    def receive_colors(rows: Sequence[tuple[int, int, int]]) -> None:
        app.consumer.forget_colors()
        app.boards.receive_colors(rows)

    def on_gap() -> None:
        app.plans.forget()
        app.boards.forget_colors()
        app.consumer.reload_vehicles()
        devices.forget()
        app.feeds.cut_off()  # browsers read again what was forgotten; the rest asks the database
        commands.load()

    return ChangeBridge(
        app.engine,
        app.hub,
        app.live,
        {
            "coverage": receive_colors,
            ANNOUNCED: app.consumer.take_announced,
            COMMANDS: expect,
            TRACKERS: lambda _rows: devices.forget(),
        },
        app.consumer.take_places,
        on_gap,
    )
