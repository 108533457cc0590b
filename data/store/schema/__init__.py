"""Which tables does a city's database have?

This facade exports all of them; every time goes in and comes out as aware UTC.
"""

from data.store.schema.accounts import (
    city_role,
    device,
    event,
    recovery_code,
    second_factor,
    session,
    sign_in_code,
    tap,
    user,
)
from data.store.schema.alerts import alert
from data.store.schema.base import UtcDateTime, metadata
from data.store.schema.call_outs import call_out
from data.store.schema.city import (
    city,
    depot,
    district,
    former_segment,
    loan,
    place,
    reload_site,
    restriction,
    segment,
    segment_level,
    segment_override,
    vehicle,
)
from data.store.schema.crews import crew, crew_draft, crew_job, crew_job_photo, crew_shift
from data.store.schema.edits import hand_draft, plan_edit, standing_order
from data.store.schema.logbook import log_part
from data.store.schema.messages import message
from data.store.schema.moment import hub_change, known_address, last_place, open_board, rate_bucket
from data.store.schema.requests.agencies import (
    agency,
    call_attempt,
    queue_change,
    referral,
)
from data.store.schema.requests.followup import request_clock, request_comment, sighting
from data.store.schema.requests.notices import notice, phone_confirmation, tracking_code
from data.store.schema.requests.open311 import (
    api_key,
    partner_report,
    partner_update,
    request_photo,
)
from data.store.schema.requests.promises import promise
from data.store.schema.shifts import handover_note, route_answer
from data.store.schema.storm_conditions import (
    closure,
    snow_entry,
    storm_machine,
    storm_move,
    storm_site,
)
from data.store.schema.storms import (
    blockage,
    caller,
    cycle,
    job,
    leg_progress,
    plan,
    plan_run,
    plan_worker,
    request,
    route,
    run_file,
    shift,
    storm,
)
from data.store.schema.trackers import device_command, device_fault, device_word, unknown_tracker
from data.store.schema.tracking import (
    coverage,
    coverage_change,
    coverage_revision,
    early_position,
    evidence_part,
    open_window,
    passage,
    position,
    unsealed,
)

__all__ = [
    "UtcDateTime",
    "agency",
    "alert",
    "api_key",
    "blockage",
    "call_attempt",
    "call_out",
    "caller",
    "city",
    "city_role",
    "closure",
    "coverage",
    "coverage_change",
    "coverage_revision",
    "crew",
    "crew_draft",
    "crew_job",
    "crew_job_photo",
    "crew_shift",
    "cycle",
    "depot",
    "device",
    "device_command",
    "device_fault",
    "device_word",
    "district",
    "early_position",
    "event",
    "evidence_part",
    "former_segment",
    "hand_draft",
    "handover_note",
    "hub_change",
    "job",
    "known_address",
    "last_place",
    "leg_progress",
    "loan",
    "log_part",
    "message",
    "metadata",
    "notice",
    "open_board",
    "open_window",
    "partner_report",
    "partner_update",
    "passage",
    "phone_confirmation",
    "place",
    "plan",
    "plan_edit",
    "plan_run",
    "plan_worker",
    "position",
    "promise",
    "queue_change",
    "rate_bucket",
    "recovery_code",
    "referral",
    "reload_site",
    "request",
    "request_clock",
    "request_comment",
    "request_photo",
    "restriction",
    "route",
    "route_answer",
    "run_file",
    "second_factor",
    "segment",
    "segment_level",
    "segment_override",
    "session",
    "shift",
    "sighting",
    "sign_in_code",
    "snow_entry",
    "standing_order",
    "storm",
    "storm_machine",
    "storm_move",
    "storm_site",
    "tap",
    "tracking_code",
    "unknown_tracker",
    "unsealed",
    "user",
    "vehicle",
]
