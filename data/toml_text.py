"""Values as TOML writes them."""

import json
from collections.abc import Iterable


def toml_text(text: str) -> str:
    """Return a text of one line in quotes."""
    return json.dumps(text, ensure_ascii=False)


def toml_number(value: float) -> str:
    """Return a number, without a fraction where it has none."""
    return str(int(value)) if value == int(value) else repr(float(value))


def toml_list(texts: Iterable[str]) -> str:
    """Return a list of texts."""
    return f"[{', '.join(toml_text(text) for text in texts)}]"
