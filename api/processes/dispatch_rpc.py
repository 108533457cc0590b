"""Client of the dispatch worker: one JSON line for the question, one for the answer."""

import json
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from data.errors import BarfrubError, ConflictError, DiskFullError
from data.files.json_records import from_plain, to_plain
from data.model import (
    AssignmentCost,
    ChangedRoute,
    Edited,
    EditWish,
    Job,
    PlanId,
    SegmentId,
    UrgentInsertion,
)

SOCKET = "quick.sock"
"""Name of the worker's socket in the city's folder, which nobody else can write to."""

PATIENCE_S = 10.0
"""Longest wait for an answer."""

LONG_PATIENCE_S = 60.0
"""Longest wait for loading a draft: some seconds in a large city, once."""

MOST_BYTES = 50_000_000
"""Longest line that is read."""


class DispatchUnavailableError(BarfrubError):
    """The dispatch worker does not answer: it is starting or being restarted."""

    code = "quick_away"


@contextmanager
def reachable(folder: Path) -> Iterator[str]:
    """Yield the path of the socket, short enough for the system's limit."""
    place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{place}/{SOCKET}"
    finally:
        os.close(place)


class DispatchClient:
    """Sends questions to the dispatch worker of a city; safe from any thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def best_insertion(self, job: Job) -> UrgentInsertion:
        """Return the cheapest place in the driven routes for an urgent job.

        Raises `DispatchUnavailableError` where no worker answers, `ConflictError` where no truck
        can do it.
        """
        answer = self._answer({"ask": "insertion", "job": to_plain(Job, job)})
        return from_plain(UrgentInsertion, answer["insertion"])

    def routes_of(self, insertion: UrgentInsertion) -> tuple[ChangedRoute, ...]:
        """Return the changed routes of an insertion; raises the same errors."""
        answer = self._answer({"ask": "routes", "key": insertion.key})
        return tuple(from_plain(ChangedRoute, each) for each in answer["routes"])

    def begin_by_hand(self, plan_id: PlanId, by: str) -> PlanId:
        """Create a draft from a plan for manual edits; raises the same errors."""
        question = {"ask": "hand_begin", "plan": plan_id, "by": by}
        return PlanId(self._answer(question, LONG_PATIENCE_S)["plan"])

    def edited(self, plan_id: PlanId, wish: EditWish) -> Edited:
        """Return the outcome of an edit of a draft, checked by the referee."""
        plain = to_plain(EditWish, wish)
        question = {"ask": "hand_edit", "plan": plan_id, "wish": plain}
        return from_plain(Edited, self._answer(question)["edited"])

    def takers(self, plan_id: PlanId, segment_id: SegmentId) -> list[AssignmentCost]:
        """Return the cost of giving a draft's street to each truck, the cheapest first."""
        question = {"ask": "hand_takers", "plan": plan_id, "segment": segment_id}
        return [from_plain(AssignmentCost, one) for one in self._answer(question)["takers"]]

    def _answer(
        self, question: Mapping[str, Any], patience_s: float = PATIENCE_S
    ) -> dict[str, Any]:
        try:
            line = self._asked(json.dumps(question).encode() + b"\n", patience_s)
        except OSError as error:
            raise DispatchUnavailableError("the dispatch worker does not answer") from error
        if not line.endswith(b"\n"):
            raise DispatchUnavailableError("the dispatch worker ended in the middle of its answer")
        answer: dict[str, Any] = json.loads(line)
        refused = answer.get("refused")
        if refused:
            raise refusal(refused)
        return answer

    def _asked(self, question: bytes, patience_s: float) -> bytes:
        with reachable(self._folder) as address, socket.socket(socket.AF_UNIX) as line:
            line.settimeout(patience_s)
            line.connect(address)
            line.sendall(question)
            with line.makefile("rb") as answers:
                return answers.readline(MOST_BYTES)


def refused(error: BarfrubError) -> dict[str, Any]:
    """Return an error as plain values for the wire; `refusal` is its inverse."""
    return {"code": error.code, "text": str(error), "values": dict(error.values)}


def refusal(plain: Mapping[str, Any]) -> BarfrubError:
    """Return the worker's error; unexpected ones become `DispatchUnavailableError`."""
    if plain["code"] == DiskFullError.code:
        return DiskFullError()
    kind = {each.code: each for each in (ConflictError, DispatchUnavailableError)}
    return kind.get(plain["code"], DispatchUnavailableError)(plain["text"], **plain["values"])
