from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from data.errors import InvalidError
from data.model import Device, DeviceId, LonLat, VehicleId
from fleet.tracking.position_formats import (
    Rejected,
    position_from_osmand,
    position_from_traccar,
    positions_from_batch,
)

NOW = datetime(2026, 12, 21, 4, 0, tzinfo=UTC)
DEVICE = Device(DeviceId(5), "truck-5", VehicleId(7), "hash")
HERE = LonLat(45.07, 37.55)


def an_entry(**changes: Any) -> dict[str, Any]:
    return {"fixed_at": "2026-12-21T04:00:00Z", "lat": 37.55, "lon": 45.07, **changes}


def test_a_batch_keeps_what_the_device_said() -> None:
    entry = an_entry(
        fixed_at="2026-12-21T07:29:00+03:30",
        speed_mps=7.5,
        heading_deg=361,
        accuracy_m=4,
        blade=True,
        spreader=False,
        material="salt",
        rate_gm2=20,
    )
    (fix,) = positions_from_batch([entry], DEVICE, NOW).positions
    assert (fix.device_id, fix.vehicle_id, fix.source) == (5, 7, "api")
    assert fix.fixed_at == NOW - timedelta(minutes=1)
    assert fix.received_at == NOW
    assert fix.location == HERE
    assert (fix.speed_mps, fix.heading_deg, fix.accuracy_m) == (7.5, 1.0, 4.0)
    assert (fix.blade, fix.spreader, fix.material, fix.rate_gm2) == (True, False, "salt", 20.0)


def test_a_device_without_a_blade_sensor_says_nothing_of_the_blade() -> None:
    fixes = positions_from_batch([an_entry(), an_entry(blade="none")], DEVICE, NOW).positions
    assert [fix.blade for fix in fixes] == [None, None]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"lat": 91}, "lat"),
        ({"lat": float("nan")}, "lat"),
        ({"lat": None}, "lat"),
        ({"lat": True}, "lat"),
        ({"lon": "east"}, "lon"),
        ({"lon": -180.5}, "lon"),
        ({"fixed_at": "1970-01-01T00:00:00Z"}, "early"),
        ({"fixed_at": "2026-12-21T04:00:00"}, "fixed_at"),
        ({"fixed_at": "yesterday"}, "fixed_at"),
        ({"fixed_at": None}, "fixed_at"),
        ({"fixed_at": 1766289600}, "fixed_at"),
        ({"speed_mps": -1}, "speed_mps"),
        ({"speed_mps": float("inf")}, "speed_mps"),
        ({"heading_deg": [1]}, "heading_deg"),
        ({"accuracy_m": "good"}, "accuracy_m"),
        ({"blade": "sideways"}, "blade"),
        ({"spreader": 3}, "spreader"),
        ({"material": 5}, "material"),
        ({"rate_gm2": -2}, "rate"),
    ],
)
def test_nonsense_is_rejected_by_the_name_of_its_field(
    changes: dict[str, Any], reason: str
) -> None:
    reading = positions_from_batch([an_entry(), an_entry(**changes)], DEVICE, NOW)
    assert reading.rejected == (Rejected(1, reason),)
    assert len(reading.positions) == 1


def test_an_entry_that_is_no_object_is_rejected_and_the_others_stay() -> None:
    reading = positions_from_batch(["nonsense", an_entry()], DEVICE, NOW)
    assert reading.rejected == (Rejected(0, "position"),)
    assert len(reading.positions) == 1


def osmand(**params: str) -> Any:
    return position_from_osmand(params, DEVICE, None, NOW)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("1797825600", datetime(2026, 12, 21, 4, 0, tzinfo=UTC)),
        ("1797825600500", datetime(2026, 12, 21, 4, 0, 0, 500_000, tzinfo=UTC)),
        ("2026-12-21T03:00:00Z", datetime(2026, 12, 21, 3, 0, tzinfo=UTC)),
        ("2026-12-21 07:00:00", datetime(2026, 12, 21, 3, 30, tzinfo=UTC)),
        ("", NOW),
    ],
)
def test_osmand_time_stamps_come_in_four_forms_or_not_at_all(text: str, moment: datetime) -> None:
    params = {"lat": "37.55", "lon": "45.07", "timestamp": text}
    tehran = ZoneInfo("Asia/Tehran")
    fix = position_from_osmand(params, DEVICE, None, NOW, tehran)
    assert fix is not None
    assert fix.fixed_at == moment


def test_osmand_speed_comes_in_knots() -> None:
    assert osmand(lat="37.55", lon="45.07", speed="10").speed_mps == pytest.approx(5.1444, 1e-4)


def test_osmand_takes_location_for_lat_and_lon_and_heading_for_bearing() -> None:
    fix = osmand(location="37.55,45.07", heading="90")
    assert (fix.location, fix.heading_deg) == (HERE, 90.0)


def test_osmand_carries_the_equipment_and_keeps_unknown_keys() -> None:
    fix = osmand(
        id="x", lat="37.55", lon="45.07", blade="down", spreader="off", batt="87.5", charge="true"
    )
    assert (fix.blade, fix.spreader) == (True, False)
    assert fix.attributes == {"batteryLevel": 87.5, "charge": True}


def test_osmand_without_a_place_repeats_the_last_one() -> None:
    fix = position_from_osmand({"blade": "up"}, DEVICE, HERE, NOW)
    assert fix is not None
    assert (fix.location, fix.blade) == (HERE, False)
    assert position_from_osmand({"blade": "up"}, DEVICE, None, NOW) is None


@pytest.mark.parametrize(
    ("key", "word", "kept"),
    [
        ("hdop", "0.9", {"hdop": 0.9}),
        ("batt", "87", {"batteryLevel": 87.0}),
        ("charge", "false", {"charge": False}),
        ("altitude", "1332.5", {"altitude": 1332.5}),
        ("driverUniqueId", "0042", {"driverUniqueId": "0042"}),
        ("notificationToken", "1e5", {"notificationToken": "1e5"}),
        ("cell", "432,11,9100,552", {"cell": "432,11,9100,552"}),
        ("wifi", "aa-bb-cc-dd-ee-ff,-70", {"wifi": "aa-bb-cc-dd-ee-ff,-70"}),
        ("valid", "1", {}),
        ("valid", "0", {"valid": False}),
        ("stormId", "7", {"stormId": 7.0}),
        ("crew", "night", {"crew": "night"}),
        ("in1", "1", {"in1": 1.0}),
        ("odd", "nan", {"odd": "nan"}),
        ("odd", "9" * 40, {"odd": "9" * 40}),
    ],
)
def test_every_other_key_of_osmand_is_kept_as_a_traccar_server_keeps_it(
    key: str, word: str, kept: dict[str, Any]
) -> None:
    assert osmand(lat="37.55", lon="45.07", **{key: word}).attributes == kept


@pytest.mark.parametrize(
    ("params", "speed_mps", "heading_deg", "accuracy_m"),
    [
        ({"speed": "0.0", "bearing": "0.0", "accuracy": "0.0"}, 0.0, 0.0, 0.0),
        ({"speed": "19.438", "heading": "360"}, 10.0, 0.0, None),
        # An iPhone that stands does not know where it heads, and says so by -1.
        ({"speed": "-1.94384449", "bearing": "-1.0", "accuracy": "-1"}, None, None, None),
    ],
)
def test_osmand_numbers(
    params: dict[str, str], speed_mps: float, heading_deg: float, accuracy_m: float
) -> None:
    fix = osmand(lat="37.55", lon="45.07", **params)
    assert fix.speed_mps == pytest.approx(speed_mps, abs=1e-3)
    assert (fix.heading_deg, fix.accuracy_m) == (heading_deg, accuracy_m)


def test_osmand_remembers_that_a_receiver_does_not_believe_itself() -> None:
    assert osmand(lat="37.55", lon="45.07", valid="false").attributes == {"valid": False}


@pytest.mark.parametrize(
    "params", [{"lat": "x", "lon": "1"}, {"lat": "1"}, {"location": "1"}, {"timestamp": "soon"}]
)
def test_osmand_nonsense_is_refused(params: dict[str, str]) -> None:
    with pytest.raises(InvalidError):
        position_from_osmand(
            {"lat": "1", "lon": "1"} | params if "timestamp" in params else params,
            DEVICE,
            None,
            NOW,
        )


def traccar(**changes: Any) -> dict[str, Any]:
    coords = {"latitude": 37.55, "longitude": 45.07, "accuracy": 5, "speed": 8.0, "heading": 90}
    location = {"timestamp": "2026-12-21T03:59:58.250Z", "coords": coords, "is_moving": True}
    return {"device_id": "secret", "location": location | changes}


def test_traccar_client_speaks_metres_per_second() -> None:
    fix = position_from_traccar(traccar(), DEVICE, None, NOW)
    assert fix is not None
    assert (fix.location, fix.speed_mps, fix.heading_deg) == (HERE, 8.0, 90.0)
    assert fix.fixed_at == datetime(2026, 12, 21, 3, 59, 58, 250_000, tzinfo=UTC)
    assert fix.attributes["motion"] is True


def test_traccar_client_says_unknown_by_less_than_zero() -> None:
    coords = {"latitude": 37.55, "longitude": 45.07, "speed": -1, "heading": -1}
    fix = position_from_traccar(traccar(coords=coords), DEVICE, None, NOW)
    assert fix is not None
    assert (fix.speed_mps, fix.heading_deg) == (None, None)


def test_traccar_extras_carry_the_equipment() -> None:
    message = traccar(extras={"blade": "down", "crew": "A"}, battery={"level": 0.5})
    fix = position_from_traccar(message, DEVICE, None, NOW)
    assert fix is not None
    assert fix.blade is True
    assert fix.attributes["crew"] == "A"
    assert fix.attributes["batteryLevel"] == 50.0


def test_a_traccar_heartbeat_repeats_the_last_place() -> None:
    fix = position_from_traccar(traccar(coords=None), DEVICE, HERE, NOW)
    assert fix is not None
    assert fix.location == HERE
    assert position_from_traccar(traccar(coords=None), DEVICE, None, NOW) is None


@pytest.mark.parametrize("body", [[], {}, {"location": 5}, traccar(coords={"latitude": 99})])
def test_traccar_nonsense_is_refused(body: object) -> None:
    with pytest.raises(InvalidError):
        position_from_traccar(body, DEVICE, None, NOW)


ANDROID = {
    "device_id": "secret",
    "location": {
        "event": "motionchange",
        "is_moving": False,
        "uuid": "8f1c6f2e-0f3a-4a5b-9d0e-6a1f3d1c9b11",
        "timestamp": "2026-12-21T03:59:30.120Z",
        "age": 12,
        "odometer": 1204.5,
        "coords": {
            "latitude": 37.55,
            "longitude": 45.07,
            "accuracy": 4.2,
            "speed": 3.5,
            "speed_accuracy": 0.4,
            "heading": 271.3,
            "heading_accuracy": 5,
            "altitude": 1330.1,
            "altitude_accuracy": 1.5,
            "ellipsoidal_altitude": 1330.1,
        },
        "activity": {"type": "in_vehicle", "confidence": 100},
        "battery": {"is_charging": True, "level": 0.93},
        "mock": False,
        "extras": {"blade": "down", "spreader": "off"},
    },
}
IPHONE = {
    "device_id": "secret",
    "location": {
        "event": "heartbeat",
        "is_moving": False,
        "uuid": "D8C7F8AE-2C5B-4C55-8A5B-0D0C7B9E5F21",
        "timestamp": "2026-12-21T03:59:30.000Z",
        "odometer": 0,
        "coords": {
            "latitude": 37.55,
            "longitude": 45.07,
            "accuracy": 14.1,
            "speed": -1,
            "speed_accuracy": -1,
            "heading": -1,
            "heading_accuracy": -1,
            "altitude": 1329.7,
            "altitude_accuracy": 9.2,
            "ellipsoidal_altitude": 1351.0,
            "floor": None,
        },
        "activity": {"type": "unknown", "confidence": 75},
        "battery": {"is_charging": False, "level": -1},
        "extras": {},
    },
}


def test_traccar_client_on_android() -> None:
    fix = position_from_traccar(ANDROID, DEVICE, None, NOW)
    assert fix is not None
    assert fix.fixed_at == datetime(2026, 12, 21, 3, 59, 30, 120_000, tzinfo=UTC)
    assert (fix.location, fix.speed_mps, fix.heading_deg) == (HERE, 3.5, 271.3)
    assert (fix.accuracy_m, fix.blade, fix.spreader) == (4.2, True, False)
    assert fix.attributes == {
        "event": "motionchange",
        "motion": False,
        "odometer": 1204.5,
        "mock": False,
        "altitude": 1330.1,
        "batteryLevel": 93.0,
        "charge": True,
        "activity": "in_vehicle",
    }


def test_traccar_client_on_an_iphone_says_less() -> None:
    fix = position_from_traccar(IPHONE, DEVICE, None, NOW)
    assert fix is not None
    assert (fix.location, fix.speed_mps, fix.heading_deg) == (HERE, None, None)
    assert (fix.accuracy_m, fix.blade) == (14.1, None)
    assert fix.attributes == {
        "event": "heartbeat",
        "motion": False,
        "odometer": 0,
        "altitude": 1329.7,
        "charge": False,
        "activity": "unknown",
    }
