"""Positions by MQTT, through a real Mosquitto."""

import json
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from api.config.settings import Settings
from data.model import DeviceId
from data.store.database.engine import transaction
from data.store.tracking.positions import list_unseen
from data.store.tracking.tracker_state import list_faults
from data.store.tracking.unknown_trackers import list_unknown_trackers
from fleet.tracking.trackers import queue_command
from tests import village as v
from tests.village_database import DISPATCHER

MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
LONGEST_S = 240.0
TST = int(v.NOW.timestamp())
LOCATION = {"_type": "location", "lat": 37.55, "lon": 45.07, "tst": TST, "vel": 36}

pytestmark = [
    pytest.mark.skipif(MOSQUITTO is None, reason="mosquitto is not installed"),
    pytest.mark.usefixtures("device"),
]


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[int]:
    with socket.socket() as protocol:
        protocol.bind(("127.0.0.1", 0))
        port = int(protocol.getsockname()[1])
    config = tmp_path / "mosquitto.conf"
    config.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\n")
    process = subprocess.Popen(
        [str(MOSQUITTO), "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    yield port
    process.terminate()
    process.wait()


class Truck:
    """A tracker that is connected and listens for texts."""

    def __init__(self, port: int) -> None:
        self.texts: list[tuple[str, bytes]] = []
        self.told, self.ready = threading.Event(), threading.Event()
        self.client = Client(CallbackAPIVersion.VERSION2, client_id="truck")
        self.client.on_connect = self._connected
        self.client.on_subscribe = lambda *_: self.ready.set()
        self.client.on_message = self._heard
        self.client.connect_async("127.0.0.1", port)
        self.client.loop_start()

    def _connected(self, client: Client, *_rest: object) -> None:
        client.subscribe([("owntracks/+/+/cmd", 1)])

    def _heard(self, _client: Client, _userdata: object, message: MQTTMessage) -> None:
        self.texts.append((message.topic, bytes(message.payload)))
        self.told.set()

    def say(self, topic: str, message: object) -> None:
        """Send, so that whoever subscribes later gets it too: servers start when they can."""
        sent = self.client.publish(topic, json.dumps(message), qos=1, retain=True)
        sent.wait_for_publish(LONGEST_S)


@pytest.fixture
def truck(broker: int) -> Iterator[Truck]:
    truck = Truck(broker)
    assert truck.ready.wait(LONGEST_S)
    yield truck
    truck.client.disconnect()
    truck.client.loop_stop()


@pytest.fixture
def settings(settings: Settings, broker: int) -> Settings:
    return settings.model_copy(update={"mqtt_host": "127.0.0.1", "mqtt_port": broker})


def test_positions_come_by_both_kinds_of_topic_and_texts_go_back(app: Any, truck: Truck) -> None:
    with transaction(app.engine) as tx:
        command = queue_command(tx, DISPATCHER, DeviceId(1), "reportLocation", v.NOW)
    app.position_ingest.commands.expect(command.device_id)
    stored, came, note = threading.Event(), [], app.position_ingest.tracker_stats.record_positions

    def noted(positions: Any) -> None:
        note(positions)
        came.extend(positions)
        if len(came) == 2:
            stored.set()

    app.position_ingest.tracker_stats.record_positions = noted
    fix = {"fixed_at": v.NOW.isoformat(), "lat": 37.5, "lon": 45.0, "blade": True}
    truck.say("owntracks/nobody/phone", LOCATION)
    truck.say("barfrub/nobody/positions", "not a batch")
    truck.say("owntracks/truck-1/phone", LOCATION)
    assert truck.told.wait(LONGEST_S)
    truck.say("barfrub/truck-1/positions", {"positions": [fix, fix | {"lat": 91}]})
    assert stored.wait(LONGEST_S)
    app.position_ingest.tracker_stats.write()
    with transaction(app.engine) as tx:
        fixes = list_unseen(tx, 10)[0]
        unknown_trackers = {one.name for one in list_unknown_trackers(tx)}
        faults = [(fault.reason, fault.times) for fault in list_faults(tx)]
    assert {(one.source, one.blade) for one in fixes} == {("owntracks", None), ("api", True)}
    assert unknown_trackers == {"nobody/phone", "nobody"}
    assert faults == [("lat", 1)]
    assert truck.texts == [
        ("owntracks/truck-1/phone/cmd", b'{"_type": "cmd", "action": "reportLocation"}')
    ]
