"""Backups are encrypted, signed, restored in a drill, and deleted when they are old."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from api.cli.setup.backup import backup, backup_key
from api.cli.setup.restore import restore
from api.config.clock import Clock
from api.config.settings import Settings
from data.errors import BarfrubError, InvalidError
from data.store.backup.backup import Protection, write_backup
from data.store.backup.encryption import HEADER, write_new_key
from data.store.backup.pruning import backup_name, list_backups, prune_backups
from data.store.backup.restore import Credentials, restore_city
from data.store.backup.signing import Signer
from tests import village as v
from tests.api.lived_in_city import rows_of, run

pytestmark = pytest.mark.usefixtures("new_cities")

DAY = timedelta(days=1)


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, str]:
    """The file of the secret half of a key, and its public half."""
    (tmp_path / "away").mkdir()
    file = tmp_path / "away" / "key.txt"
    return file, write_new_key(file)


def test_a_drill_with_an_encrypted_and_signed_backup(
    lived_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, secret = rows_of(lived_in), tmp_path / "key.txt"
    made = run(backup_key, secret)
    told = dict(line.split("=", 1) for line in made.output.splitlines() if "=" in line)
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    saved = tmp_path / "saved.age"
    assert "encrypted" in run(backup, saved).output
    assert saved.read_bytes().startswith(HEADER)
    assert b"barfrub.sqlite" not in saved.read_bytes()

    other = tmp_path / "other machine"
    monkeypatch.setenv(
        "BARFRUB_VAR", str(other)
    )  # it has the signer's public key, no key of its own
    refused = run(restore, saved, "--city", "village")
    assert "--key" in str(refused.exception)
    done = run(restore, saved, "--city", "village", "--key", secret)
    assert done.exit_code == 0, done.output
    assert rows_of(other / "cities" / "village") == before


def test_only_the_owner_reads_the_secret_half(keys) -> None:
    file, public = keys
    assert file.stat().st_mode & 0o777 == 0o600
    assert public in file.read_text()
    with pytest.raises(FileExistsError):
        write_new_key(file)


def test_another_key_opens_nothing(lived_in: Path, tmp_path: Path, keys) -> None:
    write_backup(lived_in, tmp_path / "saved.age", v.NOW, Protection(recipient=keys[1]))
    write_new_key(tmp_path / "other.txt")
    for wrong in ("other.txt", "missing.txt"):
        with pytest.raises(InvalidError, match="key"):
            restore_city(tmp_path / "saved.age", tmp_path / "new", Credentials(tmp_path / wrong))
    assert not (tmp_path / "new").exists()


def test_an_encrypted_backup_that_was_cut_off_or_changed_is_refused(
    lived_in: Path, tmp_path: Path, keys
) -> None:
    whole = tmp_path / "saved.age"
    write_backup(lived_in, whole, v.NOW, Protection(recipient=keys[1]))
    content = whole.read_bytes()
    for damaged in (content[:-20], content[: len(content) // 2], _flipped(content)):
        whole.write_bytes(damaged)
        with pytest.raises(InvalidError):
            restore_city(whole, tmp_path / "new", Credentials(keys[0]))
    assert not (tmp_path / "new").exists()


def _flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def test_a_public_key_that_is_none_makes_no_backup(lived_in: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidError, match="age1"):
        write_backup(lived_in, tmp_path / "saved.age", v.NOW, Protection(recipient="age1nonsense"))
    assert not list(tmp_path.glob("*saved*"))


def test_a_backup_that_somebody_else_made_is_refused_and_taken_only_by_order(
    lived_in: Path, tmp_path: Path
) -> None:
    ours, theirs = tmp_path / "ours.tar.gz", tmp_path / "theirs.tar.gz"
    run(backup, ours)
    write_backup(lived_in, theirs, v.NOW, Protection(Signer(tmp_path / "their.key")))
    write_backup(lived_in, tmp_path / "nobodys.tar.gz", v.NOW)
    assert run(restore, ours, "--city", "one").exit_code == 0
    for name in ("theirs", "nobodys"):
        refused = run(restore, tmp_path / f"{name}.tar.gz", "--city", "two")
        assert "a signature that is believed here" in str(refused.exception)
    assert run(restore, theirs, "--city", "two", "--unsigned").exit_code == 0


def test_signers_of_other_machines_are_believed_by_name(
    lived_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Signer(tmp_path / "their.key")
    write_backup(lived_in, tmp_path / "theirs.tar.gz", v.NOW, Protection(other))
    monkeypatch.setenv("BARFRUB_BACKUP_SIGNERS", other.public)
    assert run(restore, tmp_path / "theirs.tar.gz", "--city", "two").exit_code == 0
    monkeypatch.setenv("BARFRUB_BACKUP_SIGNERS", "ed25519:short")
    assert isinstance(
        run(restore, tmp_path / "theirs.tar.gz", "--city", "three").exception, InvalidError
    )


def test_a_signing_key_that_is_damaged_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("nonsense")
    with pytest.raises(BarfrubError, match="key"):
        Signer(tmp_path / "key")


def a_folder_of_backups(folder: Path, *days: int) -> Path:
    folder.mkdir()
    for number, age in enumerate(days):
        name = backup_name("village", v.NOW - age * DAY, encrypted=number % 2 == 0)
        (folder / name).write_bytes(b"")
    (folder / "village-before-winter.barfrub.tar.gz").write_bytes(b"")
    shutil.copy(folder / name, folder / name.replace("village", "village-2"))
    return folder


def ages(folder: Path) -> list[int]:
    return [(v.NOW - made_at) // DAY for made_at, _ in list_backups(folder, "village")]


def test_backups_are_deleted_by_number_and_by_age_but_never_the_newest(tmp_path: Path) -> None:
    folder = a_folder_of_backups(tmp_path / "saved", 1, 5, 20, 40, 100)
    assert len(prune_backups(folder, "village", v.NOW, 4, None)) == 1
    assert ages(folder) == [1, 5, 20, 40]
    prune_backups(folder, "village", v.NOW, None, 30 * DAY)
    assert ages(folder) == [1, 5, 20]
    prune_backups(folder, "village", v.NOW, None, timedelta(0))
    assert ages(folder) == [1]
    assert (folder / "village-before-winter.barfrub.tar.gz").exists()
    assert len(list_backups(folder, "village-2")) == 1


def test_the_server_deletes_its_own_backups_with_the_callers_in_them(app) -> None:
    backups = a_folder_of_backups(app.settings.var / "backups", 1, 91)
    app.retention_task.run()
    assert ages(backups) == [1]


def test_the_command_deletes_old_backups(lived_in: Path, tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    folder.mkdir()
    old = folder / backup_name("village", Clock().now() - 31 * DAY, encrypted=False)
    old.write_bytes(b"")
    done = run(backup, folder, "--keep-days", "30")
    assert f"Deleted {old}" in done.output
    assert len(list_backups(folder, "village")) == 1
    assert Settings().backup_signing_key.stat().st_mode & 0o777 == 0o600
