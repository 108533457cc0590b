"""Positions over MQTT: `owntracks/USER/DEVICE` and batches on `barfrub/NAME/positions`.

A message is acknowledged to the broker once it is on the disk. Who may write to which topic is the
broker's to say: a tracker is known here by its topic alone.
"""

import asyncio
import json
import logging
from collections.abc import Mapping
from datetime import datetime

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from api.tracking.owntracks import MOST_BYTES as MOST_WORD_BYTES
from api.tracking.owntracks import command_of, take_message
from api.tracking.positions import MOST, MOST_BYTES
from api.tracking.tracker_auth import TrackerClaim, first_named, note_unknown_tracker
from api.web.context import App
from api.web.request_body import json_of
from data.errors import InvalidError
from data.model import Device
from data.store.database.engine import DatabaseUnavailable
from fleet.tracking.owntracks import names_of
from fleet.tracking.position_formats import positions_from_batch

TOPICS = (("owntracks/+/+", 1), ("barfrub/+/positions", 1))
"""Subscribed topics, with delivery at least once."""

RECONNECT_S = (1, 60)
"""First and longest pause before the broker is tried again."""

RETRY_S = 1.0
"""Pause before a message is stored again, where the database was busy."""

PROTOCOL = "mqtt"

_log = logging.getLogger(__name__)


class Broker:
    """A client of an MQTT broker in a thread; its session survives reconnects.

    `connected` says whether the broker answers.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self._client: Client | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.connected = False

    def start(self) -> None:
        """Connect where a broker is set; call it in the event loop of the server."""
        settings = self._app.settings
        if not settings.mqtt_host:
            return
        self._loop = asyncio.get_running_loop()
        self._client = client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id(self._app),
            clean_session=False,
            manual_ack=True,
        )
        if settings.mqtt_user:
            client.username_pw_set(settings.mqtt_user, settings.mqtt_password)
        if settings.mqtt_tls:
            client.tls_set()
        client.reconnect_delay_set(*RECONNECT_S)
        client.on_connect, client.on_disconnect = self._on_connect, self._on_disconnect
        client.on_message = self._on_message
        client.connect_async(settings.mqtt_host, settings.mqtt_port)
        client.loop_start()

    async def stop(self) -> None:
        """Disconnect; the broker keeps messages until the next start."""
        if self._client is not None:
            self._client.disconnect()
            await asyncio.to_thread(self._client.loop_stop)
            self._client = None

    def _on_connect(
        self,
        client: Client,
        _userdata: object,
        _flags: ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            _log.warning("the MQTT broker refuses us: %s", reason)
            return
        client.subscribe(list(TOPICS))
        self.connected = True
        _log.info("connected to the MQTT broker")

    def _on_disconnect(
        self,
        _client: Client,
        _userdata: object,
        _flags: DisconnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if self.connected:
            _log.warning("the MQTT broker is gone: %s", reason)
        self.connected = False

    def _on_message(self, _client: Client, _userdata: object, message: MQTTMessage) -> None:
        if self._loop is not None:
            asyncio.run_coroutine_threadsafe(self._take(message), self._loop)

    async def _take(self, message: MQTTMessage) -> None:
        """Store a message, then acknowledge it."""
        while True:
            try:
                await self.store(message.topic, bytes(message.payload))
                break
            except DatabaseUnavailable:
                await asyncio.sleep(RETRY_S)
            except Exception:  # one message must not hold up all the others
                _log.exception("a message on %s could not be taken", message.topic)
                break
        if self._client is not None:
            self._client.ack(message.mid, message.qos)

    async def store(self, topic: str, payload: bytes) -> None:
        """Store a message, or count its fault, and send what waits for the tracker."""
        kind, user, _ = topic.split("/", 2)
        ours = kind == "barfrub"
        names = (user,) if ours else names_of(topic, "", "", None)
        device = await first_named(self._app, names)
        body = _read(payload, MOST_BYTES if ours else MOST_WORD_BYTES)
        if device is None:
            await note_unknown_tracker(self._app, _claim(names, body))
            return
        if body is None:
            self._app.position_ingest.reject(device.id, "body")
        elif ours:
            await self._store_batch(device, body, self._app.clock.now())
        else:
            await take_message(self._app, device, body)
        text = await self._app.position_ingest.commands.take(device.id, self._app.clock.now())
        if text is not None and self._client is not None:
            to = f"barfrub/{user}/commands" if ours else f"{topic}/cmd"
            self._client.publish(to, text if ours else json.dumps(command_of(text)), qos=1)

    async def _store_batch(self, device: Device, body: Mapping[str, object], now: datetime) -> None:
        entries = body.get("positions")
        if not isinstance(entries, list) or len(entries) > MOST:
            self._app.position_ingest.reject(device.id, "positions")
            return
        batch = positions_from_batch(entries, device, now)
        for one in batch.rejected:
            self._app.position_ingest.reject(device.id, one.reason)
        await self._app.position_ingest.store(batch.positions)


def client_id(app: App) -> str:
    """Return what a city is called at its broker: two cities may have one display name."""
    return f"barfrub-{app.folder.name}"


def _read(payload: bytes, most_bytes: int) -> Mapping[str, object] | None:
    """Parse a message; `None` where it is malformed or too long."""
    if len(payload) > most_bytes:
        return None
    try:
        body = json_of(payload)
    except InvalidError:
        return None
    return body if isinstance(body, Mapping) else None


def _claim(names: tuple[str, ...], body: Mapping[str, object] | None) -> TrackerClaim:
    fields = body or {}
    return TrackerClaim(names, "", PROTOCOL, PROTOCOL, fields.get("lat"), fields.get("lon"))
