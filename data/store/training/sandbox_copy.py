"""What a sandbox takes over of a city's rows, and what it must not; each table is in one list.

Streets, machines, rules and people come along, so that a rehearsal is on one's own city. What
callers said, what storms were, and whatever opens a door to the outside stays where it is.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Table, update

from data.model import StormId
from data.model.machines import LimitState
from data.store.database.engine import Tx
from data.store.database.table_copy import copy_table
from data.store.schema import (
    agency,
    city,
    crew,
    depot,
    district,
    former_segment,
    metadata,
    order_preference,
    pace_proposal,
    place,
    reload_site,
    restriction,
    segment,
    segment_level,
    segment_override,
    service_way,
    training_result,
    user,
    vehicle,
)
from data.store.shifts.machine_limits import add_limit, list_limits

COPIED: Mapping[Table, Mapping[str, object]] = {
    city: {},
    segment: {},
    service_way: {},
    former_segment: {},
    district: {},
    segment_override: {},
    segment_level: {},
    restriction: {},
    place: {},
    depot: {},
    reload_site: {},
    vehicle: {"contact": ""},
    user: {"phone": "", "of_province": False},
    crew: {"contact": ""},
    agency: {"contact": "", "phone": "", "email": "", "address": ""},
    pace_proposal: {},
    order_preference: {},
    training_result: {},
}
"""Tables of the city itself, and what is left empty in them: numbers that a trainee might dial."""

LEFT_OUT = frozenset(
    {
        # Storms, their plans and what drove in them.
        "alert",
        "alert_snooze",
        "blockage",
        "call_out",
        "closure",
        "coverage",
        "coverage_change",
        "coverage_revision",
        "crew_draft",
        "crew_job",
        "crew_job_photo",
        "crew_shift",
        "cycle",
        "driver_rest",
        "early_position",
        "evidence_part",
        "forecast",
        "hand_draft",
        "handover_note",
        "job",
        "leg_progress",
        "log_part",
        "message",
        "open_window",
        "pass",
        "plan",
        "plan_edit",
        "plan_run",
        "plan_worker",
        "position",
        "road_weather",
        "route",
        "route_answer",
        "run_file",
        "shift",
        "snow_entry",
        "standing_order",
        "storm",
        "storm_machine",
        "storm_move",
        "storm_site",
        "vehicle_check",
        "vehicle_fault",
        # Callers, and whoever wants to hear of a street.
        "call_attempt",
        "caller",
        "duplicate",
        "ended_watch",
        "notice",
        "phone_confirmation",
        "photo_quota",
        "promise",
        "queue_change",
        "referral",
        "request",
        "request_clock",
        "request_comment",
        "request_photo",
        "rewrite_owed",
        "sighting",
        "street_watch",
        "tracking_code",
        # Doors: sessions, codes, second steps, trackers, other systems and other cities.
        "api_key",
        "city_role",
        "device",
        "device_command",
        "device_fault",
        "device_word",
        "entry_ticket",
        "loan",
        "partner_report",
        "partner_update",
        "recovery_code",
        "second_factor",
        "session",
        "sign_in_code",
        "tap",
        "unknown_tracker",
        "weather_feed",
        # A sandbox writes an audit log of its own, and rehearses what it is told to.
        "event",
        "training",
        "training_call",
        "training_event",
        "training_mark",
        "training_note",
        "training_seat",
        "unsealed",
    }
)
"""Names of the tables that begin empty in a sandbox."""

IN_PART = frozenset({"machine_limit"})
"""Names of the tables of which some rows come along, once the storm has begun."""


def copy_limits(source: Tx, sandbox: Tx, storm_id: StormId, now: datetime) -> None:
    """Copy the streets and turns that machines are kept off now, without the reports of them."""
    for one in list_limits(source, [LimitState.ACCEPTED]):
        if one.holds_at(now):
            add_limit(sandbox, replace(one, storm_id=storm_id, blockage_id=None))


def copy_city(source: Tx, sandbox: Tx, province_hashes: Mapping[str, str]) -> None:
    """Copy the rows of a city into the empty tables of a sandbox.

    Who signs in at the province may sign in at the sandbox, which knows no province, with the same
    password: `province_hashes` has the digests by sign-in name.
    """
    for table in metadata.sorted_tables:
        if table in COPIED:
            copy_table(source, sandbox, table, COPIED[table])
    for login, digest in province_hashes.items():
        mine = update(user).where(user.c.login == login, user.c.password_hash == "")
        sandbox.execute(mine.values(password_hash=digest))
