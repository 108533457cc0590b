"""The clock of a sandbox, which all its processes read: it can be paused, sped up and set back.

What it says stands in a file that each process maps into its memory, so that a change holds for all
of them at once. Its moments are counted by the machine's monotonic clock, which all processes share
until the machine starts anew.
"""

import fcntl
import mmap
import os
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from zlib import crc32

from api.config.clock import Clock
from data.errors import BarfrubError, InvalidError

CLOCK_FILE = "training-clock"
"""Its name in the folder of a sandbox; a folder without one is a real installation's."""

HOLD_FILE = "training-clock-hold"
"""Who holds the clock has this file locked, which ends with its process in any case."""

SLOWEST, FASTEST = 0.1, 60.0
"""Limits of its speed, in seconds of the storm per second."""

KEEP_S = 2.0
"""How often who leads the sandbox writes down the moment, for when the machine is switched off."""

_LAYOUT = struct.Struct("<qqdqq16s")
_RUNNING, _HELD = 1, 2
_SUM = struct.Struct("<I")
_BYTES = _LAYOUT.size + _SUM.size

_READINGS = 10_000
"""So often in a row no reader meets a writer: the file is damaged."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def this_boot() -> bytes:
    """Return a name for the time since the machine was started, within which moments compare."""
    with suppress(OSError):
        return sha256(_BOOT_ID.read_bytes()).digest()[:16]
    return bytes(16)


@dataclass(frozen=True, slots=True)
class ClockFace:
    """What stands in the file: it was `at` when the monotonic clock stood at `since_ns`.

    `epoch` is how often the clock was set back. It is `running` where people let it go on, and
    stands all the same while it is `held`.
    """

    at: datetime
    since_ns: int
    speed: float
    running: bool
    epoch: int
    boot: bytes
    held: bool = False

    def packed(self) -> bytes:
        """Return it as the file holds it, with a sum that shows a half-written one."""
        body = _LAYOUT.pack(
            (self.at - _EPOCH) // _MICROSECOND,
            self.since_ns,
            self.speed,
            _RUNNING * self.running | _HELD * self.held,
            self.epoch,
            self.boot,
        )
        return body + _SUM.pack(crc32(body))


def _unpacked(content: bytes) -> ClockFace | None:
    """Return what the file says, `None` for one that is being written."""
    body = content[: _LAYOUT.size]
    if _SUM.unpack(content[_LAYOUT.size : _BYTES]) != (crc32(body),):
        return None
    at_us, since_ns, speed, state, epoch, boot = _LAYOUT.unpack(body)
    at, running, held = _EPOCH + at_us * _MICROSECOND, bool(state & _RUNNING), bool(state & _HELD)
    return ClockFace(at, since_ns, speed, running, epoch, boot, held)


class TrainingClock(Clock):
    """The clock of the sandbox in a folder; children of a process open the same file.

    It stands while it is paused, after the machine was started anew, and until somebody lets it
    `go_on`.
    """

    def __init__(self, sandbox: Path, monotonic_ns: Callable[[], int] = time.monotonic_ns) -> None:
        super().__init__(_EPOCH)
        self._sandbox = sandbox
        self._monotonic_ns = monotonic_ns
        self._boot = this_boot()
        with (sandbox / CLOCK_FILE).open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), _BYTES)

    def __reduce__(self) -> tuple[type["TrainingClock"], tuple[Path]]:
        """Return how another process opens it."""
        return TrainingClock, (self._sandbox,)

    @property
    def speed(self) -> float:
        """How many seconds it goes on in one while it is not paused."""
        return self._face().speed

    @property
    def pace(self) -> float:
        """How many seconds it goes on in one now."""
        face = self._face()
        return face.speed if self._goes(face) else 0.0

    @property
    def paused(self) -> bool:
        """Whether somebody has paused it; while it is held it stands, but is not."""
        return not self._runs(self._face())

    @property
    def may_stand(self) -> bool:
        """Whether it may be paused, wait for the simulation, or be set back."""
        return True

    @property
    def epoch(self) -> int:
        """How often it was set back."""
        return self._face().epoch

    def now(self) -> datetime:
        """Return the present moment, aware and in UTC."""
        face = self._face()
        while True:
            moment, before = self._moment(face, self._monotonic_ns()), face
            face = self._face()
            if face == before:  # else it may have been paused since, and the moment be too late
                return moment

    def pause(self) -> None:
        """Let it stand."""
        self._change(lambda face: replace(face, running=False))

    def go_on(self) -> None:
        """Let it go on from where it stands."""
        self._change(lambda face: replace(face, running=True))

    def set_speed(self, speed: float) -> None:
        """Let it go on faster or slower; raise `InvalidError` beyond its limits."""
        known = known_speed(speed)
        self._change(lambda face: replace(face, speed=known))

    def set_back(self, moment: datetime) -> None:
        """Set it to an earlier moment, and let it stand there."""
        self._change(
            lambda face: replace(face, at=moment, running=False, epoch=face.epoch + 1),
        )

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let it stand meanwhile; what people decide of it then holds afterwards.

        One holds it at a time, others wait.
        """
        with (self._sandbox / HOLD_FILE).open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            self._change(lambda face: replace(face, held=True))
            try:
                yield
            finally:
                self._change(lambda face: replace(face, held=False))

    def keep(self) -> None:
        """Write the present moment down, and let it go where who held it has died."""
        with (self._sandbox / HOLD_FILE).open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self._change(lambda face: face)
            else:
                self._change(lambda face: replace(face, held=False))

    def recover(self) -> None:
        """Take it up where its sandbox stopped, paused: at once where nobody stopped it properly.

        Then no moment comes twice: it stands at the last one that anybody can have seen.
        """

        def stopped(face: ClockFace, now_ns: int) -> ClockFace:
            if not face.running or face.held:
                return replace(face, running=False, held=False)
            last = face.at + timedelta(seconds=2 * KEEP_S * face.speed)
            same_boot = face.boot == self._boot
            at = min(last, self._moment(face, now_ns)) if same_boot else last
            return replace(face, at=at, running=False)

        self._write(stopped)

    def _change(self, change: Callable[[ClockFace], ClockFace]) -> None:
        """Change what it says from this moment on."""

        def from_now_on(face: ClockFace, now_ns: int) -> ClockFace:
            return change(replace(face, at=self._moment(face, now_ns), running=self._runs(face)))

        self._write(from_now_on)

    def _write(self, change: Callable[[ClockFace, int], ClockFace]) -> None:
        """Write what follows from what it says now, and from one reading of the monotonic clock.

        With a second reading the time between both would be lost, and a moment come twice.
        """
        with (self._sandbox / CLOCK_FILE).open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            face, now_ns = self._face(), self._monotonic_ns()
            new = replace(change(face, now_ns), since_ns=now_ns, boot=self._boot)
            self._memory[:_BYTES] = new.packed()
            self._memory.flush()

    def _face(self) -> ClockFace:
        for _ in range(_READINGS):
            face = _unpacked(self._memory[:_BYTES])
            if face is not None:
                return face
        raise BarfrubError(f"{self._sandbox / CLOCK_FILE} is damaged: begin the rehearsal anew")

    def _runs(self, face: ClockFace) -> bool:
        return face.running and face.boot == self._boot

    def _goes(self, face: ClockFace) -> bool:
        return self._runs(face) and not face.held

    def _moment(self, face: ClockFace, now_ns: int) -> datetime:
        if not self._goes(face):
            return face.at
        gone_us = (now_ns - face.since_ns) / 1_000 * face.speed
        return face.at + timedelta(microseconds=gone_us)


def known_speed(speed: float) -> float:
    """Return a speed that the clock may have; raise `InvalidError` for another one."""
    if not SLOWEST <= speed <= FASTEST:
        raise InvalidError("speed", speed, f"a number from {SLOWEST:g} to {FASTEST:g}")
    return speed


def make_training_clock(sandbox: Path, at: datetime, speed: float) -> TrainingClock:
    """Make the clock of a new sandbox, paused."""
    face = ClockFace(at, time.monotonic_ns(), known_speed(speed), False, 0, this_boot())
    with (sandbox / CLOCK_FILE).open("wb") as file:
        file.write(face.packed())
        file.flush()
        os.fsync(file.fileno())
    return TrainingClock(sandbox)


def find_training_clock(sandbox: Path) -> TrainingClock | None:
    """Return the clock of a sandbox, `None` for the folder of a real installation."""
    return TrainingClock(sandbox) if (sandbox / CLOCK_FILE).exists() else None
