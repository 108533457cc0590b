"""Values as TOML, written over a file so that a person's comments in it stay."""

from collections.abc import Mapping, Sequence

import tomlkit
from tomlkit.container import Container
from tomlkit.items import AoT, Array, Comment, InlineTable, Table, Whitespace

type Values = Mapping[str, object]


def written_toml(values: Values, over: str = "") -> str:
    """Return the file that says these values; what stands in `over` already stays as it is.

    A comment belongs to what follows it, so that it outlives what stands before.
    """
    document = tomlkit.parse(over)
    _write_keys(document, values)
    return tomlkit.dumps(document)


def head_of(text: str) -> str:
    """Return the comment with which a file begins, and the empty line below it."""
    head = []
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            break
        head.append(line)
    comment = "\n".join(head).strip()
    return f"{comment}\n\n" if comment else ""


def _write(table: Container, values: Values) -> None:
    tail = _cut_tail(table)
    _write_keys(table, values)
    _put(table, tail)


def _write_keys(container: Container, values: Values) -> None:
    for key in [key for key in container if key not in values]:
        _remove(container, key)
    for key, value in values.items():
        old = container.get(key)
        if isinstance(old, Table) and isinstance(value, Mapping):
            _write(old.value, value)
        elif isinstance(old, AoT) and isinstance(value, list) and value:
            _write_list(old, value)
        elif old is None or old != value:
            container[key] = _item(value, old)


def _write_list(tables: AoT, values: Sequence[Values]) -> None:
    """Write a list of tables, each in the place of the one that is most like it."""
    tail = _cut_tail(tables[-1].value)
    while len(tables) > len(values):
        gone = [n for n, table in enumerate(tables) if table.unwrap() not in values]
        index = gone[-1] if gone else len(tables) - 1
        left = _comments(_cut_tail(tables[index].value))
        del tables[index]
        if index:
            _put(tables[index - 1].value, left)
        else:
            tail = left + tail
    for table, value in zip(tables, values, strict=False):
        _write(table.value, value)
    for value in values[len(tables) :]:
        _put(tables[-1].value, "\n")
        tables.append(tomlkit.item(_item(value, None)))
    _put(tables[-1].value, tail)


def _remove(container: Container, key: str) -> None:
    """Take a value out, and leave the comments that belong to what follows."""
    index = next(n for n, (known, _) in enumerate(container.body) if known and known.key == key)
    item = container[key]
    left = _cut_tail(item.value) if isinstance(item, Table) else ""
    if isinstance(item, AoT):
        left = "".join(_cut_tail(table.value) for table in item)
    container.remove(key)
    container.body[index] = (None, Whitespace(_comments(left), fixed=True))


def _cut_tail(container: Container) -> str:
    """Take the comments and empty lines off the end of a table, and return them."""
    tail = ""
    while container.body and isinstance(container.body[-1][1], Comment | Whitespace):
        tail = container.body.pop()[1].as_string() + tail
    last = container.body[-1][1] if container.body else None
    if isinstance(last, AoT) and len(last):
        last = last[-1]
    return _cut_tail(last.value) + tail if isinstance(last, Table) else tail


def _comments(tail: str) -> str:
    return tail if tail.strip() else ""


def _put(container: Container, tail: str) -> None:
    if tail:
        container.body.append((None, Whitespace(tail, fixed=True)))


def _item(value: object, old: object) -> object:
    """Return a value as an item; what stood in one line does so again."""
    if isinstance(value, Mapping) and not isinstance(old, InlineTable):
        return {key: _item(each, None) for key, each in value.items()}
    if isinstance(value, list) and _has_tables(value) and not isinstance(old, Array):
        return [{key: _line(each) for key, each in table.items()} for table in value]
    return _line(value)


def _has_tables(values: Sequence[object]) -> bool:
    return len(values) > 0 and isinstance(values[0], Mapping)


def _line(value: object) -> object:
    """Return a value as it stands in one line, whole numbers as such: 3, not 3.0."""
    match value:
        case Mapping():
            table = tomlkit.inline_table()
            table.update({key: _line(each) for key, each in value.items()})
            return table
        case list():
            array = tomlkit.array()
            array.extend(map(_line, value))
            return array
        case float() if value.is_integer():
            return int(value)
    return value
