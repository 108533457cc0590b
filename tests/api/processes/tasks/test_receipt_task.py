"""Receipts of the audit log go out by themselves, and a stamp of an authority holds."""

import json
import shutil
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from api.cli.setup.backup import save_city
from api.cli.storms.audit import audit as audit_command
from api.config.clock import Clock
from api.config.settings import Settings
from api.processes.tasks.receipt_task import AWAY_EVERY, ReceiptTargets, ReceiptTask
from api.processes.time_stamps import ask_for_stamp, stamped_at
from data.errors import BarfrubError
from data.store.audit.receipt_file import RECEIPTS, list_receipts
from data.store.backup.restore import unpack
from data.store.database.engine import transaction
from tests import village as v
from tests.api.lived_in_city import open_at

CONFIG = """
[tsa]
default_tsa = us
[us]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
ess_cert_id_alg = sha256
[extensions]
extendedKeyUsage = critical,timeStamping
"""


class RealClock(Clock):
    """Real time, which a test moves on."""

    def __init__(self) -> None:
        super().__init__()
        self.moment = v.NOW

    def system_now(self) -> datetime:
        return self.moment


@pytest.fixture
def clock() -> RealClock:
    return RealClock()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A time-stamping authority in a folder, with its own root certificate."""
    if shutil.which("openssl") is None:
        pytest.skip("needs the program openssl")
    folder = tmp_path_factory.mktemp("authority")
    (folder / "openssl.cnf").write_text(CONFIG)
    (folder / "serial").write_text("01\n")
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    root = ["-x509", "-days", "9", "-subj", "/CN=Root", "-keyout", "root.key", "-out", "root.crt"]
    openssl(folder, "req", *key, *root)
    asked = ["-subj", "/CN=Stamps", "-keyout", "tsa.key", "-out", "tsa.csr"]
    openssl(folder, "req", *key, *asked)
    signed = ["-in", "tsa.csr", "-CA", "root.crt", "-CAkey", "root.key", "-CAcreateserial"]
    ends = ["-days", "9", "-extfile", "openssl.cnf", "-extensions", "extensions", "-out", "tsa.crt"]
    openssl(folder, "x509", "-req", *signed, *ends)
    return folder


def openssl(folder: Path, *words: str) -> None:
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


def stamp_of(folder: Path, url: str, said: str) -> bytes:
    def answer(asked: httpx.Request) -> httpx.Response:
        (folder / "asked.tsq").write_bytes(asked.content)
        names = ["-queryfile", "asked.tsq", "-out", "answer.tsr", "-config", "openssl.cnf"]
        openssl(folder, "ts", "-reply", *names, "-signer", "tsa.crt", "-inkey", "tsa.key")
        return httpx.Response(200, content=(folder / "answer.tsr").read_bytes())

    return ask_for_stamp(url, said, httpx.MockTransport(answer))


def last_line(engine) -> str:
    with transaction(engine) as tx:
        row = tx.execute(text("SELECT id, hash FROM event ORDER BY id DESC LIMIT 1")).one()
    return f"{row.id}:{row.hash}"


def test_a_receipt_goes_to_the_log_and_to_a_file_and_once_a_day_away(
    lived_in: Path, clock: RealClock, caplog: pytest.LogCaptureFixture
) -> None:
    engine, sent = open_at(lived_in), []

    def send(*message: str) -> str:
        sent.append(message)
        return ""

    task = ReceiptTask(engine, clock, lived_in, ReceiptTargets("mailto://audit", send=send))
    with caplog.at_level("INFO"):
        first = task.run()
    assert first is not None
    assert first.text == last_line(engine)
    assert f"receipt of the audit log of village: {first.text}" in caplog.text
    assert [(address, body) for address, _, body in sent] == [("mailto://audit", first.text)]
    assert task.run() is None  # nothing was written since
    for hours in (1, AWAY_EVERY / timedelta(hours=1)):
        clock.moment = v.NOW + timedelta(hours=hours)
        with transaction(engine) as tx:
            tx.execute(
                text(
                    "INSERT INTO event SELECT id + 1, at, actor_kind, actor_id, verb, subject,"
                    " before, after, hash, hash || '1' FROM event ORDER BY id DESC LIMIT 1"
                )
            )
        assert task.run() is not None
    engine.dispose()
    assert len(sent) == 2
    assert len(list_receipts(lived_in)) == 3


def test_a_training_city_sends_no_receipt_away(lived_in: Path) -> None:
    engine, sent = open_at(lived_in), []
    targets = ReceiptTargets("mailto://audit", send=lambda *words: sent.append(words) or "")
    assert ReceiptTask(engine, Clock(v.NOW), lived_in, targets).run() is not None
    engine.dispose()
    assert sent == []


def test_verify_compares_the_book_with_the_receipts_beside_it(lived_in: Path) -> None:
    (lived_in / RECEIPTS).write_text(
        json.dumps({"line": 1, "hash": "0" * 64, "at": v.NOW.isoformat()}) + "\n"
    )
    done = CliRunner().invoke(audit_command, ["verify"])
    assert done.exit_code == 1
    assert "line 1 (storm:1) is not the line that was noted" in done.output


def test_a_stamp_is_kept_with_the_receipt_and_holds(
    lived_in: Path, clock: RealClock, authority: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_at(lived_in)
    targets = ReceiptTargets(
        authority="http://authority", stamp=lambda url, said: stamp_of(authority, url, said)
    )
    ReceiptTask(engine, clock, lived_in, targets).run()
    engine.dispose()
    (kept,) = list_receipts(lived_in)
    root = authority / "root.crt"
    assert abs(stamped_at(kept.stamp, kept.text, root) - Clock().now()) < timedelta(hours=1)
    with pytest.raises(BarfrubError, match="does not hold"):
        stamped_at(kept.stamp, "1:another", root)

    monkeypatch.setenv("BARFRUB_TIME_STAMP_ROOTS", str(root))
    other = kept.text.replace(kept.hash, kept.hash[::-1])
    assert "does not hold" not in CliRunner().invoke(audit_command, ["verify"]).output
    said = (lived_in / RECEIPTS).read_text().replace(kept.hash, other.partition(":")[2])
    (lived_in / RECEIPTS).write_text(said)
    assert "does not hold" in CliRunner().invoke(audit_command, ["verify"]).output


def test_an_authority_that_does_not_answer_delays_nothing(
    lived_in: Path, clock: RealClock, caplog: pytest.LogCaptureFixture
) -> None:
    def gone(url: str, said: str) -> bytes:
        return ask_for_stamp(url, said, httpx.MockTransport(lambda _: httpx.Response(503)))

    engine = open_at(lived_in)
    targets = ReceiptTargets(authority="http://authority", stamp=gone)
    assert ReceiptTask(engine, clock, lived_in, targets).run() is not None
    engine.dispose()
    assert "gave no stamp" in caplog.text
    assert list_receipts(lived_in)[0].stamp == b""


def test_a_backup_names_the_last_line_of_the_book(lived_in: Path, tmp_path: Path) -> None:
    engine = open_at(lived_in)
    saved = save_city(Settings(), lived_in, tmp_path / "saved.tar.gz", v.NOW)
    (tmp_path / "out").mkdir()
    assert unpack(saved, tmp_path / "out").receipt == last_line(engine)
    engine.dispose()
