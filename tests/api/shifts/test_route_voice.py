"""The voice of a route, for phones that have none of the driver's language."""

import base64

import pytest

from api.processes.tasks import voice_task as voice_tasks
from data.files import spoken_clips
from data.files.spoken_clips import SpokenText
from maps.guidance.phrases import phrases
from maps.pages.i18n import translator
from tests.voice_engine import install_engine


@pytest.fixture
def voices(client, monkeypatch):
    """The server's task, which speaks only when a test runs it."""
    task = client.app.state.barfrub.voice_task
    monkeypatch.setattr(task, "wake", lambda: None)
    return task


def test_a_driver_gets_what_is_said_on_the_route_and_each_text_is_spoken_once(
    driver, voices, tmp_path, monkeypatch
):
    notes = install_engine(tmp_path, monkeypatch)
    before = driver.get("/api/drive/voice").json()
    runs = driver.get("/api/drive").json()["stages"]
    said = [one["text"] for run in runs for one in run["maneuvers"]] + [r["sentence"] for r in runs]
    known = phrases(said, translator("en"))
    assert before["clips"] == {}
    assert before["missing"] >= len(known)
    assert not notes.exists()  # nobody waits for it
    assert voices.run() == before["missing"]
    voice = driver.get("/api/drive/voice").json()
    assert (voice["language"], voice["missing"]) == ("en", 0)
    assert set(known) <= set(voice["clips"])
    assert base64.b64decode(voice["clips"]["turn right"])[:2] == b"\xff\xf3"  # a frame of MP3
    spoken = notes.read_text()
    assert "-v fa" not in spoken  # nobody drives in Persian
    assert voices.run() == 0
    assert notes.read_text() == spoken


def test_a_phone_asks_only_for_what_it_lacks_while_the_rest_is_being_spoken(
    driver, voices, tmp_path, monkeypatch
):
    install_engine(tmp_path, monkeypatch)
    assert driver.get("/api/drive/voice").json()["whole"] == 0
    voices.run()
    voice = driver.get("/api/drive/voice").json()
    known = list(voice["clips"])
    assert voice["whole"] == len(known)
    rest = driver.get("/api/drive/voice", params={"after": 3}).json()
    assert list(rest["clips"]) == known[3:]


def test_phrases_are_whole_up_to_the_first_that_is_still_to_be_spoken(
    voices, tmp_path, monkeypatch
):
    install_engine(tmp_path, monkeypatch)
    one, two, three = ({text: SpokenText("en", text)} for text in ("one", "two", "three"))
    assert voices.clips(one | three).whole == 0
    voices.run()
    clips = voices.clips(one | two | three)
    assert (clips.whole, list(clips.made), clips.missing) == (1, ["one", "three"], 1)


def test_without_an_engine_there_is_no_voice_and_none_to_come(driver, voices):
    answer = {"language": "en", "clips": {}, "missing": 0, "whole": 0}
    assert driver.get("/api/drive/voice").json() == answer
    assert voices.run() == 0


def test_an_engine_that_fails_is_left_alone_for_a_while(driver, voices, monkeypatch, caplog):
    monkeypatch.setattr(spoken_clips, "PROGRAM", "false")
    assert driver.get("/api/drive/voice").json()["missing"] > 0
    assert voices.run() == 0
    assert len([one for one in caplog.records if one.name == voice_tasks.__name__]) == 1
    assert driver.get("/api/drive/voice").json()["missing"] == 0


def test_administrators_read_which_voice_fails_until_it_speaks_again(
    driver, voices, sign_in, monkeypatch, tmp_path
):
    monkeypatch.setattr(spoken_clips, "PROGRAM", "false")
    monkeypatch.setattr(voice_tasks, "FAILED_REST_S", 0.0)
    driver.get("/api/drive/voice")
    voices.run()
    said = {"again": spoken_clips.SpokenText("en", "again")}
    sign_in("administrator")
    page = driver.get("/setup", headers={"accept": "text/html"}).text
    assert "fails on the server: English" in page
    assert "non-zero exit status 1" in page
    install_engine(tmp_path, monkeypatch)
    voices.clips(said)
    assert voices.run() == 1
    assert "fails on the server" not in driver.get("/setup", headers={"accept": "text/html"}).text


def test_long_texts_are_left_out(voices, tmp_path, monkeypatch):
    install_engine(tmp_path, monkeypatch)
    said = {text: spoken_clips.SpokenText("en", text) for text in ("a", "b" * 201)}
    assert voices.clips(said).missing == 1


def test_nobody_else_gets_it(client, sign_in, plan):
    assert client.get("/api/drive/voice").status_code == 401
    sign_in("operator")
    assert client.get("/api/drive/voice").status_code == 403
