"""A backup of a city's SQLite file that is damaged, or has no room beside its city."""

from pathlib import Path

import pytest
from pysqlite3 import dbapi2

from data.errors import BarfrubError
from data.store.backup.backup import write_backup
from tests import village as v

pytestmark = pytest.mark.sqlite


def test_a_backup_of_a_damaged_database_is_refused_and_leaves_no_file(
    lived_in: Path, tmp_path: Path
) -> None:
    database = lived_in / "barfrub.sqlite"
    content = bytearray(database.read_bytes())
    content[8192:20480] = b"\xff" * 12288
    database.write_bytes(content)
    with pytest.raises(BarfrubError, match="is damaged"):
        write_backup(lived_in, tmp_path / "saved.tar.gz", v.NOW)
    assert not list(tmp_path.glob("*saved*"))


def test_a_full_disk_is_not_called_damage(
    lived_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = dbapi2.connect

    def on_a_small_disk(name: str, **words):
        connection = honest(name, **words)
        if not words:  # the copy
            connection.execute("PRAGMA max_page_count=2")
        return connection

    monkeypatch.setattr(dbapi2, "connect", on_a_small_disk)
    with pytest.raises(BarfrubError, match=r"cannot be copied beside its city: .*full"):
        write_backup(lived_in, tmp_path / "saved.tar.gz", v.NOW)
