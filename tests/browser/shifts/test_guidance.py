"""The phone that leads: what its modules decide, and a truck that is driven along its route."""

import re
from itertools import pairwise

import pytest
from playwright.sync_api import expect

from data.model import LegKind
from data.store.database.engine import transaction
from data.store.shifts.shifts import get_shift, list_progress
from tests import village as v
from tests.browser.shifts.conftest import publish
from tests.browser.shifts.phone_sizes import assert_question_and_message_fit
from tests.browser.shifts.test_driver import PHONE as SMALL_PHONE
from tests.browser.shifts.test_driver import REST_MS
from tests.browser.shifts.test_offline import KEPT_TAPS
from tests.village_plan import a_leg

pytestmark = pytest.mark.browser

STEP_M, STEP_MS = 12.0, 2000
START = {"longitude": v.at_m(2, 0).lon, "latitude": v.at_m(2, 0).lat, "accuracy": 5}
PHONE = SMALL_PHONE | {"viewport": {"width": 390, "height": 844}, "geolocation": START}

HEARD = """() => {
  globalThis.heard = [];
  speechSynthesis.getVoices = () => ["en", "fa", "az"].map((lang) => ({ lang, name: lang }));
  globalThis.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
  speechSynthesis.speak = (said) => heard.push(said.text);
  globalThis.cut = 0;
  speechSynthesis.cancel = () => (cut += 1);
}"""

MODULES = """async () => {
  const { routeLine, placeAt } = await import('/static/js/shifts/driver/guide/line.js');
  const matcher = await import('/static/js/shifts/driver/guide/matcher.js');
  const { beginAt, farAhead, isOff, matched, onAt } = matcher;
  const { driven, isDriven, runAt } = await import('/static/js/shifts/driver/guide/progress.js');
  const { due, isNear } = await import('/static/js/shifts/driver/guide/announcer.js');
  const { StreetGraph } = await import('/static/js/shifts/driver/guide/way-back.js');
  let seed = 7;
  const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  const noise = (m) => m * Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
  const degree = 111195;
  const stage = (points, more = {}) => ({
    line: points.map(([x, y]) => [45 + x / degree / Math.cos(0.645772), 37 + y / degree]),
    work_from: 0, maneuvers: [], kind: "work", state: "open", ...more,
  });
  // There and back on one street, a parallel one 30 m beside it, and the first street once more.
  const line = routeLine([
    stage([[0, 0], [400, 0]]),
    stage([[400, 0], [0, 0]]),
    stage([[0, 0], [0, 30], [400, 30]]),
    stage([[400, 30], [400, 0], [0, 0]], {
      maneuvers: [{ at: 0, kind: "right", text: "a" }, { at: 1, kind: "right", text: "b" }],
    }),
  ]);
  const drive = (off_m) => {
    let [match, run, done, furthest, worst] = [beginAt(0), 0, [], 0, 0];
    const [said, told] = [new Set(), []];
    for (let m = 0, time = 0; m < line.length; m += 10, time += 2) {
      const { x, y, heading } = placeAt(line, m);
      const before = match;
      const place = { x: x + noise(off_m), y: y + noise(off_m), heading, speed: 5, accuracy: 5 };
      match = matched(line, match, { ...place, time });
      const from = Math.max(furthest, before.metre);
      if (match.on && before.on) done = driven(line, done, from, match.metre);
      furthest = Math.max(furthest, match.metre);
      if (match.on) run = runAt(line, match.metre, run);
      worst = Math.max(worst, Math.abs(match.metre - m));
      const next = due(line.maneuvers, match.metre, 5, said);
      if (next) told.push(`${next.maneuver.text} ${next.phase}`);
    }
    const whole = line.runs.map((_, i) => isDriven(line, done, i));
    return { run, worst, off: isOff(match), told, whole };
  };
  const away = () => {
    let [match, time] = [beginAt(0), 0];
    const go = (x, y, heading) => {
      time += 2;
      match = matched(line, match, { x, y, heading, speed: 5, accuracy: 5, time });
    };
    for (let x = 0; x <= 100; x += 10) go(x, 0, 90);
    for (let y = 0; y <= 120; y += 10) go(100, -y, 180);
    const left = isOff(match);
    for (let x = 300; x <= 360; x += 10) go(x, 0, 90);
    return [left, match.on, Math.round(match.metre)];
  };
  // A turn is missed where, straight on, the route comes by again kilometres later.
  const missed = (step = 10, until = 700) => {
    const later = routeLine([
      stage([[0, 0], [400, 0]]),
      stage([[400, 0], [400, -2000], [500, -2000], [500, 0]]),
      stage([[500, 0], [900, 0]]),
    ]);
    let [match, time] = [beginAt(0), 0];
    const go = (x, y, heading) => {
      time += step / 5;
      match = matched(later, match, { x, y, heading, speed: 5, accuracy: 5, time });
    };
    for (let x = 0; x <= until; x += step) go(x, 0, 90);
    const left = [isOff(match), Math.round(match.metre), Math.round(farAhead(match))];
    for (let y = 0; y <= 100; y += 10) go(400, -y, 180);
    const back = [match.on, Math.round(match.metre), farAhead(match)];
    match = onAt(match, 4600);
    for (let y = 0; y <= 100; y += 10) go(400, -300 - y, 180);
    return { left, back, behind: [match.on, Math.round(match.metre)] };
  };
  // Ten minutes to and fro in a yard that no line leads through.
  const yard = () => {
    const served = routeLine([
      stage([[0, 0], [400, 0]]),
      stage([], { kind: "reload" }),
      stage([[400, 0], [400, 400]]),
    ]);
    let match = beginAt(0);
    const go = (x, y, time) => {
      match = matched(served, match, { x, y, heading: null, speed: 2, accuracy: 5, time });
    };
    for (let x = 0; x <= 400; x += 10) go(x, 0, x / 5);
    for (let i = 0; i < 300; i += 1) go(460 + (i % 20) * 4, -70, 82 + 2 * i);
    return [isOff(match), Math.round(match.metre)];
  };
  const turns = { right_s: 3, left_s: 8, back_s: 60, straight_deg: 40 };
  // A town of n x n crossings 100 m apart, two-way; left turns at one crossing are forbidden.
  const back = (n) => {
    const [nodes, streets, arcs, banned] = [[], [], [], []];
    const place = (x, y) => [45 + (x * 100) / degree / Math.cos(0.645772), 37 + (y * 100) / degree];
    for (let y = 0; y < n; y += 1) for (let x = 0; x < n; x += 1) nodes.push(place(x, y));
    const add = (one, other) => {
      streets.push([streets.length + 1, 0, 0, [nodes[one], nodes[other]]]);
      arcs.push([one, other, 10, 100, streets.length - 1, 1]);
      arcs.push([other, one, 10, 100, streets.length - 1, 0]);
    };
    for (let y = 0; y < n; y += 1)
      for (let x = 0; x < n; x += 1) {
        if (x < n - 1) add(y * n + x, y * n + x + 1);
        if (y < n - 1) add(y * n + x, (y + 1) * n + x);
      }
    const between = (one, other) => arcs.findIndex(([from, to]) => from === one && to === other);
    const goal = arcs[between(1, n + 1)];
    const wanted = [[streets[goal[4]][0] * (goal[5] ? 1 : -1), 0]];
    const asked = (banned) =>
      new StreetGraph({ nodes, names: [{}], streets, arcs, banned, turn_back: [], turns });
    const told = (graph, heading) => {
      const way = graph.way(place(0.5, 0), heading, wanted);
      const name = (node) => `${node % n},${Math.floor(node / n)}`;
      return way.map((arc) => `${name(arcs[arc][0])} ${name(arcs[arc][1])}`);
    };
    const far = asked([]).way(place(n - 1.5, n - 1), 90, wanted).length;
    return {
      left: told(asked([]), 90),
      forbidden: told(asked([[between(0, 1), between(1, n + 1)]]), 90).length,
      away: told(asked([]), 270).length,
      far,
      said: asked([]).maneuvers([between(0, 1), between(1, n + 1)]).map(({ kind }) => kind),
    };
  };
  const ring = () => {
    const places = [[0, 0], [1, 0], [1.2, 0.2], [1.4, 0], [2, 0]];
    const nodes = places.map(([x, y]) => [45 + x / 1000, 37 + y / 1000]);
    const pairs = [[0, 1, 0], [1, 2, 1], [2, 3, 1], [3, 4, 0]];
    const graph = new StreetGraph({
      nodes, names: [{}], banned: [], turn_back: [], turns,
      streets: pairs.map(([one, other, flags], i) => [i + 1, 0, flags, [nodes[one], nodes[other]]]),
      arcs: pairs.map(([one, other], i) => [one, other, 10, 100, i, 1]),
    });
    return graph.maneuvers([0, 1, 2, 3]).map(({ at, kind, exit }) => [at, kind, exit]);
  };
  const near = [isNear({ m: 70 }, 8), isNear({ m: 90 }, 8), isNear({ m: 20 }, 0)];
  const seldom = missed(100, 900).left; // a fix every 20 s
  const drives = { calm: drive(0), noisy: drive(12), away: away(), missed: missed(), seldom };
  return { ...drives, back: back(45), yard: yard(), ring: ring(), near };
}"""


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_a_truck_is_followed_through_noise_parallel_streets_and_the_same_street_twice(visit):
    visit.go("/drive")
    told = visit.page.evaluate(MODULES)
    for drive, worst_m in ((told["calm"], 1), (told["noisy"], 60)):
        assert drive["run"] == 3
        assert drive["worst"] < worst_m
        assert not drive["off"]
        assert drive["whole"] == [True] * 4
        assert drive["told"] == ["a first", "a again", "b again"]
    assert told["away"] == [True, True, 360]
    assert told["missed"]["left"] == [True, 400, 4700]
    assert told["seldom"] == [True, 400, 4900]
    assert told["missed"]["back"] == [True, 500, None]
    assert told["missed"]["behind"] == [True, 800]
    assert told["yard"] == [False, 400]
    assert told["near"] == [True, False, True]
    assert told["ring"] == [[1, "roundabout", 1]]
    back = told["back"]
    assert back["left"] == ["0,0 1,0", "1,0 1,1"]
    assert back["said"] == ["left"]
    assert back["forbidden"] > 2  # around the block, since nobody turns back in the street
    assert back["away"] > 3
    assert back["far"] >= 88


LED = """async () => {
  const boot = document.createElement("script");
  Object.assign(boot, { id: "boot", type: "application/json" });
  boot.textContent = JSON.stringify({
    language: "en", now: "2026-01-01T00:00:00Z", texts: {}, city: { timezone: "UTC" },
    languages: [{ code: "en", intl: "en", calendar: "gregory", direction: "ltr" }],
  });
  document.body.append(boot);
  const { drive } = await import('/static/js/shifts/driver/state.js');
  const { guide, goOnHere, startGuide } = await import('/static/js/shifts/driver/guide/state.js');
  const degree = 111195;
  const at = (x, y) => [45 + x / degree / Math.cos(0.645772), 37 + y / degree];
  const stage = (first, kind, points) => ({
    first, last: first, kind, state: "open", line: points.map(([x, y]) => at(x, y)), work_from: 0,
    maneuvers: [], starts_at: "2026-01-01T00:00:00Z", ends_at: "2026-01-01T00:10:00Z",
  });
  await startGuide();
  drive.set({
    shift: { shift_id: 1, plan_id: 2, state: "driving", next_leg: 0 },
    stages: [
      stage(0, "work", [[0, 0], [200, 0]]),
      stage(1, "drive", [[200, 0], [400, 0]]),
      stage(2, "work", [[400, 0], [400, -1000], [500, -1000], [500, 0]]),
      stage(3, "work", [[500, 0], [900, 0]]),
    ],
  });
  let time = Date.now();
  const go = (x, y, heading) => {
    const [lon, lat] = at(x, y);
    drive.set({ place: { at: (time += 2000), lon, lat, heading, speed: 5, accuracy: 5 } });
  };
  for (let i = 0; i < 6; i += 1) go(i, 150, 90);
  const early = [guide.value.mode, guide.value.begun];
  for (let x = 0; x <= 700; x += 10) go(x, 0, 90);
  const far = [guide.value.mode, guide.value.begun, Math.round(guide.value.ahead), drive.value.run];
  goOnHere();
  const there = [guide.value.mode, guide.value.ahead, drive.value.run];
  const driven = guide.value.driven.map(({ stage }) => stage.first);
  for (let y = 0; y <= 100; y += 10) go(400, -300 - y, 180);
  const behind = [guide.value.mode, drive.value.run];
  const [one, , three, four] = drive.value.stages;
  drive.set({ stages: [one, three, four] });
  const cut = guide.value.standing.run;
  const work = stage(0, "work", [[0, 0], [400, 0]]);
  const turn = (text) => [{ at: 1, kind: "right", text }];
  const way = { ...stage(1, "work", [[400, 0], [900, 0]]), maneuvers: turn("right") };
  drive.set({ shift: { ...drive.value.shift, plan_id: 3 }, stages: [work, way] });
  const skipped = [];
  for (let x = 0; x <= 500; x += 10) {
    if (x === 100) {
      const ended_at = new Date().toISOString();
      drive.set({ stages: [{ ...work, state: "skipped", ended_at }, way] });
    }
    go(x, 0, 90);
    if (x === 110 || x === 390 || x === 500) skipped.push(guide.value.mode, drive.value.run);
  }
  const metre = Math.round(guide.value.metre);
  drive.set({ stages: [drive.value.stages[0], { ...way, maneuvers: turn("sağa") }] });
  const { text, m } = guide.value.standing.maneuver;
  drive.set({ stages: [] });
  const gone = [guide.value.mode, guide.value.standing, guide.value.driven.length];
  const { of } = await (await import('/static/js/pages/app/shelf.js')).kept("lead");
  return { early, far, there, driven, behind, cut, skipped, metre, text, m, gone, of };
}"""


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_a_missed_turn_leaves_no_work_out_unless_its_driver_says_so(visit):
    visit.go("/drive")
    told = visit.page.evaluate(LED)
    assert told["early"] == ["off", False]
    assert told["far"] == ["off", True, 2700, 2]
    assert told["there"] == ["on", None, 3]
    assert told["driven"] == [0]  # and not the way to the next street
    assert told["behind"] == ["on", 2]
    assert told["cut"] == 1  # by its leg, where another version cuts runs elsewhere
    assert told["skipped"] == ["on", 1] * 3  # quiet along what was left out
    assert told["metre"] == 500
    assert (told["text"], round(told["m"])) == ("sağa", 400)  # another language on the way
    assert (told["gone"], told["of"]) == (["waiting", None, 0], "1-3")


@pytest.fixture
def plan(database):
    """A storm with a route that hangs together: Main Street, Rose Street there, Orchard, Mill."""
    from api.config.clock import Clock
    from fleet.storms.storm_start import start_storm
    from tests.village_database import DISPATCHER, POLICY

    with transaction(database) as tx:
        start_storm(tx, DISPATCHER, "First snow", v.village(), POLICY, Clock().now())
    return publish(
        database,
        a_leg(segment_id=v.MAIN_WEST),
        a_leg(segment_id=v.MAIN_EAST),
        a_leg(LegKind.DRIVE, v.ROSE, job_ids=()),
        a_leg(segment_id=v.ORCHARD, forward=False),
        a_leg(segment_id=v.MILL, forward=False),
    )


def drive_to(page, *corners_m) -> None:
    """Drive a phone from corner to corner of the village, a fix every two seconds."""
    for (ax, ay), (bx, by) in pairwise(corners_m):
        steps = max(1, round(max(abs(bx - ax), abs(by - ay)) / STEP_M))
        for step in range(1, steps + 1):
            share = step / steps
            place = v.at_m(ax + (bx - ax) * share, ay + (by - ay) * share)
            page.clock.fast_forward(STEP_MS)
            page.context.set_geolocation(
                {"longitude": place.lon, "latitude": place.lat, "accuracy": 5}
            )
            page.wait_for_function(
                "(lon) => globalThis.seenLon !== undefined && Math.abs(seenLon - lon) < 1e-9",
                arg=place.lon,
            )


def come_in_and_start(visit, code, language):
    page = visit.page
    page.clock.install()
    page.add_init_script(f"({HEARD})()")
    page.add_init_script(
        "const watch = navigator.geolocation.watchPosition.bind(navigator.geolocation);"
        " navigator.geolocation.watchPosition = (take, ...more) => watch((position) => {"
        " take(position); globalThis.seenLon = position.coords.longitude; }, ...more);"
    )
    visit.go("/drive")
    page.fill("#code", code)
    page.click("button.primary")
    visit.speak(language)
    page.click(".actions .primary")
    page.wait_for_selector(".stage")
    assert_question_and_message_fit(visit)
    page.set_viewport_size(PHONE["viewport"])
    page.click(".answer .primary")
    page.clock.fast_forward(REST_MS)
    return page


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_the_phone_leads_by_position_speaks_and_asks_for_one_tap(visit, code, database, plan):
    page = come_in_and_start(visit, code, "en")
    drive_to(page, (2, 0), (300, 0))
    expect(page.locator(".stage h2")).to_have_text("Imam Street")
    expect(page.locator(".lead-card .say")).to_contain_text("turn left into Rose Street")
    expect(page.locator(".lead-card .left")).to_have_text("100 m")
    for button in (".trouble", ".reasons button:nth-child(3)"):
        page.click(button)
    expect(page.locator(".reasons button").nth(1)).to_contain_text("turn left into Rose Street")
    page.click("drive-problem dialog > button")
    expect(page.locator("drive-lead [aria-live]")).to_contain_text("turn left")
    expect(page.locator(".lead-card [aria-live], .stage [aria-live]")).to_have_count(2)
    expect(page.locator(".sound:not([aria-pressed])")).to_have_attribute("aria-label", "Mute")
    page.context.set_offline(True)
    drive_to(page, (300, 0), (400, 0), (400, 100))
    expect(page.locator(".stage h2")).to_have_text("Orchard Street")
    expect(page.locator(".stage .task")).to_have_text("Drive to")
    drive_to(page, (400, 100), (400, 150), (200, 150), (200, 60))
    expect(page.locator(".stage h2")).to_have_text("Mill Street")
    drive_to(page, (200, 60), (200, 60), (330, 60), (390, 60))
    expect(page.locator("drive-lead .warning")).to_contain_text("This is the way back")
    expect(page.locator(".lead-card .say")).to_have_text("turn left into Mill Street")
    heard = [re.sub(r"[\d]+ metres", "N metres", said) for said in page.evaluate("heard")]
    assert page.evaluate("cut") == 4  # each maneuver, once of its distance and once at it
    assert heard == [
        "right lane of Imam Street to Depot Road, 400 m, blade down",
        "in N metres, turn left into Rose Street",
        "turn left into Rose Street",
        "right lane of Orchard Street to Mill Street, 200 m, blade down",
        "in N metres, turn left into Mill Street",
        "turn left into Mill Street",
        "right lane of Mill Street to Imam Street, 150 m, blade down",
        "You have left the route.",
    ]
    assert [said for said in visit.complaints if "ERR_INTERNET" not in said] == []
    page.clock.fast_forward(61_000)
    asked = "2 streets driven. Was the work done?"
    for told in (asked, "2 streets are done"):
        expect(page.locator(".undo .what")).to_have_text(told)
        page.clock.fast_forward(REST_MS)
        page.click(".undo button")
    for button in (".trouble", "dialog .ending"):
        page.click(button)
    expect(page.locator("dialog b")).to_have_text("3 streets are not confirmed. Were they done?")
    expect(page.locator("dialog bdi")).to_have_text(
        ["Imam Street", "Orchard Street", "Mill Street"]
    )
    page.click("dialog[open] .primary")
    expect(page.locator("drive-now h2")).to_have_text("Your shift is over. Good rest!")
    page.context.set_offline(False)
    page.clock.fast_forward(5_000)
    visit.until(f"({KEPT_TAPS})().then((taps) => taps.length === 0)")
    with transaction(database) as tx:
        told = {each.leg: each.at_end for each in list_progress(tx, plan.id, 1)}
        assert told == {0: False, 1: False, 2: False, 3: False, 4: True}
        assert get_shift(tx, 1).state == "ended"
