"""Messages that a sandbox keeps, whatever their words hold and however writing one ended."""

from datetime import timedelta
from pathlib import Path

from fleet.training.sandbox.outbox import KeptMessage, forget_later, keep_message, kept_messages
from tests import village as v

LATER = v.NOW + timedelta(hours=1)


def test_words_with_ends_of_lines_of_unicode_are_read_and_forgotten(tmp_path: Path) -> None:
    file = tmp_path / "outbox.jsonl"
    words = "one\u2028two\u2029three\x85four\r\nfive"
    for at in (v.NOW, LATER):
        keep_message(file, KeptMessage(at, "0914 555", words, words))
    assert [(one.at, one.body) for one in kept_messages(file)] == [(LATER, words), (v.NOW, words)]
    assert [one.at for one in kept_messages(file, 1)] == [LATER]
    forget_later(file, v.NOW)
    assert [(one.at, one.body) for one in kept_messages(file)] == [(v.NOW, words)]
    assert [*tmp_path.iterdir()] == [file]


def test_a_half_written_line_takes_no_other_along(tmp_path: Path) -> None:
    file = tmp_path / "outbox.jsonl"
    first, last = (KeptMessage(at, "0914 555", "", "برف") for at in (v.NOW, LATER))
    keep_message(file, first)
    half = file.read_bytes()
    with file.open("ab") as kept:
        kept.write(half[: half.index("ف".encode()) + 1])  # within a letter
    keep_message(file, last)
    assert kept_messages(file) == [last, first]
    forget_later(file, v.NOW)
    assert kept_messages(file) == [first]


def test_no_file_is_no_message(tmp_path: Path) -> None:
    file = tmp_path / "outbox.jsonl"
    forget_later(file, v.NOW)
    assert kept_messages(file) == []
    assert not file.exists()
