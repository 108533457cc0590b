"""What material costs: `[costs]` of `policy.toml`; machines have prices of their own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from data.files.toml_reader import TomlTable
from data.files.toml_writer import toml_number, toml_text

MOST = 1e12
KG_PER_T = 1000.0


@dataclass(frozen=True, slots=True)
class CostRules:
    """The city's money, and the price of a tonne of each material in it; 0 where nobody knows."""

    currency: str = "IRR"
    salt_t: float = 0.0
    sand_t: float = 0.0
    brine_t: float = 0.0

    def of_material(self, amounts_kg: Mapping[str, float]) -> float:
        """Return the price of some material, by its name."""
        prices = {"salt": self.salt_t, "sand": self.sand_t, "brine": self.brine_t}
        return sum(prices.get(name, 0.0) * kg / KG_PER_T for name, kg in amounts_kg.items())


def cost_rules_of(root: TomlTable) -> CostRules:
    """Return the rules of a `policy.toml`; raise `InvalidError` naming field, value and need."""
    if "costs" not in root:
        return CostRules()
    table, usual = root.table("costs"), CostRules()
    rules = CostRules(
        currency=table.text("currency", usual.currency),
        salt_t=table.number("salt_t", 0, MOST, usual.salt_t),
        sand_t=table.number("sand_t", 0, MOST, usual.sand_t),
        brine_t=table.number("brine_t", 0, MOST, usual.brine_t),
    )
    table.done()
    return rules


def cost_rules_toml(rules: CostRules) -> Iterator[str]:
    """Yield the lines of a `policy.toml` that say these rules."""
    yield "[costs]"
    yield f"currency = {toml_text(rules.currency)}"
    yield f"salt_t = {toml_number(rules.salt_t)}"
    yield f"sand_t = {toml_number(rules.sand_t)}"
    yield f"brine_t = {toml_number(rules.brine_t)}"
    yield ""
