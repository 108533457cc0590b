import secrets

import pytest

from data.errors import InvalidError
from data.model import Storm
from data.store.audit.audit_log import list_events
from data.store.database.engine import Tx
from fleet.messages.handover_notes import write_note
from fleet.requests.intake import salted_digest
from tests import village as v
from tests.village_database import DISPATCHER

TEXT = "Mill Lane is closed."


def sealed(tx: Tx, storm: Storm, **texts: str) -> object:
    note = write_note(tx, DISPATCHER, storm.id, TEXT, v.NOW, texts)
    (event,) = list_events(tx, f"handover_note:{note.id}")
    return event.after["words"]


def test_a_note_is_sealed_with_what_each_language_reads(
    tx: Tx, storm: Storm, monkeypatch: pytest.MonkeyPatch
) -> None:
    salt = b"salt"
    monkeypatch.setattr(secrets, "token_bytes", lambda _: salt)
    plain = sealed(tx, storm)
    assert plain == salted_digest(salt, TEXT)  # as of notes of former versions
    closed, blocked = (sealed(tx, storm, en=TEXT, fa=words) for words in ("بسته", "بند آمده"))
    assert len({plain, closed, blocked}) == 3
    assert closed == sealed(tx, storm, fa="بسته", en=TEXT)


@pytest.mark.parametrize("texts", [{"xx": TEXT}, {"fa": " "}])
def test_a_note_speaks_the_languages_of_pages_alone(
    tx: Tx, storm: Storm, texts: dict[str, str]
) -> None:
    with pytest.raises(InvalidError, match="texts"):
        write_note(tx, DISPATCHER, storm.id, TEXT, v.NOW, texts)
