from pathlib import Path
from threading import Event

from api.processes.workers.alive_file import AliveFile


def test_a_worker_that_asks_whether_to_stop_gives_a_sign_of_life(tmp_path: Path) -> None:
    stopped, file = Event(), tmp_path / "alive"
    assert AliveFile(file, stopped).is_set() is False
    file.unlink()
    assert AliveFile(file, stopped).wait(0.0) is False
    assert file.exists()


def test_the_file_is_touched_once_a_second_and_the_order_to_stop_is_passed_on(
    tmp_path: Path,
) -> None:
    stopped, file = Event(), tmp_path / "alive"
    signal = AliveFile(file, stopped)
    signal.is_set()
    file.unlink()
    stopped.set()
    assert signal.is_set()
    assert signal.wait(60.0)
    assert not file.exists()
