"""Texts spoken by a program as MP3 files."""

import io
import subprocess

import numpy as np
import pytest
import soundfile

from data.files import spoken_clips
from data.files.spoken_clips import SpokenText, find_clip, make_clip
from tests.voice_engine import install_engine


def test_a_text_is_one_file_and_no_order_to_a_shell(tmp_path, monkeypatch):
    notes = install_engine(tmp_path, monkeypatch)
    said = SpokenText("az", "-w $(id) `id`; id")
    assert find_clip(tmp_path, said) is None
    make_clip(tmp_path, said)
    clip = find_clip(tmp_path, said)
    assert clip is not None
    assert clip[:2] == b"\xff\xf3"  # a frame of MP3
    assert notes.read_text() == "-v az -s 150 -a 85 -z --stdin --stdout <-w $(id) `id`; id>\n"
    assert find_clip(tmp_path, SpokenText("fa", said.text)) is None
    assert len(list((tmp_path / spoken_clips.FOLDER).iterdir())) == 1


def test_of_a_text_with_nothing_to_hear_the_file_is_empty(tmp_path, monkeypatch):
    install_engine(tmp_path, monkeypatch)
    soundfile.write(tmp_path / "beep.wav", np.zeros(2205), 22050, subtype="PCM_16")
    make_clip(tmp_path, SpokenText("en", "—"))
    assert find_clip(tmp_path, SpokenText("en", "—")) == b""


@pytest.mark.parametrize("program", ["false", "true", "no-such-program"])
def test_a_program_that_fails_leaves_no_file(program, tmp_path, monkeypatch):
    monkeypatch.setattr(spoken_clips, "PROGRAM", program)
    with pytest.raises((OSError, ValueError, subprocess.SubprocessError)):
        make_clip(tmp_path, SpokenText("en", "turn right"))
    assert find_clip(tmp_path, SpokenText("en", "turn right")) is None


@pytest.mark.usefixtures("espeak_ng")
@pytest.mark.parametrize(
    ("voice", "text"),
    [
        ("fa", "۱۱۰ متر دیگر"),
        ("fa", "خیابانِ شریعتی"),
        ("fa", "Shariati Street"),
        ("az", "sağa dönün"),
        ("az", "Şəriəti küçəsi"),
        ("en", "turn right"),
    ],
)
def test_espeak_ng_says_it_loud_enough_and_without_clipping(voice, text, tmp_path):
    make_clip(tmp_path, SpokenText(voice, text))
    clip = find_clip(tmp_path, SpokenText(voice, text))
    assert clip is not None
    samples, rate_hz = soundfile.read(io.BytesIO(clip))
    assert 5 < len(text) / (len(samples) / rate_hz) < 20  # letters a second
    assert 0.05 < np.sqrt(np.mean(samples**2)) < 0.2
    assert np.abs(samples).max() < 0.98
