"""Other systems that bring us requests, and what they say of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from data.model.ids import ApiKeyId, RequestId


@dataclass(frozen=True, slots=True)
class ApiKey:
    """Lets another system write, until it is revoked; of the key itself only a digest is kept.

    `contact` is whom to call when that system sends nonsense.
    """

    id: ApiKeyId
    name: str
    contact: str
    made_at: datetime
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PartnerReport:
    """What another system sent with a request beyond what every request has.

    `attributes` are answers to the questions of a service, `media_urls` pictures that we link to
    and never fetch.
    """

    request_id: RequestId
    key_id: ApiKeyId
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    media_urls: tuple[str, ...] = ()
    account_id: str = ""
    device_id: str = ""


@dataclass(frozen=True, slots=True)
class PartnerUpdate:
    """What another system said later of a request that it had sent; `update_id` is its own."""

    request_id: RequestId
    key_id: ApiKeyId
    update_id: str
    event_id: int
    status: str
    description: str
    media_url: str = ""
