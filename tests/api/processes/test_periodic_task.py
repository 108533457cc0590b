from pathlib import Path
from threading import Event, get_ident

from api.processes.periodic_task import PeriodicTask
from data.errors import DiskFullError
from data.store.database.engine import create_engine, transaction, written_version

LONGEST_S = 240
FOR_EVER_S = 3600.0


class Counted(PeriodicTask):
    """Counts its runs; some fail, and each waits until it may end."""

    pause_s = FOR_EVER_S
    runs_at_once = True

    def __init__(self, failures: int = 0) -> None:
        super().__init__()
        self.failures = failures
        self.fault: Exception = ValueError("not yet")
        self.runs = 0
        self.begun, self.may_end = Event(), Event()
        self.thread = 0

    def run(self) -> None:
        self.runs += 1
        self.thread = get_ident()
        self.begun.set()
        assert self.may_end.wait(LONGEST_S)
        if self.runs <= self.failures:
            raise self.fault


class Patient(Counted):
    runs_at_once = False


def test_it_runs_at_once_in_a_thread_of_its_own_and_again_when_woken():
    task = Counted()
    task.start()
    assert task.begun.wait(LONGEST_S)
    task.begun.clear()
    task.wake()  # during a run: the next one comes without a pause
    task.may_end.set()
    assert task.begun.wait(LONGEST_S)
    task.stop()
    assert task.runs == 2
    assert task.thread != get_ident()


class Writing(Counted):
    """Writes once, and keeps what it has written by then."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.engine = create_engine(file)
        self.versions: list[int | None] = []
        self.done = Event()

    def run(self) -> None:
        super().run()
        self.versions.append(written_version())
        if self.runs == 1:
            with transaction(self.engine):
                pass
            self.versions.append(written_version())
            self.wake()
        else:
            self.done.set()


def test_what_one_run_has_written_is_no_version_of_what_the_next_one_publishes(tmp_path):
    task = Writing(tmp_path / "empty.sqlite")
    task.may_end.set()
    task.start()
    assert task.done.wait(LONGEST_S)
    task.stop()
    task.engine.dispose()
    before, after, next_run = task.versions
    assert (before, next_run) == (None, None)
    assert after


def test_a_server_that_does_not_lead_runs_no_task_until_it_does():
    task, leads, asked = Counted(), Event(), Event()
    task.may_end.set()
    task.start(lambda: (asked.set(), leads.is_set())[1])
    assert asked.wait(LONGEST_S)
    assert not task.begun.is_set()
    leads.set()
    task.wake()
    assert task.begun.wait(LONGEST_S)
    task.stop()


def test_a_stop_waits_for_the_present_run_and_not_for_the_pause():
    task = Counted()
    task.start()
    assert task.begun.wait(LONGEST_S)
    task.may_end.set()
    task.stop()
    assert task.runs == 1


def test_a_run_that_fails_is_logged_and_repeated(caplog):
    task = Counted(failures=1)
    task.start()
    assert task.begun.wait(LONGEST_S)
    task.begun.clear()
    task.wake()
    task.may_end.set()
    assert task.begun.wait(LONGEST_S)
    task.stop()
    assert task.runs == 2
    assert "Counted could not run" in caplog.text


def test_the_first_run_may_come_after_a_pause():
    task = Patient()
    task.start()
    task.stop()
    assert task.runs == 0


def test_what_was_never_started_can_be_stopped_and_run_by_hand():
    task = Counted()
    task.may_end.set()
    task.stop()
    task.run()
    assert task.runs == 1


def test_a_task_waits_for_room_on_the_disk(caplog, monkeypatch):
    monkeypatch.setattr("api.processes.periodic_task.FULL_REST_S", 0.01)
    task = Counted(failures=2)
    task.fault = DiskFullError()
    task.may_end.set()
    task.start()
    while task.runs < 2:
        assert task.begun.wait(LONGEST_S)
        task.wake()
    task.stop()
    assert "Counted waits: the disk is full" in caplog.text
    assert "Traceback" not in caplog.text
