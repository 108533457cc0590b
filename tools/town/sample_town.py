"""The whole town, drawn in one go."""

from dataclasses import dataclass

import numpy as np

from tools.town.features import Feature, draw_features
from tools.town.layout.blocks import fill_quarters
from tools.town.layout.carriageways import draw_arteries
from tools.town.layout.dead_ends import draw_blind_lanes
from tools.town.layout.planar_graph import Plan
from tools.town.street_attributes import describe_streets
from tools.town.street_naming import name_streets
from tools.town.traffic import BusLine, TurnSign, draw_buses, draw_signs


@dataclass(frozen=True, slots=True)
class Town:
    """Streets, what stands beside them, bus lines and signs."""

    plan: Plan
    features: tuple[Feature, ...]
    buses: tuple[BusLine, ...]
    signs: tuple[TurnSign, ...]


def draw_town(seed: int = 1) -> Town:
    """Return a town of about 2,000 street segments; equal for equal seeds."""
    chance = np.random.default_rng([seed, 37])
    plan = Plan()
    draw_arteries(plan)
    blocks = fill_quarters(plan, chance)
    draw_blind_lanes(plan, blocks, chance)
    name_streets(plan, chance)
    describe_streets(plan, chance)
    features = draw_features(plan, blocks, chance)
    return Town(plan, tuple(features), tuple(draw_buses(plan)), tuple(draw_signs(plan, chance)))
