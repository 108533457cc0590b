"""What an hour on the road costs a driver's phone: fixes, wake-ups of its radio, timers.

`docs/battery.md` says what each of them takes of a battery.
"""

import pytest
from playwright.sync_api import expect

from api.processes.event_feeds import PHONE_BEAT_S
from tests import village as v

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}}

START = v.at_m(100, 0)

CLOCK = """([lon, lat, beat_ms]) => {
  const [tick, stopTicking] = [setInterval, clearInterval].map((one) => one.bind(globalThis));
  const timers = new Map();
  const began = Date.now();
  let [ms, last, watch, mps, metres] = [0, 0, null, 0, 0];
  const count = { fixes: 0, timers: 0, radio: [] };
  const add = (run, wait = 0, every = 0) => {
    timers.set(++last, { run, at: ms + wait, every });
    return last;
  };
  Date.now = () => began + ms;
  globalThis.setTimeout = (run, wait, ...more) => add(() => run(...more), wait);
  globalThis.setInterval = (run, wait, ...more) => add(() => run(...more), wait, wait);
  globalThis.clearTimeout = globalThis.clearInterval = (id) => timers.delete(id);
  const fix = () => {
    count.fixes += 1;
    const east = Math.abs((metres % 300) - 150) / 111195 / Math.cos((lat * Math.PI) / 180);
    const coords = { longitude: lon + east, latitude: lat, accuracy: 5, heading: null };
    return { coords: { ...coords, speed: mps }, timestamp: Date.now() };
  };
  const geolocation = {
    watchPosition: (take) => ((watch = take), 1),
    clearWatch: () => (watch = null),
    getCurrentPosition: (take) => take(fix()),
  };
  Object.defineProperty(navigator, "geolocation", { value: geolocation });
  const ask = fetch;
  const underWay = new Set();
  let [measured, proved] = [false, null];
  const headers = new Headers({ "content-type": "application/json" });
  const json = (told) => ({ ok: true, status: 200, headers, json: async () => told });
  const stored = { stored: 1, needed: true, rejected: [] };
  globalThis.fetch = async (path, ...more) => {
    count.radio.push(ms);
    const now = new Date(Date.now()).toISOString();
    if (measured && path.endsWith("/positions")) return json(stored);
    if (measured && path === "/api/drive/proved") return json({ ...proved, now });
    const answer = ask(path, ...more);
    underWay.add(answer);
    try {
      if (path === "/api/drive/proved") proved = await (await answer).clone().json();
      return await answer;
    } finally {
      underWay.delete(answer);
    }
  };
  globalThis.EventSource = class extends EventTarget {
    constructor() {
      super();
      add(() => this.beat(), beat_ms, beat_ms);
    }
    beat() {
      count.timers -= 1; // the server's, not the page's
      count.radio.push(ms);
      const data = JSON.stringify({ now: new Date(Date.now()).toISOString(), speed: 1, epoch: 0 });
      this.dispatchEvent(new MessageEvent("beat", { data }));
    }
    close() {}
  };
  const turn = () => new Promise((done) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = done;
    channel.port2.postMessage(null);
  });
  const second = () => {
    ms += 1000;
    metres += mps;
    for (const [id, timer] of [...timers].sort(([, one], [, other]) => one.at - other.at)) {
      if (timer.at > ms) continue;
      count.timers += 1;
      if (timer.every) timer.at += timer.every;
      else timers.delete(id);
      timer.run();
    }
    watch?.(fix());
  };
  // The server answers by another clock: this one stands still meanwhile.
  const next = async () => {
    second();
    do for (let i = 0; i < 2; i += 1) await turn();
    while (underWay.size > 0);
  };
  const idle = tick(() => underWay.size > 0 || second(), 50); // until an hour is asked for
  globalThis.anHour = async (parts) => {
    stopTicking(idle);
    while (proved === null || underWay.size > 0) await next();
    measured = true;
    Object.assign(count, { fixes: 0, timers: 0, radio: [] });
    const since = ms;
    for (const [minutes, speed] of parts) {
      mps = speed;
      for (let i = 0; i < minutes * 60; i += 1) await next();
    }
    const awake = new Set(count.radio.flatMap((at) =>
      [...Array(11).keys()].map((more) => Math.floor((at - since) / 1000) + more)));
    return { ...count, radio: count.radio.length, awake_s: awake.size };
  };
}"""


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_an_hour_of_driving_waiting_and_resting_wakes_the_phone_seldom(visit, code):
    page = visit.page
    page.add_init_script(f"({CLOCK})([{START.lon}, {START.lat}, {PHONE_BEAT_S * 1000}])")
    visit.go("/drive?lang=en")
    page.fill("#code", code)
    page.click("button.primary")
    page.click(".actions .primary")
    expect(page.locator(".actions .done")).to_be_visible()
    expect(page.locator("drive-tabs .line")).to_have_text("Your position is sent.")
    spent = page.evaluate("(parts) => anHour(parts)", [[30, 4], [10, 12], [20, 0]])
    assert spent["fixes"] <= 2_550  # 40 minutes of one a second, then one minute, then 3 a minute
    assert spent["radio"] <= 360
    assert spent["awake_s"] <= 2_200
    assert spent["timers"] <= 1_700
    assert visit.complaints == []
