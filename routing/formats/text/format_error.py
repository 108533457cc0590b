"""What is wrong with a file, and where."""


class FormatError(ValueError):
    """A file that cannot be read: the line, the field, what was expected and what came."""


def fault(line: int, field: str, expected: str, got: object) -> FormatError:
    """Return the error of a value; line 0 stands for the file as a whole."""
    where = f"line {line}: " if line else ""
    return FormatError(f"{where}{field}: expected {expected}, got {shown(got)}")


def shown(value: object) -> str:
    """Return a value as it is quoted in a message, cut where it is long."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
