"""What a storm cost by the city's own machines and by those that it called in, side by side."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from data.model import Storm, VehicleId
from data.model.periods import Period
from data.policy.city_policy import Policy
from data.store.database.engine import Tx
from fleet.crews.crew_costs import crew_costs
from fleet.logbook.vehicle_days import VehicleDay, material_kg
from fleet.reports.storm_costs import MachineCost, TruckCost, together, truck_costs
from fleet.work.totals import Sums


@dataclass(frozen=True, slots=True)
class SideCost:
    """The machines of one side together.

    Of the material `assumed_kg` are by the policy's rate, where no spreader told how much.
    `cleared_m` is this side's part of the lane metres that were cleared, by its metres at work.
    """

    machines: int
    cost: MachineCost
    assumed_kg: float
    cleared_m: float

    @property
    def cost_per_km(self) -> float | None:
        """Cost of a lane kilometre cleared once; `None` where none was."""
        return self.cost.cost / self.cleared_m * 1000 if self.cleared_m > 0 else None


@dataclass(frozen=True, slots=True)
class StormMoney:
    """Own and hired machines and both together, and crews beside them.

    `open_hires` go on and are counted until now; of `doubtful_hires` the track shows clearly fewer
    hours than are paid.
    """

    currency: str
    own: SideCost
    hired: SideCost
    total: SideCost
    crews_h: float
    crews_cost: float
    open_hires: int
    doubtful_hires: int


def storm_money(
    tx: Tx, storm: Storm, policy: Policy, days: Sequence[VehicleDay], period: Period
) -> "MoneySpent":
    """Return what a storm cost until now; `days` are the logs of its time."""
    crews = crew_costs(tx, storm.id, period.until)
    return MoneySpent(
        policy.costs.currency,
        truck_costs(tx, storm, policy, days, period),
        {day.vehicle.id: _assumed_kg(day.log.figures.sums, policy) for day in days},
        sum(one.people_h for one in crews),
        sum(one.cost for one in crews),
    )


@dataclass(frozen=True, slots=True)
class MoneySpent:
    """Costs of all machines and crews, before it is known how much they cleared."""

    currency: str
    trucks: Sequence[TruckCost]
    assumed_kg: Mapping[VehicleId, float]
    crews_h: float
    crews_cost: float

    def by(self, cleared_m: float) -> StormMoney:
        """Return the two sides, where so many lane metres were cleared, each time that they were.

        Nobody counts by whom: they are shared out by the metres at work.
        """
        work_m = sum(one.cost.work_m for one in self.trucks)
        cleared_each = cleared_m / work_m if work_m > 0 else 0.0
        hires = [hire for one in self.trucks for hire in one.hires]
        return StormMoney(
            self.currency,
            own=self._side((one for one in self.trucks if one.vehicle.owned), cleared_each),
            hired=self._side((one for one in self.trucks if not one.vehicle.owned), cleared_each),
            total=self._side(self.trucks, cleared_each),
            crews_h=self.crews_h,
            crews_cost=self.crews_cost,
            open_hires=sum(not one.call.state.over for one in hires),
            doubtful_hires=sum(one.doubtful for one in hires),
        )

    def _side(self, trucks: Iterable[TruckCost], cleared_each: float) -> SideCost:
        listed = [one for one in trucks if one.cost.paid_h > 0 or one.cost.moved_m > 0]
        cost = together("", (one.cost for one in listed))
        assumed_kg = sum(self.assumed_kg.get(one.vehicle.id, 0.0) for one in listed)
        return SideCost(len(listed), cost, assumed_kg, cost.work_m * cleared_each)


def _assumed_kg(sums: Sums, policy: Policy) -> float:
    """Return the kilograms that stand for square metres whose material no spreader told."""
    return sum(material_kg(Sums(spread_m2=sums.spread_m2), policy).values())
