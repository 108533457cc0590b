import gzip
import io
import json
import os
import signal
import subprocess
import sys
import tarfile
import threading
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from api.cli.setup.backup import backup
from api.cli.setup.restore import restore
from api.config.clock import Clock
from data.errors import BarfrubError, ConflictError, InvalidError
from data.store.audit.audit_log import add_event
from data.store.backup import sqlite_copy
from data.store.backup.backup import (
    DATABASE,
    DUMP,
    MANIFEST,
    Manifest,
    last_backup_at,
    write_backup,
)
from data.store.backup.restore import restore_city
from data.store.database import postgres_engine
from data.store.database.city_address import ADDRESS_FILE
from data.store.database.city_lock import holding
from data.store.database.engine import transaction
from data.store.migrations import NEWEST
from data.store.tracking.positions import add_positions
from tests import village as v
from tests.api.lived_in_city import SYSTEM, open_at, rows_of, run
from tests.begun_session import begun_session
from tests.fleet.drives import a_drive, a_fix
from tests.postgres import WANTED, url_for_new_cities

ROOT = Path(__file__).parents[4]


def files_of(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in found
        if path.name != ADDRESS_FILE
        and "barfrub.sqlite" not in path.name
        and not path.name.startswith(".")
    }


def restore_beside(file: Path, folder: Path) -> Manifest:
    return restore_city(file, folder, database_url=url_for_new_cities())


def test_a_restored_city_equals_its_source_row_by_row_and_file_by_file(
    lived_in: Path, tmp_path: Path
) -> None:
    before, files = rows_of(lived_in), files_of(lived_in)
    drawn = lived_in / "photos" / "thumbnails"
    drawn.mkdir()
    (drawn / "a1b2.jpg").write_bytes(b"drawn again when somebody looks at it")
    write_backup(lived_in, tmp_path / "saved.tar.gz", v.NOW)
    elsewhere = tmp_path / "another machine" / "cities" / "village"
    manifest = restore_beside(tmp_path / "saved.tar.gz", elsewhere)
    assert rows_of(elsewhere) == before
    assert len(before["position"]) > 20
    assert files_of(elsewhere) == files
    assert "photos/a1b2.jpg" in manifest.files
    assert (manifest.city, manifest.tables) == ("village", NEWEST)
    assert elsewhere.stat().st_mode & 0o077 == 0


def test_a_backup_while_others_write_is_of_one_moment(lived_in: Path, tmp_path: Path) -> None:
    written, over, engine = threading.Event(), threading.Event(), open_at(lived_in)

    def write() -> None:
        second = 10_000
        while not over.wait(0.002):  # SQLite promises no turn beside a writer without rest
            second += 1
            with transaction(engine) as tx:  # one fix and one event: a whole has as many of both
                add_positions(tx, [a_fix(v.at_m(0, 0), float(second))])
                add_event(tx, v.NOW, SYSTEM, "fix.came", f"fix:{second}")
            written.set()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert written.wait(240)
        for number in range(3):
            write_backup(lived_in, tmp_path / f"{number}.tar.gz", v.NOW)
    finally:
        over.set()
        writer.join()
    engine.dispose()
    counts = []
    for number in range(3):
        restore_beside(tmp_path / f"{number}.tar.gz", tmp_path / f"restored-{number}")
        rows = rows_of(tmp_path / f"restored-{number}")
        came = [row for row in rows["event"] if "fix.came" in row]
        assert len(came) == len(rows["position"]) - len(a_drive((0, 0), (900, 0)))
        counts.append(len(came))
    assert 0 < counts[0] <= counts[1] <= counts[2]


def test_only_its_owner_reads_a_backup(lived_in: Path, tmp_path: Path) -> None:
    write_backup(lived_in, tmp_path / "saved.tar.gz", v.NOW)
    assert (tmp_path / "saved.tar.gz").stat().st_mode & 0o777 == 0o600


def test_a_city_set_up_meanwhile_is_saved_anew(
    lived_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, honest = [], tarfile.TarFile.addfile

    def while_somebody_sets_a_policy(archive, member, content):
        if member.name in {DATABASE, DUMP}:
            if not written:
                engine = open_at(lived_in)
                with transaction(engine) as tx:
                    tx.execute(text("UPDATE city SET revision = revision + 1, policy = '# new'"))
                engine.dispose()
            written.append(1)
        honest(archive, member, content)

    monkeypatch.setattr(tarfile.TarFile, "addfile", while_somebody_sets_a_policy)
    write_backup(lived_in, tmp_path / "saved.tar.gz", v.NOW)
    restore_beside(tmp_path / "saved.tar.gz", tmp_path / "restored")
    assert len(written) == 2
    assert rows_of(tmp_path / "restored")["city"] == rows_of(lived_in)["city"]


def test_a_photo_taken_away_meanwhile_is_no_reason_to_fail(
    lived_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = tarfile.TarFile.addfile

    def while_a_photo_goes(archive, member, content):
        (lived_in / "photos" / "a1b2.jpg").unlink(missing_ok=True)
        honest(archive, member, content)

    monkeypatch.setattr(tarfile.TarFile, "addfile", while_a_photo_goes)
    manifest = write_backup(lived_in, tmp_path / "saved.tar.gz", v.NOW)
    monkeypatch.undo()
    assert "photos/a1b2.jpg" not in manifest.files
    restore_beside(tmp_path / "saved.tar.gz", tmp_path / "restored")


def test_a_backup_waits_for_whoever_is_changing_the_streets(lived_in: Path, tmp_path: Path) -> None:
    engine, half_done, saved = open_at(lived_in), threading.Event(), threading.Event()

    def re_import() -> None:
        with transaction(engine) as tx:
            (lived_in / "tiles" / "streets.pmtiles").write_bytes(b"new")
            half_done.set()
            assert not saved.wait(0.5)  # it must not end between files and commit
            tx.execute(text("UPDATE city SET network_version = 'new', revision = 1"))

    def save() -> None:
        write_backup(lived_in, tmp_path / "saved.tar.gz", v.NOW)
        saved.set()

    importing, saver = threading.Thread(target=re_import), threading.Thread(target=save)
    importing.start()
    half_done.wait(240)
    saver.start()
    importing.join()
    saver.join()
    engine.dispose()
    restore_beside(tmp_path / "saved.tar.gz", tmp_path / "restored")
    assert (tmp_path / "restored" / "tiles" / "streets.pmtiles").read_bytes() == b"new"
    assert rows_of(tmp_path / "restored")["city"] == rows_of(lived_in)["city"]


def test_a_writer_who_never_ends_is_named_and_leaves_no_file(
    lived_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_copy, "LOOKS", 2)
    monkeypatch.setattr(postgres_engine, "WAIT_MS", 100)
    engine = open_at(lived_in)
    with transaction(engine), pytest.raises(ConflictError, match="set up while it was saved"):
        write_backup(lived_in, tmp_path / "saved.tar.gz", v.NOW)
    engine.dispose()
    assert not list(tmp_path.glob("*saved*"))


def cut_off(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-2000])


def with_a_changed_byte(file: Path) -> None:
    content = bytearray(gzip.decompress(file.read_bytes()))
    at = content.index(bytes(range(200)))
    content[at] ^= 1
    file.write_bytes(gzip.compress(bytes(content)))


def without_its_manifest(file: Path) -> None:
    rewrite(file, lambda name, content: None if name == MANIFEST else (name, content))


def that_leaves_its_folder(file: Path) -> None:
    rewrite(
        file,
        lambda name, content: ("../" + name if name.startswith("photos") else name, content),
    )


def that_is_no_backup(file: Path) -> None:
    file.write_bytes(b"Dear Sir or Madam")


def rewrite(file: Path, change) -> None:
    with tarfile.open(file) as archive:
        members = [(one.name, archive.extractfile(one).read()) for one in archive]
    with tarfile.open(file, "w:gz") as archive:
        for name, content in filter(None, (change(*member) for member in members)):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))


@pytest.mark.parametrize(
    "spoil",
    [
        cut_off,
        with_a_changed_byte,
        without_its_manifest,
        that_leaves_its_folder,
        that_is_no_backup,
    ],
)
def test_a_spoilt_backup_is_refused_and_changes_nothing(
    lived_in: Path, tmp_path: Path, spoil
) -> None:
    file = tmp_path / "saved.tar.gz"
    write_backup(lived_in, file, v.NOW)
    before = rows_of(lived_in)
    spoil(file)
    with pytest.raises(InvalidError, match="a whole backup"):
        restore_city(file, lived_in, replace=True)
    assert rows_of(lived_in) == before
    assert [path.name for path in lived_in.parent.iterdir()] == ["village"]
    assert not list(tmp_path.rglob("a1b2.jpg"))[1:]


def test_a_backup_of_another_layout_is_refused(lived_in: Path, tmp_path: Path) -> None:
    file = tmp_path / "saved.tar.gz"
    write_backup(lived_in, file, v.NOW)

    def of_tomorrow(name: str, content: bytes):
        said = json.loads(content) | {"format": 2} if name == MANIFEST else None
        return (name, json.dumps(said).encode() if said else content)

    rewrite(file, of_tomorrow)
    with pytest.raises(InvalidError, match="expected format 1"):
        restore_beside(file, tmp_path / "restored")
    assert not (tmp_path / "restored").exists()


KILLED = """
import os, signal, sys
from pathlib import Path
from data.store.backup import restore
def die(*_, **__): os.kill(os.getpid(), signal.SIGKILL)
setattr(restore{inside}, {name!r}, die)
restore.restore_city(Path(sys.argv[1]), Path(sys.argv[2]), replace=True)
"""


@pytest.mark.parametrize(
    ("inside", "name", "new"),
    [
        ("", "_unpack", False),
        ("", "upgrade", False),
        ("", "_exchange", False),
        ("", "sync_folder", True),
        (".shutil", "rmtree", True),
    ],
)
def test_a_restore_that_is_killed_leaves_the_old_city_or_the_new_one_whole(
    lived_in: Path, tmp_path: Path, inside: str, name: str, new: bool
) -> None:
    saved = rows_of(lived_in)
    write_backup(lived_in, tmp_path / "saved.tar.gz", v.NOW)
    engine = open_at(lived_in)
    with transaction(engine) as tx:
        add_event(tx, v.NOW, SYSTEM, "later", "storm:1")
    engine.dispose()
    later = rows_of(lived_in)
    script = KILLED.format(inside=inside, name=name)
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "saved.tar.gz", lived_in], cwd=ROOT, check=False
    )
    assert done.returncode == -signal.SIGKILL
    assert rows_of(lived_in) == (saved if new else later)
    assert {path.name for path in lived_in.parent.iterdir() if path.name[0] != "."} == {"village"}
    assert (lived_in / "photos" / "a1b2.jpg").stat().st_size == 128_000


def test_what_a_killed_restore_left_is_cleared_away_by_the_next(
    lived_in: Path, tmp_path: Path
) -> None:
    write_backup(lived_in, tmp_path / "saved.tar.gz", v.NOW)
    script = KILLED.format(inside="", name="upgrade")
    subprocess.run([sys.executable, "-c", script, tmp_path / "saved.tar.gz", lived_in], cwd=ROOT)
    assert len(list(lived_in.parent.glob(".restoring-*"))) == 1
    restore_city(tmp_path / "saved.tar.gz", lived_in, replace=True)
    assert [path.name for path in lived_in.parent.iterdir()] == ["village"]
    engine = open_at(lived_in)
    schemas = [name for name in inspect(engine).get_schema_names() if "village" in name]
    engine.dispose()
    assert len(schemas) == WANTED  # none that a killed process made is left on PostgreSQL


def test_what_stands_is_replaced_only_on_demand(lived_in: Path, tmp_path: Path) -> None:
    write_backup(lived_in, tmp_path / "saved.tar.gz", v.NOW)
    refused = run(restore, tmp_path / "saved.tar.gz", "--city", "village")
    assert isinstance(refused.exception, ConflictError)
    assert refused.exception.reason == "city_exists"
    done = run(restore, tmp_path / "saved.tar.gz", "--city", "village", "--replace")
    assert "all checksums correct" in done.output
    assert [path.name for path in lived_in.parent.iterdir()] == ["village"]


def test_a_city_that_a_server_has_open_is_not_replaced(
    lived_in: Path, tmp_path: Path, client
) -> None:
    run(backup, tmp_path / "saved.tar.gz")
    assert client.get("/health").status_code == 200
    refused = run(restore, tmp_path / "saved.tar.gz", "--city", "village", "--replace")
    assert isinstance(refused.exception, ConflictError)
    assert refused.exception.reason == "city_open"
    with pytest.raises(ConflictError, match="is open in another program"):
        holding(lived_in, alone=True).__enter__()


def test_a_folder_of_backups_keeps_the_newest(
    lived_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backups = tmp_path / "backups"
    backups.mkdir()
    (backups / "village-notes.txt").write_text("not ours")
    for day in (1, 2, 3):
        moment = v.NOW.replace(day=day)
        monkeypatch.setattr(Clock, "now", lambda _, moment=moment: moment)
        assert run(backup, backups, "--city", "village", "--keep", "2").exit_code == 0
    assert sorted(path.name for path in backups.iterdir()) == [
        "village-20261202T040000Z.barfrub.tar.gz",
        "village-20261203T040000Z.barfrub.tar.gz",
        "village-notes.txt",
    ]
    assert last_backup_at(lived_in) == v.NOW.replace(day=3)


def test_a_backup_never_overwrites_and_says_where_it_cannot_write(
    lived_in: Path, tmp_path: Path
) -> None:
    (tmp_path / "mine.tar.gz").write_text("precious")
    assert "exists already" in str(run(backup, tmp_path / "mine.tar.gz").exception)
    assert (tmp_path / "mine.tar.gz").read_text() == "precious"
    missing = run(backup, tmp_path / "nowhere" / "saved.tar.gz").exception
    assert isinstance(missing, BarfrubError)
    assert "cannot be written" in str(missing)
    assert last_backup_at(lived_in) is None


def test_a_backup_holds_no_secret_of_the_server(lived_in: Path, tmp_path: Path, settings) -> None:
    secret = settings.secret_key()
    write_backup(lived_in, tmp_path / "saved.tar.gz", v.NOW)
    assert secret not in gzip.decompress((tmp_path / "saved.tar.gz").read_bytes())
    assert os.access(tmp_path / "saved.tar.gz", os.R_OK)


def test_nobody_is_signed_in_to_a_restored_city(lived_in: Path, tmp_path: Path) -> None:
    engine = open_at(lived_in)
    begun_session(engine, "dispatcher")
    engine.dispose()
    assert len(rows_of(lived_in)["session"]) == 1
    write_backup(lived_in, tmp_path / "saved.tar.gz", v.NOW)
    restore_beside(tmp_path / "saved.tar.gz", tmp_path / "restored")
    assert rows_of(tmp_path / "restored")["session"] == []
