"""Route sheets of whole plans: one file at a time, few who wait, one file for the same sheets."""

from collections.abc import Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from threading import Event

import pytest

from api.processes.pdf_process import SheetsBusyError, SheetsQueue

LONG_S = 240.0


class Printer:
    """Makes files as soon as it is let."""

    def __init__(self) -> None:
        self.began, self.goes_on = Event(), Event()
        self.made: list[object] = []

    def make(self, sheets: Mapping[str, object]) -> bytes:
        self.began.set()
        assert self.goes_on.wait(LONG_S)
        self.made.append(sheets["plan"])
        if sheets["plan"] == "broken":
            raise ValueError
        return str(sheets["plan"]).encode()


@pytest.fixture
def printer(people: ThreadPoolExecutor) -> Iterator[Printer]:
    printer = Printer()
    yield printer
    printer.goes_on.set()


@pytest.fixture
def people() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as people:
        yield people


def sheets(plan: str, made: str = "Printed 10:00") -> dict[str, object]:
    return {"plan": plan, "made": made}


def begun(
    people: ThreadPoolExecutor, queue: SheetsQueue, printer: Printer, plan: str
) -> Future[bytes]:
    running = people.submit(queue.pdf, sheets(plan))
    assert printer.began.wait(LONG_S)
    return running


def one_that_waits(asking: list[Future[bytes]]) -> Future[bytes]:
    """Return which of two waits, since the other one was refused."""
    refused, waiting = wait(asking, LONG_S, FIRST_COMPLETED)
    assert [type(one.exception()) for one in refused] == [SheetsBusyError]
    (left,) = waiting
    return left


def test_above_the_limit_nobody_waits_and_the_others_get_theirs(printer, people) -> None:
    queue = SheetsQueue(printer.make, most_waiting=1, wait_s=LONG_S)
    first = begun(people, queue, printer, "a")
    waiting = one_that_waits([people.submit(queue.pdf, sheets("b")) for _ in range(2)])
    printer.goes_on.set()
    assert (first.result(LONG_S), waiting.result(LONG_S)) == (b"a", b"b")
    assert printer.made == ["a", "b"]
    assert queue.pdf(sheets("c")) == b"c"


def test_who_waits_for_the_same_sheets_gets_the_same_file(printer, people) -> None:
    queue = SheetsQueue(printer.make, most_waiting=1, wait_s=LONG_S)
    first = begun(people, queue, printer, "a")
    later = sheets("a", "Printed 10:01")
    waiting = one_that_waits([people.submit(queue.pdf, later) for _ in range(2)])
    printer.goes_on.set()
    assert waiting.result(LONG_S) is first.result(LONG_S)
    assert printer.made == ["a"]


def test_who_has_waited_too_long_is_refused(printer, people) -> None:
    queue = SheetsQueue(printer.make, wait_s=0.01)
    first = begun(people, queue, printer, "a")
    with pytest.raises(SheetsBusyError) as refused:
        queue.pdf(sheets("b"))
    assert refused.value.retry_s
    printer.goes_on.set()
    assert first.result(LONG_S) == b"a"


def test_a_file_that_fails_holds_up_nobody(printer, people) -> None:
    queue = SheetsQueue(printer.make, most_waiting=1, wait_s=LONG_S)
    first = begun(people, queue, printer, "broken")
    waiting = one_that_waits([people.submit(queue.pdf, sheets("b")) for _ in range(2)])
    printer.goes_on.set()
    assert isinstance(first.exception(LONG_S), ValueError)
    assert waiting.result(LONG_S) == b"b"
