"""The council's section on money: own and hired machines side by side, without any name."""

from dataclasses import dataclass

from fleet.reports.own_and_hired import SideCost, StormMoney


@dataclass(frozen=True, slots=True)
class SideCostView:
    """The machines of one side together, money in the city's currency.

    `assumed_kg` is the part of the material that no spreader told. `cleared_m` are lane metres, a
    part of all that were cleared by the metres at work: an estimate, as is `cost_per_km`.
    """

    machines: int
    paid_h: float
    work_h: float
    work_m: float
    material_kg: float
    assumed_kg: float
    machines_cost: float
    material_cost: float
    cost: float
    cleared_m: float
    cost_per_km: float | None


@dataclass(frozen=True, slots=True)
class MoneyView:
    """Costs of a storm until now; `hired` are reserve and contractors that were called in.

    `open_hires` are counted until now; `doubtful_hires` have clearly fewer hours on their tracks.
    """

    currency: str
    own: SideCostView
    hired: SideCostView
    total: SideCostView
    crews_h: float
    crews_cost: float
    open_hires: int
    doubtful_hires: int


def money_view(money: StormMoney) -> MoneyView:
    """Return the section's figures."""
    return MoneyView(
        currency=money.currency,
        own=_side(money.own),
        hired=_side(money.hired),
        total=_side(money.total),
        crews_h=money.crews_h,
        crews_cost=money.crews_cost,
        open_hires=money.open_hires,
        doubtful_hires=money.doubtful_hires,
    )


def _side(side: SideCost) -> SideCostView:
    cost = side.cost
    return SideCostView(
        machines=side.machines,
        paid_h=cost.paid_h,
        work_h=cost.work_h,
        work_m=cost.work_m,
        material_kg=sum(cost.material_kg.values()),
        assumed_kg=side.assumed_kg,
        machines_cost=cost.machines_cost,
        material_cost=cost.material_cost,
        cost=cost.cost,
        cleared_m=side.cleared_m,
        cost_per_km=side.cost_per_km,
    )
