"""Which voice says something: the phone's own, else the stored one, else a tone."""

import pytest
from playwright.sync_api import expect

from tests import village as v
from tests.browser.shifts.test_guidance import PHONE
from tests.browser.shifts.test_offline import APP, INSTALLED
from tests.voice_engine import install_engine

pytestmark = pytest.mark.browser

VOICES = """async () => {
  const boot = document.createElement("script");
  Object.assign(boot, { id: "boot", type: "application/json" });
  boot.textContent = JSON.stringify({
    language: "en", now: "2026-01-01T00:00:00Z", texts: {}, city: { timezone: "UTC" },
    languages: [{ code: "en", intl: "en", calendar: "gregory", direction: "ltr" }],
  });
  document.body.append(boot);
  const heard = [];
  const node = { connect: (to) => to, frequency: {}, gain: {}, stop: () => heard.push("stopped") };
  globalThis.AudioContext = class {
    currentTime = 0;
    resume() {}
    decodeAudioData = async (bytes) => ({ duration: bytes.byteLength });
    createGain = () => ({ ...node });
    createOscillator = () => ({ ...node, start: () => heard.push("tone"), stop() {} });
    createBufferSource = () => ({ ...node, start: (at) => heard.push(Math.round(at)) });
  };
  globalThis.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
  speechSynthesis.speak = ({ text }) => heard.push(text);
  speechSynthesis.getVoices = () => [];
  const { interrupt, say } = await import('/static/js/shifts/driver/guide/speech.js');
  const stored = await import('/static/js/shifts/driver/guide/stored-voice.js');
  const settled = () => new Promise((done) => setTimeout(done));
  const all = [];
  const told = async (act) => {
    act();
    await settled();
    all.push(heard.splice(0));
  };
  const elm = "turn right into Elm";
  const text = "turn right into \\u2068Oak Street\\u2069, lower the blade.";
  await told(() => say(text, "straight"));
  await stored.storeVoice(1);
  await told(() => say(text, "straight"));
  await told(() => interrupt("turn right", "right"));
  await told(() => say(elm, "straight"));
  await told(() => say(elm, "straight", "turn right"));
  speechSynthesis.getVoices = () => [{ lang: "en-GB", localService: false }];
  await told(() => say("turn right", "right"));
  await told(() => say(elm, "right", "turn right"));
  speechSynthesis.getVoices = () => [{ lang: "en-GB", localService: true }];
  await told(() => say("turn right", "right"));
  return [await stored.takeVoice(), ...all];
}"""


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_a_phone_speaks_with_its_own_voice_else_the_stored_one_else_by_tones(visit):
    phrases = ["turn", "turn right", "right into", "into", "Oak Street", "lower the blade"]
    answer = {"language": "en", "clips": dict.fromkeys(phrases, "AAAA"), "missing": 0, "whole": 6}
    visit.page.route("**/api/drive/voice*", lambda route: route.fulfill(json=answer))
    visit.go("/drive")
    route, nothing_stored, stored, cut, *unknown, distant, distant_name, own = visit.page.evaluate(
        VOICES
    )
    assert route == 1
    assert nothing_stored == ["tone"]
    assert stored == [0, 3, 6, 9]  # one phrase after the other, each of 3 s
    assert cut == ["stopped"] * 4 + [0]
    assert unknown == [["tone"], [3]]  # without its name, where that is given
    assert distant == [6]  # what is stored needs no network
    assert distant_name == ["turn right into Elm"]
    assert own == ["turn right"]


SAID = """() => {
  globalThis.heard = 0;
  const source = { connect() {}, stop() {}, start: () => (heard += 1) };
  AudioContext.prototype.createBufferSource = () => ({ ...source });
  AudioContext.prototype.decodeAudioData = async () => ({ duration: 1 });
  AudioContext.prototype.createOscillator = () => { throw new Error("a tone"); };
}"""
KEPT_ROUTE = """async () => {
  const { kept } = await import('/static/js/pages/app/shelf.js');
  return (await kept('voice'))?.route ?? null;
}"""


@pytest.mark.parametrize("visit", [APP], indirect=True)
def test_a_persian_phone_without_a_voice_speaks_the_route_without_a_network(
    visit, code, plan, monkeypatch, tmp_path
):
    page, facts = visit.page, visit.page.locator(".facts")
    page.add_init_script(f"({SAID})()")
    visit.go("/drive")
    page.fill("#code", code)
    page.click("button.primary")
    expect(facts).to_contain_text("tones lead, rising for right")
    install_engine(tmp_path, monkeypatch)
    with page.expect_response("**/api/drive/voice*"):
        visit.speak("fa")
    visit.city.voice_task.run()
    page.evaluate(INSTALLED)
    page.reload()
    assert visit.until(KEPT_ROUTE) == f"1 {plan.id}"
    expect(facts).not_to_contain_text("بم")
    page.context.set_offline(True)
    page.reload()
    page.click(".actions .primary")
    place = v.at_m(120, 0)
    page.context.set_geolocation({"longitude": place.lon, "latitude": place.lat, "accuracy": 5})
    assert visit.until("heard") >= 1
