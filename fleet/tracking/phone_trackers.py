"""Drivers' phones as trackers, where a machine has no better one."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from data.errors import ConflictError
from data.model import Actor, Device, Position, Shift, VehicleId
from data.store.accounts.accounts import add_device, find_device_by_name
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.tracking.positions import has_fixes_between
from fleet.accounts.accounts import TOKEN_BYTES, token_digest

SOURCE = "phone"
"""Source of these positions."""

PREFIX = "phone-"
"""What the names of these devices begin with."""

HEARD = timedelta(minutes=1)
"""A tracker counts as heard for so long before and after each of its fixes."""


def find_phone(tx: Tx, shift: Shift) -> Device | None:
    """Return the device of the phone of a shift; the shift must not be over."""
    if shift.over:
        raise ConflictError(f"shift {shift.id} is over", reason="shift_state", shift=shift.id)
    return find_device_by_name(tx, _name(shift))


def add_phone(tx: Tx, actor: Actor, shift: Shift, now: datetime) -> Device:
    """Return the device of the phone of a shift, made at first use.

    Nobody knows its token: it speaks through its driver's session only.
    """
    known = find_phone(tx, shift)
    if known is not None:
        return known
    nobodys = token_digest(secrets.token_urlsafe(TOKEN_BYTES))
    device = add_device(tx, _name(shift), shift.vehicle_id, nobodys)
    after = {"name": device.name, "vehicle": shift.vehicle_id}
    add_event(tx, now, actor, "device.added", f"device:{device.id}", after=after)
    return device


def from_phone(positions: Sequence[Position]) -> list[Position]:
    """Return the fixes of a batch as a phone's: it has no sensor on blade or spreader."""
    return [
        replace(fix, source=SOURCE, blade=None, spreader=None, material="", rate_gm2=None)
        for fix in positions
    ]


def own_tracker_reported(tx: Tx, positions: Sequence[Position]) -> bool:
    """Whether the machine's own tracker sent fixes around these.

    Two receivers at once would make a vehicle tremble between them, and the tracker knows the
    blade; so the phone's fixes are not needed then.
    """
    if not positions:
        return False
    times = [fix.fixed_at for fix in positions]
    since, until = min(times) - HEARD, max(times) + HEARD
    return has_fixes_between(tx, positions[0].vehicle_id, since, until, but_not=SOURCE)


def own_tracker_is_heard(tx: Tx, vehicle_id: VehicleId, now: datetime) -> bool:
    """Whether the machine's own tracker sent a fix within the last minute."""
    return has_fixes_between(tx, vehicle_id, now - HEARD, now + HEARD, but_not=SOURCE)


def is_phone(device: Device) -> bool:
    """Whether a device is a driver's phone, which nobody sets up."""
    return device.name.removeprefix(PREFIX).isdecimal() and device.name.startswith(PREFIX)


def _name(shift: Shift) -> str:
    return f"{PREFIX}{shift.id}"
