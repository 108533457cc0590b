"""Drivers' phones as trackers, where a machine has no better one."""

import secrets
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from data.errors import ConflictError
from data.model import Actor, Device, Position, Shift, VehicleId
from data.store.accounts.accounts import add_device, find_device_by_name
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.tracking.positions import fix_times, list_track
from fleet.accounts.accounts import TOKEN_BYTES, token_digest
from fleet.shifts.shift_progress import find_end
from fleet.tracking.fix_filters import HEARD, PHONE

PREFIX = "phone-"
"""What the names of these devices begin with."""


def find_phone(tx: Tx, shift: Shift) -> Device | None:
    """Return the device of the phone of a shift."""
    return find_device_by_name(tx, _name(shift))


def fixes_of_shift(tx: Tx, shift: Shift, fixes: Sequence[Position]) -> list[Position]:
    """Return the fixes of a phone that were made before its shift ended; they may come later.

    Raises `ConflictError` where the shift is over and there are none.
    """
    if not shift.over:
        return list(fixes)
    ended_at = find_end(tx, shift)
    mine = [fix for fix in fixes if ended_at is not None and fix.fixed_at <= ended_at]
    if not mine:
        raise ConflictError(f"shift {shift.id} is over", reason="shift_state", shift=shift.id)
    return mine


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
        replace(fix, source=PHONE, blade=None, spreader=None, material="", rate_gm2=None)
        for fix in positions
    ]


def needed_fixes(tx: Tx, positions: Sequence[Position]) -> list[Position]:
    """Return those fixes around which the machine's own tracker sent none.

    Two receivers at once would make a vehicle tremble between them, and the tracker knows the
    blade. A batch of a phone that was out of reach may begin before the tracker fell silent. Where
    the tracker's come later than the phone's, `fleet.tracking.fix_filters` leaves those out.
    """
    if not positions:
        return []
    times = [fix.fixed_at for fix in positions]
    since, until = min(times) - HEARD, max(times) + HEARD
    own = fix_times(tx, positions[0].vehicle_id, since, until, but_not=PHONE)
    return [fix for fix in positions if not _is_near(own, fix.fixed_at)]


def _is_near(times: Sequence[datetime], at: datetime) -> bool:
    """Whether one of some times, the earliest first, is so near that a tracker counts as heard."""
    following = bisect_left(times, at - HEARD)
    return following < len(times) and times[following] <= at + HEARD


def own_track(
    tx: Tx, vehicle_id: VehicleId, after: datetime | None, now: datetime, speed: float = 1.0
) -> list[Position]:
    """Return where the machine's own tracker saw it after a moment, else where it saw it last.

    What it said more than a minute ago is not told. A clock that goes at a higher `speed` outruns
    what trackers send, so there the minute is one of real time.
    """
    heard_from = now - HEARD * max(speed, 1.0)
    since = max(after, heard_from) if after else heard_from
    fixes = list_track(tx, vehicle_id, since, now + HEARD, but_not=PHONE)
    valid = [fix for fix in fixes if fix.attributes.get("valid") is not False]
    return valid if after else valid[-1:]


def is_phone(device: Device) -> bool:
    """Whether a device is a driver's phone, which nobody sets up."""
    return device.name.removeprefix(PREFIX).isdecimal() and device.name.startswith(PREFIX)


def _name(shift: Shift) -> str:
    return f"{PREFIX}{shift.id}"
