"""A file to solve, whatever its format: its problem, where to begin, and how to write answers."""

from collections.abc import Callable
from dataclasses import dataclass

from routing.formats.benchmark_solution import solution_json
from routing.formats.benchmarks.instance import Instance
from routing.formats.benchmarks.instance_problem import model_of
from routing.formats.benchmarks.start_reader import start_of
from routing.formats.format_detection import OWN, read
from routing.formats.native.problem_reader import NativeProblem
from routing.formats.native.solution_json import own_solution_json, own_start
from routing.formats.text.format_error import FormatError
from routing.formats.text.strict_json import items, json_in
from routing.problem.problem import Cost, Problem, Solution, TaskRoute


@dataclass(frozen=True, slots=True, eq=False)
class SolverCase:
    """What a file asks for.

    Attributes
    ----------
    name, format
        Of the file.
    unit
        What of the file's cost is 1 of the problem's.
    start
        The solution to begin from, if one was given.
    written
        Returns a solution as JSON, given the seconds that it took.
    """

    name: str
    format: str
    problem: Problem
    unit: float
    start: Solution | None
    written: Callable[[Solution, float], dict[str, object]]


def case_from(content: bytes, name: str, start: bytes | None = None) -> SolverCase:
    """Return what the bytes of a file ask for, and of a solution to begin from.

    Raise `FormatError` where the file is not right, `StartError` where the solution is not.
    """
    found = read(content, name)
    if isinstance(found, NativeProblem):
        return _own_case(found, start)
    return _public_case(found, start)


class StartError(FormatError):
    """A solution to begin from that is not right or does not fit the file."""


def _public_case(instance: Instance, start: bytes | None) -> SolverCase:
    routes = None
    model = model_of(instance)
    if start is not None:
        try:
            value = json_in(start)
            model = model_of(instance, len(items(value, "", "routes")))
            routes = start_of(model, value)
        except FormatError as error:
            raise StartError(str(error)) from error
    return SolverCase(
        instance.name,
        instance.kind,
        model.problem,
        model.unit,
        _begun(routes),
        lambda solution, seconds: solution_json(model, solution, seconds),
    )


def _own_case(own: NativeProblem, start: bytes | None) -> SolverCase:
    routes = None
    if start is not None:
        try:
            routes = own_start(own, json_in(start))
        except FormatError as error:
            raise StartError(str(error)) from error
    return SolverCase(
        own.file.name,
        OWN,
        own.problem,
        1.0,
        _begun(routes),
        lambda solution, seconds: own_solution_json(own, solution, seconds),
    )


def _begun(routes: tuple[TaskRoute, ...] | None) -> Solution | None:
    return (
        None if routes is None else Solution(routes, {}, Cost(0.0, 0.0, 0.0, 0.0, 0.0), 0.0, 0, 0)
    )
