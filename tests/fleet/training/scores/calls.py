"""Calls of a training about the village, and their requests."""

from dataclasses import replace
from datetime import timedelta

from data.model import LonLat, RequestId, RequestKind, Side, Snap
from data.model.training.live_training import TrainingCall, TrainingCallId
from data.store.database.engine import Tx
from data.store.requests.requests import add_request
from data.store.training.calls import add_call
from data.store.work import list_jobs
from tests import village as v
from tests.fleet.drives import a_request

MINUTE = timedelta(minutes=1)


def a_call(tx: Tx, number: int, minutes: float, **changes) -> TrainingCall:
    """Store a call about Mill Street that Sara took at once."""
    rang_at = v.NOW + minutes * MINUTE
    call = TrainingCall(
        TrainingCallId(0),
        rang_at,
        RequestKind.PLOW,
        "Snow up to the knee",
        "Mill Street",
        LonLat(45.07, 37.55),
        v.MILL,
        taken_at=rang_at,
        taken_by="sara",
        ended_at=rang_at + MINUTE,
        request_id=RequestId(number),
    )
    return add_call(tx, replace(call, **changes))


def asked(tx: Tx, number: int, minutes: float, street=v.MILL) -> None:
    """Store the request of a call, a minute after it rang."""
    job = next(one for one in list_jobs(tx, v.a_storm().id) if one.segment_id == street)
    received_at = v.NOW + (minutes + 1) * MINUTE
    request = replace(
        a_request(job.id),
        id=RequestId(number),
        reference=f"B-{number}",
        received_at=received_at,
        snap=Snap(street, Side.LEFT, 10.0, 1.0),
    )
    add_request(tx, request)
