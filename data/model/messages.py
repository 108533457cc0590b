"""What dispatchers and drivers write to each other."""

from dataclasses import dataclass
from datetime import datetime

from data.model.ids import CommandId, MessageId, ShiftId, StormId, VehicleId


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody says, in both languages; what was typed is the same in both."""

    fa: str
    en: str


@dataclass(frozen=True, slots=True)
class Message:
    """Words to a truck's driver or from him, in a storm.

    `delivered_at` is when the phone or the board had it, or the tracker where it went to one as
    `command_id`; `seen_at` when somebody looked at it. A tracker never tells that.
    """

    id: MessageId
    storm_id: StormId
    vehicle_id: VehicleId
    shift_id: ShiftId | None
    from_driver: bool
    words: Words
    sent_by: str
    sent_at: datetime
    delivered_at: datetime | None = None
    seen_at: datetime | None = None
    command_id: CommandId | None = None
