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


def with_head_of(old: str, new: str) -> str:
    """Return the new text of a file under the comment with which the old one begins, if any."""
    head = []
    for line in old.splitlines():
        if line.strip() and not line.startswith("#"):
            break
        head.append(line)
    comment = "\n".join(head).strip()
    body = _without_head(new) if comment else new
    return f"{comment}\n\n{body}" if comment else body


def _without_head(text: str) -> str:
    lines = text.splitlines(keepends=True)
    while lines and (not lines[0].strip() or lines[0].startswith("#")):
        lines.pop(0)
    return "".join(lines)
