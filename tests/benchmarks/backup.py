"""How long saving and restoring takes with a gigabyte of history, while positions go on coming."""

import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from api.config.clock import Clock
from api.config.console import CONSOLE, open_city_database
from data.model import VehicleId
from data.store.accounts.accounts import add_device
from data.store.backup.backup import write_backup
from data.store.backup.restore import restore_city
from data.store.database.engine import Database, transaction
from data.store.tracking.positions import add_positions
from fleet.setup.city_setup import NewCity, add_city
from maps.pages.templates import STATIC_DIR
from tests import village as v
from tests.fleet.drives import a_fix

CITY_FILE = STATIC_DIR / "vendor/demo/gothenburg.geojson"
WANTED_BYTES = 1_000_000_000
PORTION = 200_000
MACHINES = 12
EVERY_S = 5
SINCE_S = 1_700_000_000

HISTORY = text(
    """
    WITH RECURSIVE fix(n) AS (SELECT :first UNION ALL SELECT n + 1 FROM fix WHERE n + 1 < :until)
    INSERT INTO position (device_id, vehicle_id, source, fixed_at, received_at, lon, lat,
                          speed_mps, heading_deg, accuracy_m, blade, spreader, material, alarm,
                          attributes, seen)
    SELECT 1, 1 + n % :machines, 'api',
           datetime(:since + n / :machines * :every_s, 'unixepoch') || '.000000',
           datetime(:since + n / :machines * :every_s, 'unixepoch') || '.123456',
           12.0 + (abs(random()) % 1000000) / 1e6, 57.7 + (abs(random()) % 1000000) / 1e6,
           (abs(random()) % 1500) / 100.0, (abs(random()) % 3600) / 10.0, 5.0,
           n % 3 > 0, 0, '', '', '{}', 1
    FROM fix
    """
)


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield sizes and times of a backup, of the restore, and how long writers wait meanwhile."""
    with tempfile.TemporaryDirectory() as name:
        folder, saved = Path(name) / "cities" / "gothenburg", Path(name) / "saved.tar.gz"
        add_city(folder, NewCity("gothenburg", CITY_FILE), Clock().now(), CONSOLE)
        count = _lived_in(folder)
        database_bytes = (folder / "barfrub.sqlite").stat().st_size
        a_day = 86_400 // EVERY_S * database_bytes / count / 1e6
        yield "history", f"{count:,} positions, {database_bytes / 1e9:.2f} GB", "1 GB"
        yield "a day of one machine, a position every 5 s", f"{a_day:.1f} MB", ""
        with _storm_goes_on(folder) as waits_s:
            began_s = time.perf_counter()
            write_backup(folder, saved, Clock().now())
            took_s = time.perf_counter() - began_s
        yield "backup while positions come", f"{took_s:.1f} s", ""
        yield "backup: file", f"{saved.stat().st_size / 1e9:.2f} GB", ""
        yield "backup: positions stored meanwhile", f"{len(waits_s)}", ""
        yield "backup: longest wait of a position", f"{max(waits_s) * 1000:.0f} ms", "1,000 ms"
        began_s = time.perf_counter()
        restore_city(saved, Path(name) / "cities" / "restored")
        yield "restore", f"{time.perf_counter() - began_s:.1f} s", ""
    yield "load average", f"{os.getloadavg()[0]:.1f}", ""


def _lived_in(folder: Path) -> int:
    """Fill the city with positions until it is as large as wanted, and return how many."""
    engine, count = open_city_database(folder), 0
    with transaction(engine) as tx:
        add_device(tx, "phone-1", VehicleId(1), "hash")
    while (folder / "barfrub.sqlite").stat().st_size < WANTED_BYTES:
        portion = {"first": count, "until": count + PORTION, "since": SINCE_S}
        with transaction(engine) as tx:
            tx.execute(HISTORY, portion | {"machines": MACHINES, "every_s": EVERY_S})
        count += PORTION
    engine.dispose()
    return count


@contextmanager
def _storm_goes_on(folder: Path) -> Iterator[list[float]]:
    """Store positions all the time, as a server does, and measure how long each takes."""
    engine, over, waits_s = open_city_database(folder), threading.Event(), list[float]()
    writer = threading.Thread(target=_store_until, args=(engine, over, waits_s))
    writer.start()
    try:
        yield waits_s
    finally:
        over.set()
        writer.join()
        engine.dispose()


def _store_until(engine: Database, over: threading.Event, waits_s: list[float]) -> None:
    while not over.wait(0.02):
        began_s = time.perf_counter()
        with transaction(engine) as tx:
            add_positions(tx, [a_fix(v.at_m(0, 0), float(len(waits_s)))])
        waits_s.append(time.perf_counter() - began_s)
