"""Ids, places and languages: what every other record is made of."""

from collections.abc import Mapping
from typing import NamedTuple, NewType

SegmentId = NewType("SegmentId", int)
NodeId = NewType("NodeId", int)
RequestId = NewType("RequestId", int)
JobId = NewType("JobId", int)
DepotId = NewType("DepotId", int)
ReloadSiteId = NewType("ReloadSiteId", int)
VehicleId = NewType("VehicleId", int)
SessionId = NewType("SessionId", int)
ShiftId = NewType("ShiftId", int)
StormId = NewType("StormId", int)
PlanId = NewType("PlanId", int)
PlanRunId = NewType("PlanRunId", int)
UserId = NewType("UserId", int)
DeviceId = NewType("DeviceId", int)
BlockageId = NewType("BlockageId", int)
MachineLimitId = NewType("MachineLimitId", int)
OrderPreferenceId = NewType("OrderPreferenceId", int)
AgencyId = NewType("AgencyId", int)
NoticeId = NewType("NoticeId", int)
StreetWatchId = NewType("StreetWatchId", int)
ReferralId = NewType("ReferralId", int)
QueueChangeId = NewType("QueueChangeId", int)
ApiKeyId = NewType("ApiKeyId", int)
AlertId = NewType("AlertId", int)
MessageId = NewType("MessageId", int)
CommandId = NewType("CommandId", int)
CallOutId = NewType("CallOutId", int)
HandoverNoteId = NewType("HandoverNoteId", int)
VehicleCheckId = NewType("VehicleCheckId", int)
ClosureId = NewType("ClosureId", int)
SnowEntryId = NewType("SnowEntryId", int)
ForecastId = NewType("ForecastId", int)
EditId = NewType("EditId", int)
OrderId = NewType("OrderId", int)
type ByLanguage = Mapping[str, str]
"""A text by language code; that of "" is for every language."""

Language = str
"""BCP 47 code of a name in the street file ("fa", "en"); "" where the file does not say."""


class LonLat(NamedTuple):
    """A place in degrees, WGS 84."""

    lon: float
    lat: float
