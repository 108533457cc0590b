"""Changes that one server of a city publishes reach the hubs of all the others.

They go through a table; PostgreSQL notifies the other servers of the rows' numbers. Places of
vehicles are read from their own table, which has the newest of each.
"""

import json
import logging
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from pydantic_core import to_json

from api.processes.periodic_task import PeriodicTask
from data.model import LastPlace, VehicleId
from data.store.cluster.hub_changes import (
    Notifications,
    NotificationsBrokenError,
    add_changes,
    list_changes,
    remove_old_changes,
)
from data.store.database.engine import Database, DatabaseUnavailable, momentary, reading
from data.store.tracking.last_places import list_last_places, save_last_places
from fleet.tracking.live_fleet import HasId, Hub, LiveFleet, Published, item_key

GATHER_S = 0.1
"""Pause between two rows of changes, so that they come in bunches."""

REMOVE_EVERY_S = 30.0
"""Time between two removals of old rows on a quiet server; a busy one removes more often."""

LISTEN_S = 1.0
"""Longest wait for a notification, so that a stop is obeyed soon."""

AGAIN_S = 1.0
"""Pause before another try where the database cannot be reached."""

VEHICLES = "vehicles"

OWN = frozenset({"city"})
"""Kinds that each server finds out by itself."""

type Handlers = Mapping[str, Callable[[Sequence[Any]], object]]

_log = logging.getLogger(__name__)


class SharedView(dict[str, Any]):
    """A view that another server published, as its JSON."""

    def __init__(self, item_id: int, view: Mapping[str, Any], version: int | None = None) -> None:
        super().__init__(view)
        self.id = item_id
        self.version = version


class ChangeBridge:
    """Passes changes between the hub of this server and those of the others.

    `handlers` are called with the items of a kind before the hub publishes them; `on_places` with
    places, and it returns the views to publish. `on_gap` is called whenever changes may have been
    missed.
    """

    def __init__(
        self,
        engine: Database,
        hub: Hub,
        live: LiveFleet,
        handlers: Handlers,
        on_places: Callable[[Sequence[LastPlace]], Sequence[HasId]],
        on_gap: Callable[[], object],
    ) -> None:
        server = secrets.token_hex(8)
        self._sender = _Sender(engine, hub, live, server)
        self._receiver = _Receiver(engine, server, self._publish, self._resume)
        self._hub = hub
        self._handlers = handlers
        self._on_places = on_places
        self._on_gap = on_gap

    def start(self) -> None:
        """Hear of all changes from now on."""
        self._receiver.listen()
        self._receiver.start()
        self._sender.start()

    def stop(self) -> None:
        """Send what waits, then end."""
        self._sender.stop()
        self._receiver.stop()

    def _publish(self, changes: Mapping[str, Sequence[Any]], places: Sequence[LastPlace]) -> None:
        for kind, items in changes.items():
            if kind in self._handlers:
                self._handlers[kind](items)
            for version, each in groupby(items, _version):
                self._hub.publish(kind, list(each), self._sender.news, version)
        if places:
            self._hub.publish(VEHICLES, self._on_places(places), self._sender.news)

    def _resume(self) -> None:
        self._hub.forget_versions()
        self._sender.send_all_places()
        self._on_gap()


class _Sender(PeriodicTask):
    """Stores what this server publishes; `news` is its subscription."""

    pause_s = REMOVE_EVERY_S

    def __init__(self, engine: Database, hub: Hub, live: LiveFleet, server: str) -> None:
        super().__init__()
        self._engine = engine
        self._hub = hub
        self._live = live
        self._server = server
        self._unsent: dict[str, dict[int, Published]] = {}
        self.news = hub.subscribe(self.wake, own=True)

    def stop(self) -> None:
        super().stop()
        self._hub.unsubscribe(self.news)
        self._guarded_step()

    def send_all_places(self) -> None:
        """Store the places of all vehicles again: the table may have been emptied."""
        self.news.put(VEHICLES, [(int(one),) for one in self._live.picture()])

    def step(self) -> float:
        try:
            self.run()
        except DatabaseUnavailable:
            _log.warning("changes wait for the database")
            self.wake()
            return AGAIN_S
        return GATHER_S

    def run(self) -> None:
        """Store all changes since the last time; they stay for the next one where that fails."""
        for kind, changes in self.news.take_published():
            if kind not in OWN:
                self._unsent.setdefault(kind, {}).update(_by_key(changes))
        vehicles = [VehicleId(one) for one in self._unsent.get(VEHICLES, ())]
        with momentary(self._engine) as tx:
            if self._unsent:
                save_last_places(tx, self._live.places(vehicles))
                add_changes(tx, self._server, _packed(self._unsent))
            remove_old_changes(tx)
        self._unsent = {}


class _Receiver(PeriodicTask):
    """Reads what other servers publish."""

    pause_s = 0.0
    runs_at_once = True

    def __init__(
        self,
        engine: Database,
        server: str,
        on_changes: Callable[[Mapping[str, Sequence[Any]], Sequence[LastPlace]], object],
        on_connected: Callable[[], object],
    ) -> None:
        super().__init__()
        self._engine = engine
        self._server = server
        self._on_changes = on_changes
        self._on_connected = on_connected
        self._notifications = Notifications(engine)

    def stop(self) -> None:
        super().stop()
        self._notifications.close()

    def listen(self) -> bool:
        """Connect where that is not so; return whether notifications come.

        Only a connection whose gap was dealt with whole is kept.
        """
        try:
            if self._notifications.listen():
                self._on_connected()
        except (NotificationsBrokenError, *DatabaseUnavailable):
            _log.warning("changes of other servers are not heard: no database")
        except Exception:
            _log.exception("changes of other servers are not heard")
        else:
            return True
        self._notifications.close()
        return False

    def step(self) -> float:
        return 0.0 if self.run() else AGAIN_S

    def run(self) -> bool:
        """Wait for changes and pass them on; return whether that went well.

        Where it did not, what was taken is lost: the next connection is a new one, which is a gap.
        """
        if not self.listen():
            return False
        try:
            came = self._notifications.wait(LISTEN_S)
            numbers = [one.change_id for one in came if one.server != self._server]
            if numbers:
                self._pass_on(numbers)
        except (NotificationsBrokenError, *DatabaseUnavailable):
            _log.warning("changes of other servers may be lost: no database")
        except Exception:
            _log.exception("changes of other servers could not be passed on")
        else:
            return True
        self._notifications.close()
        return False

    def _pass_on(self, numbers: Sequence[int]) -> None:
        with reading(self._engine) as tx:
            changes = [_unpacked(text) for text in list_changes(tx, numbers)]
            vehicles = {VehicleId(one) for each in changes for one in each.pop(VEHICLES, ())}
            places = list_last_places(tx, vehicles) if vehicles else []
        for each in changes:
            self._on_changes(each, ())
        self._on_changes({}, places)


def _by_key(changes: Iterable[Published]) -> dict[int, Published]:
    return {item_key(one.item): one for one in changes}


def _version(item: object) -> int | None:
    return item.version if isinstance(item, SharedView) else None


def _packed(changes: Mapping[str, Mapping[int, Published]]) -> str:
    """Return changes as JSON: rows as they are, views beside their ids; vehicles by id alone."""
    plain = {
        kind: [*items] if kind == VEHICLES else [_plain(*each) for each in items.items()]
        for kind, items in changes.items()
    }
    return to_json(plain).decode()


def _plain(item_id: int, one: Published) -> object:
    if isinstance(one.item, tuple):
        return one.item
    return {"id": item_id, "view": one.item, "version": one.version}


def _unpacked(text: str) -> dict[str, list[Any]]:
    return {kind: [_read(item) for item in items] for kind, items in json.loads(text).items()}


def _read(item: object) -> object:
    """Return a row, a view or the id of a vehicle, as it was published."""
    match item:
        case {"id": int(item_id), "view": view, "version": int(version)}:
            return SharedView(item_id, view, version)
        case {"id": int(item_id), "view": view}:
            return SharedView(item_id, view)
        case list():
            return tuple(item)
    return item
