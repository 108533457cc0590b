"""What material costs: `[costs]` of `policy.toml`; machines have prices of their own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from data.files.toml_reader import TomlTable
from data.files.toml_values import Number, Text

_Price = Annotated[float, Number(0, 1e12)]
KG_PER_T = 1000.0


@dataclass(frozen=True, slots=True)
class CostRules(TomlTable):
    """The city's money, and the price of a tonne of each material in it; 0 where nobody knows."""

    currency: Text = "IRR"
    salt_t: _Price = 0.0
    sand_t: _Price = 0.0
    brine_t: _Price = 0.0

    def of_material(self, amounts_kg: Mapping[str, float]) -> float:
        """Return the price of some material, by its name."""
        prices = {"salt": self.salt_t, "sand": self.sand_t, "brine": self.brine_t}
        return sum(prices.get(name, 0.0) * kg / KG_PER_T for name, kg in amounts_kg.items())
