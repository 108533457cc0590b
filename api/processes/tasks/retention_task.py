"""The periodic task that erases personal data after its retention time."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from api.config.clock import Clock
from api.config.settings import Settings
from api.processes.city_state import CityStateHolder
from api.processes.periodic_task import PeriodicTask
from data.files.photos import remove_orphans, remove_photo
from data.model import Actor, ActorKind
from data.store.backup.pruning import prune_backups
from data.store.database.engine import (
    Database,
    Tx,
    forget_overwritten,
    is_shared,
    reading,
    transaction,
)
from data.store.planning.run_files import erase_files
from data.store.requests.data_retention import WORDED, list_photos
from data.store.requests.owed_rewrites import list_owed_rewrites, owe_rewrites, settle_rewrites
from data.store.storms.storms import find_active_storm
from fleet.requests.data_retention import ErasedCounts, PersonSought, erase_old, erase_person
from fleet.routes.file_request import KEPT_FOR

EVERY_S = 6 * 3600.0
"""Time between two erasures; the first is at the start, so that a restored backup is erased too."""

LOOK_S = 900.0
"""Time between two looks at what other servers and programs have erased."""

YOUNG_S = 24 * 3600.0
"""Age of a file from which it is no photo whose row is still to come."""

SCHEDULE = Actor(ActorKind.SYSTEM, "schedule")
"""The actor in the audit log."""

NOTHING_ERASED = ErasedCounts(0, 0, ())

_log = logging.getLogger(__name__)


class RetentionTask(PeriodicTask):
    """Erases callers and photos that are older than the settings allow.

    It also has the bytes of what was erased, here or elsewhere, overwritten in the database's
    files.
    """

    pause_s = LOOK_S
    runs_at_once = True

    def __init__(
        self,
        engine: Database,
        clock: Clock,
        city_state: CityStateHolder,
        settings: Settings,
        folder: Path,
        doubtful: Callable[[], bool] = bool,
    ) -> None:
        super().__init__()
        self._engine = engine
        self._clock = clock
        self._city_state = city_state
        self._settings = settings
        self._folder = folder
        self._doubtful = doubtful
        self._erases_at_s = 0.0

    def step(self) -> float:
        """Erase where that is due, and overwrite what was erased; return the seconds to rest."""
        if time.monotonic() >= self._erases_at_s:
            self.run()
            self._erases_at_s = time.monotonic() + EVERY_S
        self.overwrite()
        return 0.0

    def run(self) -> ErasedCounts:
        """Erase once and log the counts; not by a clock that may be wrong."""
        if self._doubtful():
            _log.warning("nothing is erased yet: the clock may be wrong")
            return NOTHING_ERASED
        erased = self.erase()
        self._prune_backups()
        self.prune_photos()
        if erased.requests or erased.photos:
            _log.info("erased %d callers, %d photos", erased.callers, len(erased.photos))
        return erased

    def _prune_backups(self) -> None:
        """Delete backups that the program itself made and that are older than callers may be."""
        backups, kept_for = self._settings.var / "backups", self._settings.callers_kept_days
        if backups.is_dir():
            city, age = self._folder.name, timedelta(days=kept_for)
            for old in prune_backups(backups, city, self._clock.now(), None, age):
                _log.info("deleted the old backup %s", old.name)

    def prune_photos(self) -> int:
        """Remove files that no row names: of reports that were broken off, or a killed erasure.

        The clock is that of the files, and what is young may get its row yet.
        """
        before_s = time.time() - YOUNG_S
        with reading(self._engine) as tx:
            known = list_photos(tx)
        count = remove_orphans(self._folder, known, before_s)
        if count:
            _log.info("removed %d files of photos that nothing names", count)
        return count

    def erase(self, actor: Actor = SCHEDULE) -> ErasedCounts:
        """Erase once, rows before files: a file that no row names can be removed later."""
        settings = self._settings
        with transaction(self._engine) as tx:
            erase_files(tx, self._clock.now() - KEPT_FOR)
            erased = erase_old(
                tx,
                actor,
                self._city_state.now.network,
                timedelta(days=settings.callers_kept_days),
                timedelta(days=settings.photos_kept_days),
                self._clock.now(),
            )
            self._owe(tx, erased)
        return self._remove_photos(erased)

    def erase_person(self, actor: Actor, sought: PersonSought) -> ErasedCounts:
        """Erase one person at their request; the next run, soon, overwrites it in the files."""
        network, now = self._city_state.now.network, self._clock.now()
        with transaction(self._engine) as tx:
            erased = erase_person(tx, actor, sought, network, now)
            self._owe(tx, erased)
        self.wake()
        return self._remove_photos(erased)

    def overwrite(self) -> bool:
        """Have erased rows overwritten in the database's files; return whether none is left.

        On PostgreSQL not while a storm is on: a table is locked while it is written anew.
        """
        with reading(self._engine) as tx:
            owed = list_owed_rewrites(tx)
        if not owed or not self._may_lock():
            return not owed
        done = forget_overwritten(self._engine, owed, self._may_lock)
        if done:
            with transaction(self._engine) as tx:
                settle_rewrites(tx, {name: owed[name] for name in done})
        if len(done) < len(owed):
            _log.warning("what was erased may still be in the database's files: tried again later")
        return len(done) == len(owed)

    def _may_lock(self) -> bool:
        if not is_shared(self._engine):
            return True
        with reading(self._engine) as tx:
            return find_active_storm(tx) is None

    def _owe(self, tx: Tx, erased: ErasedCounts) -> None:
        if erased != NOTHING_ERASED:
            owe_rewrites(tx, WORDED)

    def _remove_photos(self, erased: ErasedCounts) -> ErasedCounts:
        for name in erased.photos:
            remove_photo(self._folder, name)
        return erased
