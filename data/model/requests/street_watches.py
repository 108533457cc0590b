"""Subscriptions to one street: who is told when it was cleared, or its window moved."""

from dataclasses import dataclass
from datetime import datetime

from data.model.ids import Language, SegmentId, StormId, StreetWatchId


@dataclass(frozen=True, slots=True)
class PushAddress:
    """Where a browser gets messages: at its maker's push service, which cannot read them.

    `key` and `secret`, in base64 for addresses, are what messages are encrypted with.
    """

    endpoint: str
    key: str
    secret: str


@dataclass(frozen=True, slots=True)
class StreetWatch:
    """A subscription; nothing but one message goes out before `confirmed_at`.

    `storm_id` is the storm that it is about, `None` until one is on. `cleared_at`, `from_at` and
    `to_at` are what was told last; `told` messages went out since `day_at`, the last at `told_at`.
    """

    id: StreetWatchId
    segment_id: SegmentId
    offset_m: float
    phone: str
    number: str
    email: str
    language: Language
    code: str
    every_storm: bool
    storm_id: StormId | None
    made_at: datetime
    confirmed_at: datetime | None
    look_at: datetime
    cleared_at: datetime | None = None
    from_at: datetime | None = None
    to_at: datetime | None = None
    told_at: datetime | None = None
    day_at: datetime | None = None
    told: int = 0
    tries: int = 0
    endpoint: str = ""
    push_key: str = ""
    push_secret: str = ""

    @property
    def push(self) -> PushAddress | None:
        """The browser that gets the messages; `None` where they go by phone or e-mail."""
        if not self.endpoint:
            return None
        return PushAddress(self.endpoint, self.push_key, self.push_secret)
