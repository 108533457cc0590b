"""What most decisions about a city need together."""

from dataclasses import dataclass
from datetime import datetime

from data.policy.city_policy import Policy
from data.store.database.engine import Tx
from data.streets.network import StreetNetwork


@dataclass(frozen=True, slots=True)
class CityContext:
    """The open transaction, the streets and the policy of a city, and the time of the decision."""

    tx: Tx
    network: StreetNetwork
    policy: Policy
    now: datetime
