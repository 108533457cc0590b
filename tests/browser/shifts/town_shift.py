"""A short shift in the sample town: its machine, its route, and its driver's phone."""

import os
import signal
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from socket import SHUT_RDWR, create_connection, create_server, socket
from threading import Thread

from playwright.sync_api import Browser, BrowserContext, Error, Page

from api.config.clock import Clock
from api.web.context import App
from data.model import DirectedSegment, JobId, Leg, LegKind, SegmentId
from data.streets.network import StreetNetwork
from fleet.simulation.simulated_trucks import Fix, Traversal
from tests.browser.conftest import COARSE, PATIENCE_MS, QUIET, find_chromium

FLEET = """
[[depot]]
name = "انبار ماشین‌آلات شهرداری"
lon = 46.5232743
lat = 37.1689384

[[vehicle]]
name = "برف‌روب ۲"
type = "dump_truck"
work_kmh = { plow = 30 }
drive_kmh = 40
blade_m = 3.2
hopper_kg = 5000
min_street_m = 4
shift_h = 1
depot = "انبار ماشین‌آلات شهرداری"
assumed = true
"""

_BOULEVARD = range(83, 97)
_ACROSS = (610, *range(257, 264))
_SQUARE = (619, 620, 616, 617, 618)
_BACK = (*range(264, 272), *range(604, 611))
_HOME = (-1996, -1995, -1994, 1997, 96, 610, 611, *range(604, 609), *range(140, 154))
_HOME += tuple(range(-528, -523))

FIRST = (
    (LegKind.DRIVE, (-529,)),
    (LegKind.WORK, (*_BOULEVARD, *_ACROSS, *_SQUARE, *_SQUARE, *_SQUARE[:4], *_BACK, *_ACROSS)),
    (LegKind.DRIVE, _SQUARE[:4]),
    (LegKind.WORK, (618,)),
    (LegKind.DRIVE, _SQUARE[:4]),
    (LegKind.WORK, (*_BACK, 257)),
    (LegKind.DRIVE, _HOME),
)
"""A route of the optimizer for this machine and 14 minutes (seed 1, 300 iterations): streets in
order, those below 0 against their line."""

DRIVEN = (
    FIRST[0],
    (LegKind.WORK, (*_BOULEVARD, *_ACROSS, *_SQUARE, *_SQUARE, *_SQUARE[:4], *_BACK, 257)),
    FIRST[-1],
)
"""What is driven of it, since the route changes: without the second round."""

STEP = timedelta(seconds=2)
"""A phone's receiver tells its place so often here."""

BEFORE = timedelta(hours=1)
"""A clock runs on until it is paused, which a busy machine may take long for."""

WORK_MPS, DRIVE_MPS = 30 / 3.6, 40 / 3.6

type Stretch = tuple[LegKind, Sequence[int]]


def legs_of(
    stretches: Iterable[Stretch],
    network: StreetNetwork,
    jobs: Mapping[SegmentId, JobId],
    starts_at: datetime,
) -> tuple[Leg, ...]:
    """Return the legs of a route: one for each street of work, one for each drive."""
    legs, passes = list[Leg](), Counter[int]()
    for kind, streets in stretches:
        at_work = kind is LegKind.WORK
        for path in ((street,) for street in streets) if at_work else (streets,):
            ways = tuple(DirectedSegment(SegmentId(abs(way)), way > 0) for way in path)
            length_m = sum(network.segment(way.segment_id).length_m for way in ways)
            seconds = length_m / (WORK_MPS if at_work else DRIVE_MPS)
            ends_at = starts_at + timedelta(seconds=seconds)
            leg = Leg(kind, ways, starts_at, ends_at, length_m, passes[path[0]], at_work)
            if at_work:
                passes[path[0]] += 1
                leg = replace(leg, job_ids=(jobs[ways[0].segment_id],))
            legs.append(leg)
            starts_at = ends_at
    return tuple(legs)


class DrivenClock(Clock):
    """The server's clock, which goes on as the truck does."""

    training = False

    def __init__(self, moment: datetime) -> None:
        super().__init__(moment)
        self.moment = moment

    def now(self) -> datetime:
        """Return where the drive has come to."""
        return self.moment


WHAT_WAS_ORDERED_IS_WRITTEN = """() => new Promise((done) => {
  const asked = indexedDB.open("barfrub", 1);
  asked.onsuccess = () => {
    const step = asked.result.transaction("kept", "readwrite");
    step.oncomplete = () => done(asked.result.close());
  };
})"""
"""Transactions of one store are carried out in their order."""

RECEIVER = (
    f"const written = {WHAT_WAS_ORDERED_IS_WRITTEN};"
    + """
const takers = new Map();
let watches = 0;
let follow;
globalThis.receiver = { last: null, followed: new Promise((done) => (follow = done)) };
const positionOf = ([, lon, lat, speed, heading, accuracy]) => ({
  coords: { longitude: lon, latitude: lat, speed, heading, accuracy },
  timestamp: Date.now(),
});
const place = () => positionOf(receiver.last);
Object.defineProperty(navigator, "geolocation", { value: {
  watchPosition: (take) => {
    takers.set((watches += 1), take);
    follow();
    if (receiver.last) queueMicrotask(() => take(place()));
    return watches;
  },
  clearWatch: (id) => takers.delete(id),
  getCurrentPosition: (take) => receiver.last && take(place()),
} });
// The truck drives on by the page's clock, a fix at each of its times.
globalThis.drive = (fixes) => fixes.forEach((fix) => setTimeout(() => {
  receiver.last = fix;
  takers.forEach((take) => take(place()));
}, fix[0] - Date.now()));
// The truck waits for answers: its minutes are shorter than the server's.
const reach = globalThis.fetch.bind(globalThis);
const underWay = new Set();
globalThis.fetch = (...asked) => {
  const answer = reach(...asked);
  underWay.add(answer);
  answer.catch(() => null).finally(() => underWay.delete(answer));
  return answer;
};
const turn = () => new Promise((done) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = done;
  port2.postMessage(0);
});
// Nor does it drive on while a page comes, which goes by the time at which the server made it,
// or while a new version takes over: the browser does both by a clock of its own.
let takesOver = null;
const worker = globalThis.ServiceWorker?.prototype ?? {};
const tell = worker.postMessage;
worker.postMessage = function (...told) {
  takesOver ??= new Promise((done) => (navigator.serviceWorker.oncontrollerchange = done));
  tell.apply(this, told);
};
receiver.answered = async () => {
  await receiver.followed;
  while (underWay.size > 0) await Promise.allSettled([...underWay]);
  if (takesOver) await takesOver.then(written); // what the page puts away before it is loaded anew
  for (let i = 0; i < 3; i += 1) await turn();
  if (isLeaving) await new Promise(() => null); // until the page that comes is there
};
let isLeaving = false;
addEventListener("beforeunload", () => (isLeaving = true));
addEventListener("click", ({ isTrusted }) => isTrusted && tapped(), true);
"""
)
"""A phone's receiver, which tells speed and heading; taps are counted."""


@dataclass(frozen=True, slots=True)
class TownShift:
    """What the truck of the shift will do, and the clock by which it does."""

    app: App
    address: str
    clock: DrivenClock
    token: str
    fixes: Sequence[Fix]
    way: Sequence[Traversal]

    def at(self, share: float) -> datetime:
        """Return when the truck is through with a share of its time."""
        begin, end = self.fixes[0].fixed_at, self.fixes[-1].fixed_at
        return begin + (end - begin) * share


class Mast:
    """The way from the phone to the server: cut, all connections break and none opens."""

    def __init__(self, server: str) -> None:
        self._server = ("127.0.0.1", int(server.rpartition(":")[2]))
        self._ends = set[socket]()
        self._door = create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._door.getsockname()[1]}"
        self.is_up = True
        Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Break off."""
        self.is_up = False
        for end in tuple(self._ends):
            _shut(end)

    def mend(self) -> None:
        """Connect again."""
        self.is_up = True

    def close(self) -> None:
        """Be gone."""
        self.cut()
        _shut(self._door)

    def _accept(self) -> None:
        while True:
            try:
                phone, _ = self._door.accept()
            except OSError:
                return
            if not self.is_up:
                phone.close()
                continue
            try:
                server = create_connection(self._server)
            except OSError:
                phone.close()
                continue
            self._ends |= {phone, server}
            for one, other in ((phone, server), (server, phone)):
                Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket, other: socket) -> None:
        try:
            while told := one.recv(65536):
                other.sendall(told)
        except OSError:
            pass  # the other half has broken off
        _shut(one)
        _shut(other)
        self._ends -= {one, other}


def _shut(end: socket) -> None:
    with suppress(OSError):
        end.shutdown(SHUT_RDWR)
    end.close()


PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "locale": "fa-IR",
    "service_workers": "allow",
    **COARSE,
}


class Phone:
    """A driver's phone: its browser keeps what it kept, though its battery dies."""

    def __init__(self, chromium: Browser, folder: Path, shift: TownShift, mast: Mast) -> None:
        self._chromium, self._folder, self._mast = chromium, folder, mast
        self.clock, self.fixes = shift.clock, shift.fixes
        self.complaints = list[str]()
        self.taps = 0
        self.context: BrowserContext
        self.page: Page

    def switch_on(self) -> Page:
        """Start the browser with an empty page."""
        self.context = self._chromium.browser_type.launch_persistent_context(
            self._folder, executable_path=find_chromium(), args=list(QUIET), **PHONE
        )
        self.context.set_default_timeout(PATIENCE_MS)
        self.context.set_offline(not self._mast.is_up)
        self.context.clock.install(time=self.clock.moment - BEFORE)
        self.context.clock.pause_at(self.clock.moment)
        self.context.expose_function("tapped", self._count)
        self.context.add_init_script(RECEIVER)
        self.page = self.context.pages[0]
        self.page.on("pageerror", lambda error: self.complaints.append(str(error.stack)))
        return self.page

    def lose_signal(self) -> None:
        """Drive where no mast is heard."""
        self._mast.cut()
        self.context.set_offline(True)

    def find_signal(self) -> None:
        """Drive where one is heard again."""
        self._mast.mend()
        self.context.set_offline(False)

    def die(self) -> None:
        """Lose all that is not on the disk; what was ordered to be written comes there first."""
        self.page.evaluate(WHAT_WAS_ORDERED_IS_WRITTEN)
        marker = f"--user-data-dir={self._folder}"
        words = {int(one.parent.name): one for one in Path("/proc").glob("[0-9]*/cmdline")}
        with self.context.expect_event("close"):
            for process, file in words.items():
                if _is_browser(file, marker):
                    os.kill(process, signal.SIGKILL)

    def wait(self) -> None:
        """Wait until the page has come so far that it follows the truck."""
        self.page.wait_for_selector("drive-actions button")
        self.page.evaluate("receiver.followed")

    def drive(self, until: datetime) -> None:
        """Drive on until a time, with the clocks of phone and server."""
        while self.clock.moment < until:
            step = min(STEP, until - self.clock.moment)
            told = [_told(fix) for fix in self.fixes if _is_within(fix, self.clock.moment, step)]
            self._guarded(lambda told=told: self.page.evaluate("(fixes) => drive(fixes)", told))
            self.rest(step)

    def rest(self, time: timedelta) -> None:
        """Let time go by, and the server answer meanwhile."""
        self.clock.moment += time
        self._guarded(self._catch_up)
        self._guarded(lambda: self.page.evaluate("receiver.answered()"))

    def _catch_up(self) -> None:
        """Let the phone's clock go on to the server's: a page that is loaded anew falls behind."""
        behind_ms = round(self.clock.moment.timestamp() * 1000) - self.page.evaluate("Date.now()")
        self.page.clock.run_for(max(0, behind_ms))

    def _guarded(self, order: Callable[[], object]) -> None:
        """Give an order, unless the page is loaded anew for a new version meanwhile."""
        try:
            order()
        except Error as error:
            if "navigation" not in error.message:
                raise
            self.wait()

    def _count(self) -> None:
        self.taps += 1


def _is_within(fix: Fix, since: datetime, time: timedelta) -> bool:
    return since < fix.fixed_at <= since + time


def _told(fix: Fix) -> list[float]:
    at_ms = fix.fixed_at.timestamp() * 1000
    place = [fix.location.lon, fix.location.lat]
    return [at_ms, *place, fix.speed_mps, fix.heading_deg, fix.accuracy_m]


def _is_browser(command: Path, marker: str) -> bool:
    """Whether a process is the first one of the browser with this mark, not a child of it."""
    try:
        words = command.read_text().split("\0")
    except OSError:
        return False  # it ended meanwhile
    return marker in words and not any(word.startswith("--type=") for word in words)
