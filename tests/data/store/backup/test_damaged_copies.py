"""Copies of a database that are damaged."""

from pathlib import Path

from data.store.backup.sqlite_copy import is_whole
from data.store.database.engine import create_engine
from tests.data.store.migrations.tables_of_0031 import make_tables_of_0031


def test_a_copy_that_is_cut_off_empty_or_gone_is_not_whole(tmp_path: Path) -> None:
    copy = tmp_path / "mark.sqlite"
    engine = create_engine(copy)
    make_tables_of_0031(engine)
    engine.dispose()
    content = copy.read_bytes()
    for less in (content[: len(content) // 2], content[:100], b"", b"no database" * 100):
        copy.write_bytes(less)
        assert not is_whole(copy)
    copy.unlink()
    assert not is_whole(copy)
    assert not copy.exists()
