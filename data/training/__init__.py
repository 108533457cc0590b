"""What happens in a rehearsed storm, hour by hour, as a TOML file of somebody's own?

This facade exports what other rooms need of it.
"""

from data.training.scenario import (
    SHIPPED,
    Scenario,
    scenario_from_toml,
    shipped_scenario,
    shipped_text,
)
from data.training.scenario_tables import (
    HOUR,
    LONGEST_H,
    PLACE,
    Calls,
    MachineTrouble,
    PowerCut,
    Snow,
    SpokenCall,
    TimeSpan,
    Trouble,
    Words,
)

__all__ = [
    "HOUR",
    "LONGEST_H",
    "PLACE",
    "SHIPPED",
    "Calls",
    "MachineTrouble",
    "PowerCut",
    "Scenario",
    "Snow",
    "SpokenCall",
    "TimeSpan",
    "Trouble",
    "Words",
    "scenario_from_toml",
    "shipped_scenario",
    "shipped_text",
]
