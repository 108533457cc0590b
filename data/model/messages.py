"""What dispatchers and drivers write to each other."""

from dataclasses import dataclass
from datetime import datetime

from data.model.crews import CrewShiftId
from data.model.ids import ByLanguage, CommandId, MessageId, ShiftId, StormId, VehicleId


@dataclass(frozen=True, slots=True)
class Message:
    """Words to a truck's driver or a crew, or from them (`from_driver`), in a storm.

    `words` hold a text by language; what was typed is for every language, and nothing is left of
    what was erased.

    `delivered_at` is when the phone or the board had it, or the tracker where it went to one as
    `command_id`; `seen_at` when somebody looked at it. A tracker never tells that.
    """

    id: MessageId
    storm_id: StormId
    vehicle_id: VehicleId | None
    shift_id: ShiftId | None
    from_driver: bool
    words: ByLanguage
    sent_by: str
    sent_at: datetime
    delivered_at: datetime | None = None
    seen_at: datetime | None = None
    command_id: CommandId | None = None
    crew_shift_id: CrewShiftId | None = None


@dataclass(frozen=True, slots=True)
class Presence:
    """An open board: its user, its subject ("request:12", or nothing), and whether that is edited.

    `since` is when it began to show that; `here` is false for a board that was closed.
    """

    id: int
    login: str
    subject: str
    editing: bool
    since: datetime
    here: bool = True
