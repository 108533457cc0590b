"""Our own problem format, as pydantic models; `docs/problem.schema.json` is made from them."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

LARGEST = 1e9
"""Numbers above this are taken for mistakes."""
LONGEST_S = 5e6
"""Times above this, 58 days, are more than the search knows."""

Name = Annotated[str, Field(min_length=1, max_length=200)]
Amount = Annotated[float, Field(ge=0, le=LARGEST, allow_inf_nan=False)]
Seconds = Annotated[float, Field(ge=0, le=LONGEST_S, allow_inf_nan=False)]
Index = Annotated[int, Field(ge=0, le=1000)]


class _Part(BaseModel):
    """A part of the file: unknown keys are refused, and texts are not taken for numbers."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class JunctionEntry(_Part):
    """Where streets meet."""

    id: Name
    u_turn: bool = Field(default=False, description="Vehicles may turn back here.")


class StreetEntry(_Part):
    """A street between two junctions, or one carriageway of it."""

    id: Name
    from_: Name = Field(alias="from", description="Junction where it begins.")
    to: Name = Field(description="Junction where it ends.")
    length_m: Amount
    drive_s: Seconds = Field(description="Seconds to drive along, for a vehicle of pace 1.")
    both_ways: bool = Field(default=True, description="May also be driven from `to` to `from`.")


class DirectedStreetEntry(_Part):
    """A street in one direction."""

    street: Name
    back: bool = Field(default=False, description="From `to` to `from`.")


class TurnEntry(_Part):
    """Going on from one street to another."""

    before: DirectedStreetEntry
    after: DirectedStreetEntry


class PricedTurnEntry(TurnEntry):
    """A turn that takes its own time."""

    turn_s: Seconds


class TurnPolicyEntry(_Part):
    """How vehicles go on at junctions."""

    turn_s: Seconds = Field(default=0.0, description="Seconds of each turn that is not listed.")
    u_turns: Literal["everywhere", "dead_ends", "marked"] = Field(
        default="dead_ends",
        description="Where vehicles may turn back into the street they came by: everywhere, at "
        "dead ends and marked junctions, or at marked junctions only.",
    )
    u_turn_s: Seconds = Field(default=0.0, description="Seconds of turning back.")
    listed: list[PricedTurnEntry] = Field(default=[], description="Turns with their own seconds.")
    only_listed: bool = Field(default=False, description="Every other turn is forbidden.")
    forbidden: list[TurnEntry] = []


class VehicleTypeEntry(_Part):
    """A kind of machine."""

    id: Name
    pace: float = Field(
        default=1.0, gt=0, le=1000, allow_inf_nan=False, description="Factor on driving times."
    )


class LocationEntry(_Part):
    """A junction, or the end of a street that was driven: give one of the two."""

    junction: Name | None = None
    street: Name | None = None
    back: bool = Field(default=False, description="The street was driven from `to` to `from`.")


class VehicleEntry(_Part):
    """A machine and its shift."""

    id: Name
    type: Name
    start: LocationEntry
    end: LocationEntry | None = Field(
        default=None, description="Where the shift ends; null for anywhere."
    )
    capacity_kg: Amount = 0.0
    load_kg: Amount | None = Field(default=None, description="At the start; null for full.")
    shift_start_s: Seconds = Field(default=0.0, description="From the common origin of all times.")
    shift_end_s: Seconds | None = Field(default=None, description="Latest end; null for none.")
    price_per_s: Amount = Field(default=1.0, description="Of the time from shift start to end.")
    price_per_m: Amount = 0.0
    fixed_price: Amount = Field(default=0.0, description="Once, if the vehicle is used.")
    break_after_s: Seconds = Field(default=0.0, description="Latest time to rest, from its start.")
    break_s: Seconds = Field(default=0.0, description="How long it rests once; 0 for no rest.")
    underway: bool = Field(default=False, description="Is out already, so it costs in any case.")
    worked_s: Seconds = Field(default=0.0, description="In service before its start, for balance.")


class SiteEntry(_Part):
    """Where hoppers are filled."""

    id: Name
    junction: Name
    fill_s: Seconds = 0.0


class TaskEntry(_Part):
    """Work to do: along a street, at a junction, or on any of some streets.

    Give one of `street`, `junction` and `any_of`.
    """

    id: Name
    street: Name | None = None
    direction: Literal["forward", "back", "either"] = Field(
        default="forward", description="How the street is worked."
    )
    junction: Name | None = Field(default=None, description="Where the vehicle stops and works.")
    any_of: list[DirectedStreetEntry] | None = Field(
        default=None, description="Driven while working, any one."
    )
    service_s: Seconds = Field(description="Seconds of work, driving along included.")
    service_s_by_type: dict[Name, Seconds | None] = Field(
        default={}, description="The same for single vehicle types; null if one is not able to."
    )
    material_kg: Amount = 0.0
    class_: Index = Field(default=0, alias="class", description="0 is the most urgent.")
    release_s: Seconds = Field(default=0.0, description="No work begins before.")
    due_s: Seconds | None = Field(default=None, description="Lateness counts from here.")
    completion_price: Amount = Field(default=0.0, description="Per second until it is done.")
    lateness_price: Amount = Field(default=0.0, description="Per second done after `due_s`.")
    unserved_price: Amount = Field(default=1e6, description="Of leaving it undone.")


class PrecedenceEntry(_Part):
    """One task after another."""

    earlier: Name
    later: Name
    within_s: Seconds | None = Field(
        default=None, description="The later one begins at most so long after; null for any time."
    )


class TaskVehiclePair(_Part):
    """A task and a vehicle."""

    task: Name
    vehicle: Name


class PublishedTask(TaskVehiclePair):
    """Who does a task in the published plan, and the price if somebody else does."""

    change_price: Amount = 0.0


class PlannedStopEntry(_Part):
    """What a vehicle does next: a task, or a refill at a site."""

    task: Name | None = None
    street: Name | None = Field(default=None, description="Driven while working, where it matters.")
    back: bool = False
    site: Name | None = None


class PinnedStopsEntry(_Part):
    """What a vehicle's route begins with."""

    vehicle: Name
    stops: list[PlannedStopEntry]


class RulesEntry(_Part):
    """What else must hold or costs."""

    strict_classes: bool = Field(
        default=False, description="In no route an urgent class comes after a less urgent one."
    )
    order: list[PrecedenceEntry] = []
    forbidden: list[TaskVehiclePair] = []
    published: list[PublishedTask] = []
    pinned: list[PinnedStopsEntry] = []
    last_home_price: Amount = Field(default=0.0, description="Per second until all are home.")
    balance_price: Amount = Field(
        default=0.0, description="Per second between the longest and the shortest shift."
    )


class ProblemFile(_Part):
    """Streets, tasks and vehicles of a problem; times in seconds from one common origin."""

    model_config = ConfigDict(title="Barfrub problem")

    format: Literal["barfrub-problem"]
    version: Literal[1] = 1
    name: Name = "problem"
    junctions: list[JunctionEntry] = Field(min_length=1)
    streets: list[StreetEntry] = Field(min_length=1)
    turns: TurnPolicyEntry = TurnPolicyEntry()
    vehicle_types: list[VehicleTypeEntry] = Field(min_length=1)
    vehicles: list[VehicleEntry] = Field(min_length=1)
    sites: list[SiteEntry] = []
    tasks: list[TaskEntry]
    rules: RulesEntry = RulesEntry()


def problem_schema() -> dict[str, object]:
    """Return the JSON Schema of the format."""
    schema: dict[str, object] = ProblemFile.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
