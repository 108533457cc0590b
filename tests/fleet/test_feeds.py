from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from data.errors import InvalidError
from data.model import Device, DeviceId, LonLat, VehicleId
from fleet.feeds import (
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
        ({"fixed_at": "2026-12-21T04:06:00Z"}, "future"),
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
    assert fix.attributes == {"batt": 87.5, "charge": True}


def test_osmand_without_a_place_repeats_the_last_one() -> None:
    fix = position_from_osmand({"blade": "up"}, DEVICE, HERE, NOW)
    assert fix is not None
    assert (fix.location, fix.blade) == (HERE, False)
    assert position_from_osmand({"blade": "up"}, DEVICE, None, NOW) is None


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
    assert fix.attributes["is_moving"] is True


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
    assert fix.attributes["battery"] == 0.5


def test_a_traccar_heartbeat_repeats_the_last_place() -> None:
    fix = position_from_traccar(traccar(coords=None), DEVICE, HERE, NOW)
    assert fix is not None
    assert fix.location == HERE
    assert position_from_traccar(traccar(coords=None), DEVICE, None, NOW) is None


@pytest.mark.parametrize("body", [[], {}, {"location": 5}, traccar(coords={"latitude": 99})])
def test_traccar_nonsense_is_refused(body: object) -> None:
    with pytest.raises(InvalidError):
        position_from_traccar(body, DEVICE, None, NOW)
