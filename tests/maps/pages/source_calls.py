"""Calls that are written in our modules."""

import ast
import re
from pathlib import Path


def calls_in(path: Path, *names: str) -> list[tuple[str, ast.Call]]:
    """Return the calls of these functions or methods in a module, with the name of each.

    Most modules have none, and to read their syntax takes long.
    """
    text = path.read_text("utf-8")
    if not re.search(rf"\b(?:{'|'.join(names)})\s*\(", text):
        return []
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    named = [(getattr(call.func, "id", getattr(call.func, "attr", "")), call) for call in calls]
    return [each for each in named if each[0] in names]
