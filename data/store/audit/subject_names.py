"""What the subjects of lines of the audit log are called: a truck's name, a street, a reference."""

from collections.abc import Iterable

from sqlalchemy import Select, Text, cast, select

from data.model import SegmentId
from data.model.people import SubjectName
from data.store.audit.log_search import ids_of
from data.store.database.engine import Tx
from data.store.schema import (
    agency,
    alert,
    api_key,
    blockage,
    call_out,
    closure,
    crew,
    crew_job,
    device,
    job,
    machine_limit,
    message,
    order_preference,
    plan,
    request,
    shift,
    standing_order,
    storm,
    user,
    vehicle,
)

_NAMED = {
    "vehicle": select(vehicle.c.id, vehicle.c.name),
    "window": select(vehicle.c.id, vehicle.c.name),
    "device": select(device.c.id, device.c.name),
    "request": select(request.c.id, request.c.reference.label("name"), request.c.segment_id),
    "caller": select(request.c.id, request.c.reference.label("name")),
    "storm": select(storm.c.id, storm.c.name),
    "told": select(storm.c.id, storm.c.name),
    "crew_plan": select(storm.c.id, storm.c.name),
    "plan": select(plan.c.id, cast(plan.c.revision, Text).label("name")),
    "user": select(user.c.id, user.c.login.label("name")),
    "crew": select(crew.c.id, crew.c.name),
    "agency": select(agency.c.id, agency.c.name),
    "api_key": select(api_key.c.id, api_key.c.name),
    "job": select(job.c.id, job.c.segment_id),
    "closure": select(closure.c.id, closure.c.segment_id),
    "blockage": select(blockage.c.id, blockage.c.segment_id),
    "machine_limit": select(machine_limit.c.id, blockage.c.segment_id).join(
        blockage, blockage.c.id == machine_limit.c.blockage_id
    ),
    "order_preference": select(
        order_preference.c.id, order_preference.c.sooner[0].as_integer().label("segment_id")
    ),
    "crew_job": select(crew_job.c.id, crew_job.c.segment_id),
}
_OF_VEHICLE = {
    "shift": shift,
    "call_out": call_out,
    "message": message,
    "alert": alert,
    "order": standing_order,
}


def names_of(tx: Tx, subjects: Iterable[str]) -> dict[str, SubjectName]:
    """Return the names of subjects, by kind and number ("plan:12"), of those that have one."""
    found: dict[str, SubjectName] = {}
    for kind, ids in ids_of(subjects).items():
        if kind == "segment":
            found |= {f"segment:{one}": SubjectName("", SegmentId(one)) for one in ids}
        elif (query := _query_of(kind)) is not None:
            rows = tx.execute(query.where(query.selected_columns[0].in_(ids))).mappings()
            found |= {
                f"{kind}:{row['id']}": SubjectName(row.get("name") or "", row.get("segment_id"))
                for row in rows
            }
    return found


def _query_of(kind: str) -> Select[tuple[object, ...]] | None:
    if (table := _OF_VEHICLE.get(kind)) is not None:
        joined = table.outerjoin(vehicle, vehicle.c.id == table.c.vehicle_id)
        return select(table.c.id, vehicle.c.name).select_from(joined)
    return _NAMED.get(kind)
