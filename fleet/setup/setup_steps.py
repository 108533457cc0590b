"""How far the set-up of a city is: steps that are done, only assumed, or missing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from data.model import Actor, District, Role, User, VehicleId
from data.policy.city_policy import DEFAULT_POLICY
from data.setup.fleet_file import FleetFile
from data.store.accounts.accounts import list_devices
from data.store.audit.audit_log import add_event, find_last_event_on
from data.store.database.engine import Tx
from data.store.setup.city import get_city, get_policy_text, get_report
from data.store.setup.machines import get_fleet
from data.store.tracking.tracker_state import list_last_contacts
from fleet.accounts.people import all_people
from fleet.streets.districts import all_districts
from fleet.tracking.phone_trackers import is_phone

ENDED = "setup.ended"
RESUMED = "setup.resumed"


class StepName(StrEnum):
    """The steps of the set-up, in their order."""

    STREETS = "streets"
    DISTRICTS = "districts"
    DEPOTS = "depots"
    MACHINES = "machines"
    POLICY = "policy"
    TRACKERS = "trackers"
    PEOPLE = "people"


class StepState(StrEnum):
    """State of a step: an `ASSUMED` one stands on values that nobody has looked at."""

    DONE = "done"
    ASSUMED = "assumed"
    PARTIAL = "partial"
    MISSING = "missing"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class SetupRecords:
    """Records that decide how far the set-up is.

    Of machines `tracked` have a tracker or a driver's phone that spoke, and from `heard` came a
    message. `ended` says that somebody ended the set-up as it stands.
    """

    report: Mapping[str, Any]
    fleet: FleetFile
    policy_text: str
    districts: Sequence[District]
    people: Sequence[User]
    tracked: frozenset[VehicleId]
    heard: frozenset[VehicleId]
    ended: bool = False

    @property
    def active_people(self) -> list[User]:
        """Return who can sign in with a password, the city's or one that the province keeps."""
        return [
            user
            for user in self.people
            if (user.has_password or user.of_province) and not user.disabled
        ]

    @property
    def default_policy(self) -> bool:
        """Whether the levels of service are those that a new city starts with."""
        return self.policy_text == DEFAULT_POLICY

    @property
    def states(self) -> dict[StepName, StepState]:
        """Return the state of every step, in their order."""
        return {name: state_of(self) for name, state_of in _STATES.items()}

    @property
    def complete(self) -> bool:
        """Whether every step that is needed is done."""
        return set(self.states.values()) <= {StepState.DONE, StepState.OPTIONAL}


def read_setup(tx: Tx) -> SetupRecords:
    """Return the records of the city."""
    fleet, contacts = get_fleet(tx), list_last_contacts(tx)
    devices = [one for one in list_devices(tx) if one.id in contacts or not is_phone(one)]
    mine = frozenset(vehicle.id for vehicle in fleet.vehicles)
    return SetupRecords(
        report=get_report(tx),
        fleet=fleet,
        policy_text=get_policy_text(tx),
        districts=all_districts(tx),
        people=all_people(tx),
        tracked=mine & {one.vehicle_id for one in devices},
        heard=mine & {one.vehicle_id for one in devices if one.id in contacts},
        ended=_ended(tx),
    )


def setup_over(tx: Tx) -> bool:
    """Whether administrators go on to the board: all is done, or somebody ended the set-up."""
    return _ended(tx) or read_setup(tx).complete


def end_setup(tx: Tx, actor: Actor, now: datetime) -> None:
    """Let administrators go to the board from now on, whatever is still assumed or missing."""
    if not _ended(tx):
        add_event(tx, now, actor, ENDED, _subject(tx))


def resume_setup(tx: Tx, actor: Actor, now: datetime) -> None:
    """Lead administrators to the set-up again until it is done."""
    if _ended(tx):
        add_event(tx, now, actor, RESUMED, _subject(tx))


def _ended(tx: Tx) -> bool:
    last = find_last_event_on(tx, _subject(tx), (ENDED, RESUMED))
    return last is not None and last.verb == ENDED


def _subject(tx: Tx) -> str:
    return f"city:{get_city(tx).name}"


def _districts(city: SetupRecords) -> StepState:
    return StepState.DONE if city.districts else StepState.OPTIONAL


def _depots(city: SetupRecords) -> StepState:
    assumed = any(depot.assumed for depot in city.fleet.depots)
    return StepState.ASSUMED if assumed else StepState.DONE


def _machines(city: SetupRecords) -> StepState:
    if not city.fleet.vehicles:
        return StepState.MISSING
    assumed = any(vehicle.assumed for vehicle in city.fleet.vehicles)
    return StepState.ASSUMED if assumed else StepState.DONE


def _policy(city: SetupRecords) -> StepState:
    return StepState.ASSUMED if city.default_policy else StepState.DONE


def _trackers(city: SetupRecords) -> StepState:
    if not city.heard:
        return StepState.MISSING
    everyone = len(city.heard) == len(city.fleet.vehicles)
    return StepState.DONE if everyone else StepState.PARTIAL


def _people(city: SetupRecords) -> StepState:
    dispatcher = any(Role.DISPATCHER in user.roles for user in city.active_people)
    return StepState.DONE if dispatcher else StepState.MISSING


_STATES: Mapping[StepName, Callable[[SetupRecords], StepState]] = {
    StepName.STREETS: lambda _city: StepState.DONE,
    StepName.DISTRICTS: _districts,
    StepName.DEPOTS: _depots,
    StepName.MACHINES: _machines,
    StepName.POLICY: _policy,
    StepName.TRACKERS: _trackers,
    StepName.PEOPLE: _people,
}
