"""When to stop searching; the only module of the optimizer that looks at a clock."""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter, thread_time
from typing import Protocol


def thread_s() -> float:
    """Return the seconds of a processor that this thread has taken."""
    return thread_time()


def clock_s() -> float:
    """Return seconds by a clock that nobody sets."""
    return perf_counter()


class StoppingCriterion(Protocol):
    """How far a search has come; the solver also cools down by it."""

    def progress(self, iterations: int, *, feasible: bool) -> float:
        """Return the share of the effort spent, 1 or more to stop."""
        ...


@dataclass(frozen=True, slots=True)
class MaxIterations:
    """Stop after so many iterations: the same seed then gives the same answer."""

    limit: int

    def progress(self, iterations: int, *, feasible: bool) -> float:
        """Return iterations done over the limit."""
        return iterations / self.limit if self.limit else 1.0


@dataclass(slots=True)
class MaxRuntime:
    """Stop after so many seconds from the first question, which comes when `solve` begins.

    Who prepares something before asks then: `heed` is that question.
    """

    seconds: float
    _began_s: float | None = field(default=None, init=False)

    def progress(self, iterations: int, *, feasible: bool) -> float:
        """Return seconds gone over the limit."""
        if self._began_s is None:
            self._began_s = perf_counter()
        gone_s = perf_counter() - self._began_s
        return gone_s / self.seconds if self.seconds else 1.0


@dataclass(frozen=True, slots=True)
class FirstOf:
    """Stop when either of two stops."""

    one: StoppingCriterion
    other: StoppingCriterion

    def progress(self, iterations: int, *, feasible: bool) -> float:
        """Return the larger share of the two."""
        return max(
            self.one.progress(iterations, feasible=feasible),
            self.other.progress(iterations, feasible=feasible),
        )


@dataclass(slots=True)
class ShareOfRest:
    """Stop after a share of what another stop has left at the first question.

    Searches that follow each other so end together when that one says so, whatever each takes.
    """

    whole: StoppingCriterion
    share: float
    _began: float | None = field(default=None, init=False)

    def progress(self, iterations: int, *, feasible: bool) -> float:
        """Return what is spent since then over the share of what was left; 1 of nothing."""
        gone = self.whole.progress(iterations, feasible=feasible)
        if self._began is None:
            self._began = gone
        own = self.share * (1.0 - self._began)
        return (gone - self._began) / own if own > 0.0 else 1.0


@dataclass(frozen=True, slots=True)
class FirstFeasible:
    """Stop as soon as every task is served, at the latest when `otherwise` stops."""

    otherwise: StoppingCriterion

    def progress(self, iterations: int, *, feasible: bool) -> float:
        """Return 1 when everything is served."""
        return 1.0 if feasible else self.otherwise.progress(iterations, feasible=feasible)


@dataclass(frozen=True, slots=True)
class StopWhenAsked:
    """Stop when somebody asks for it, at the latest when `otherwise` stops."""

    asked: Callable[[], bool]
    otherwise: StoppingCriterion

    def progress(self, iterations: int, *, feasible: bool) -> float:
        """Return 1 once asked."""
        return 1.0 if self.asked() else self.otherwise.progress(iterations, feasible=feasible)


@dataclass(frozen=True, slots=True)
class LeavingShare:
    """Stop early by a share of the effort, below 1, which what follows the search will take."""

    otherwise: StoppingCriterion
    share: float

    def progress(self, iterations: int, *, feasible: bool) -> float:
        """Return the share spent of the effort that the search may take."""
        return self.otherwise.progress(iterations, feasible=feasible) / (1.0 - self.share)


def heed(stop: StoppingCriterion) -> None:
    """Ask a stop between two steps of a search that has no routes yet.

    Its time runs from the first such question on; a stop for which nothing is to come of the search
    raises.
    """
    stop.progress(0, feasible=False)


def by_iterations(stop: StoppingCriterion) -> bool:
    """Return whether a stop counts iterations and nothing else, so that answers can be equal.

    A stop that somebody has asked for no longer is one.
    """
    if isinstance(stop, StopWhenAsked):
        return not stop.asked() and by_iterations(stop.otherwise)
    return isinstance(stop, MaxIterations) or (
        isinstance(stop, FirstFeasible) and by_iterations(stop.otherwise)
    )
