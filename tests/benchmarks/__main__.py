"""`make bench`: print a table of what the issues promise, as measured on this machine.

`make bench ONLY=city_import` runs one module. Each has `rows()`, which yields what it measured:
(what, measured, wanted).
"""

import importlib
import os
import platform
import sys
from collections.abc import Iterator

from api.config.settings import Settings, prepare_numba

MODULES = (
    "city_import",
    "geocode",
    "geocode_numbers",
    "geocode_unseen",
    "geocode_azerbaijani",
    "reimport",
    "matching",
    "first_plan",
    "plan_stop",
    "sectors",
    "metropolis_plan",
    "what_if",
    "what_if_long",
    "health_while_solving",
    "training_beside",
    "board_page",
    "board_actions",
    "dispatcher_jobs",
    "desk_jobs",
    "user_pages",
    "offline_phone",
    "stored_voice",
    "request_queue",
    "plan_promises",
    "running_storm",
    "by_hand",
    "followup",
    "route_check",
    "vehicle_days",
    "fleet_day",
    "learning",
    "backup",
    "flood",
    "viewers",
    "public_viewers",
    "replay",
    "replay_page",
    "storms",
    "alarms",
    "night",
    "positions",
    "postgres",
    "processes",
)


def table(modules: list[str]) -> Iterator[str]:
    yield "| what | measured | wanted |"
    yield "| --- | --- | --- |"
    for name in modules:
        for row in importlib.import_module(f"tests.benchmarks.{name}").rows():
            yield "| " + " | ".join(row) + " |"


if __name__ == "__main__":
    prepare_numba(Settings())
    print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}\n")
    for line in table(sys.argv[1:] or list(MODULES)):
        print(line, flush=True)
