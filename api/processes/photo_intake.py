"""Photo intake: few photos are decoded at a time, and they leave room on the disk.

A decoder takes up to 250 MB for 16 megapixels, and a disk full of photos would stop all else.
"""

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from threading import BoundedSemaphore

from api.config.clock import Clock
from data.errors import BarfrubError, DiskFullError
from data.files.photos import redrawn, save_photo
from data.store.database.engine import Database, transaction
from data.store.requests.photo_quota import take_quota

DECODED_AT_ONCE = 1
WAITING = 8
"""Photos that wait for a decoder, at most: each holds up to 8 MB, and a second of time."""

MB = 1_000_000


class PhotosBusyError(BarfrubError):
    """Raised where too many photos wait for a decoder."""

    code = "photos_busy"
    retry_s = 5

    def __init__(self) -> None:
        super().__init__("too many photos are being taken in: try again in a moment")


class PhotosFullError(BarfrubError):
    """Raised where photos have taken their share of the day, or of the disk."""

    code = "photos_full"
    retry_s = 3_600

    def __init__(self) -> None:
        super().__init__("there is no more room for photos")


class PhotoSource(StrEnum):
    """Who sends photos: the public and other systems, or people who sign in."""

    OUTSIDE = "outside"
    SIGNED_IN = "signed_in"


class PhotoIntake:
    """Decodes photos in threads of its own, and stores them within a daily quota and a reserve.

    `reserve_mb` of the disk stay free; `daily_mb` may be stored by each source on one day (UTC),
    counted in the database for all servers of the city. Call `store` outside of transactions.
    """

    def __init__(
        self, engine: Database, folder: Path, clock: Clock, *, reserve_mb: int, daily_mb: int
    ) -> None:
        self._engine = engine
        self._folder = folder
        self._clock = clock
        self._reserve_bytes, self._daily_bytes = reserve_mb * MB, daily_mb * MB
        self._threads = ThreadPoolExecutor(DECODED_AT_ONCE, "photos")
        self._places = BoundedSemaphore(DECODED_AT_ONCE + WAITING)

    def stop(self) -> None:
        """End the threads."""
        self._threads.shutdown()

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place among those who wait for a decoder; raise `PhotosBusyError` without one.

        Take it before a photo is read into memory.
        """
        if not self._places.acquire(blocking=False):
            raise PhotosBusyError
        try:
            yield
        finally:
            self._places.release()

    def submit(self, content: bytes, source: PhotoSource) -> Future[str]:
        """Re-encode and store a photo in the threads for it; return the file's name, later.

        Raises what `redrawn` and `store` raise.
        """
        return self._threads.submit(lambda: self.store(redrawn(content), source))

    def store(
        self,
        content: bytes,
        source: PhotoSource,
        save: Callable[[Path, bytes], str] = save_photo,
    ) -> str:
        """Store a photo as it is; raise `PhotosFullError` above the quota or within the reserve.

        `save` writes the file into the city's folder and returns its name.

        Raises `DiskFullError` where there is no room for anything.
        """
        free_bytes = shutil.disk_usage(self._folder).free
        if free_bytes < len(content):
            raise DiskFullError
        if free_bytes - len(content) < self._reserve_bytes:
            raise PhotosFullError
        day = self._clock.now().date()
        with transaction(self._engine) as tx:
            if not take_quota(tx, source, day, len(content), self._daily_bytes):
                raise PhotosFullError
        return save(self._folder, content)
