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
    BlockedStreet,
    Calls,
    CityPart,
    ClosedStreet,
    MachineTrouble,
    PowerCut,
    Snow,
    SpokenCall,
    StreetKind,
    TimeSpan,
    ToldWords,
    Trouble,
    Words,
)

__all__ = [
    "HOUR",
    "LONGEST_H",
    "PLACE",
    "SHIPPED",
    "BlockedStreet",
    "Calls",
    "CityPart",
    "ClosedStreet",
    "MachineTrouble",
    "PowerCut",
    "Scenario",
    "Snow",
    "SpokenCall",
    "StreetKind",
    "TimeSpan",
    "ToldWords",
    "Trouble",
    "Words",
    "scenario_from_toml",
    "shipped_scenario",
    "shipped_text",
]
