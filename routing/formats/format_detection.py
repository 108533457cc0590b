"""Which format a file has, by its content, and the instance in it."""

from routing.formats.benchmarks.carp import read_carp
from routing.formats.benchmarks.instance import Instance
from routing.formats.benchmarks.mcgrp import read_mcgrp
from routing.formats.benchmarks.mcgrp_turns import read_turns
from routing.formats.benchmarks.salt import is_salt, read_salt
from routing.formats.native.problem_reader import NativeProblem, read_problem
from routing.formats.text.format_error import FormatError
from routing.formats.text.strict_json import json_value
from routing.formats.text.text import decoded

FORMATS = "carp, carp-mixed, carp-reload, mcgrp, mcgrp-turns, salt, barfrub-problem"
OWN = "barfrub-problem"
"""What the `format` of a problem of ours says."""


def is_own(value: object) -> bool:
    """Whether a JSON value looks like a problem of ours."""
    return isinstance(value, dict) and ("format" in value or "streets" in value)


def instance_from(content: bytes, name: str) -> Instance:
    """Return the public instance in a file's bytes; raise `FormatError` where it is none."""
    found = read(content, name)
    if isinstance(found, NativeProblem):
        raise FormatError("expected a public instance, got a problem of ours")
    return found


def read(content: bytes, name: str) -> Instance | NativeProblem:
    """Return what is in a file's bytes; raise `FormatError` where they are not right.

    Parameters
    ----------
    name
        What to call the instance where the file does not.
    """
    text = decoded(content)
    if text.lstrip()[:1] in ("{", "["):
        value = json_value(text)
        if is_own(value):
            return read_problem(value)
        if is_salt(value):
            return read_salt(value, name)
        raise FormatError(
            f'format: expected "{OWN}", or a salting task (with max_time, A, A_R and E_R)'
        )
    upper = text.upper()
    if "#NB-TURNS" in upper or "NB_TURNS" in upper or "-TURNS-" in upper:
        return read_turns(text, name)
    if "#NODES" in upper:
        return read_mcgrp(text, name)
    if any(word in upper for word in ("ARISTAS_REQ", "EDGE", "ARCS", "DEPOSITO", "DEPOT")):
        return read_carp(text, name)
    raise FormatError(f"line 1: the format is not known; expected one of {FORMATS}")
