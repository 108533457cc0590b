"""Damaged copies of an input: bits, pieces, numbers, encodings and nesting; the same for a name."""

import os
import random
import re
from collections.abc import Callable, Iterator

MANY = int(os.environ.get("MUTATIONS", "50"))
"""Damaged copies of each input; more of them find more, in more time."""

NUMBERS = (
    b"0",
    b"-1",
    b"99999999999999999999",
    b"-9223372036854775809",
    b"1e999",
    b"NaN",
    b"Infinity",
    b"0x10",
    b"1" * 5_000,
    "۱۲".encode(),
    b"",
    b"true",
    b"null",
)

PIECES = (
    b"\x00",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b'"',
    b"'",
    b"\n",
    b"\r",
    b"<![CDATA[",
    b"%00%ff",
    b"\\ud800",
    b"\\u0000",
    "\u202e\u200f\u0000".encode(),
    b"[" * 2_000,
    b'{"a":' * 500,
    b",,,;;;\t\t",
    b"=cmd|'/c'!A1",
    b"../../etc",
    b"A" * 20_000,
)

type Damage = Callable[[random.Random, bytes], bytes]


def mutations(name: str, content: bytes, many: int = MANY) -> Iterator[bytes]:
    """Yield damaged copies of `content`; `name` seeds the damage."""
    for number in range(many):
        dice = random.Random(f"{name} {number}")  # noqa: S311 - damage is no secret
        damaged = content
        for damage in dice.choices(DAMAGES, k=dice.choice((1, 1, 1, 2, 4))):
            damaged = damage(dice, damaged)
        yield damaged


def _flip(dice: random.Random, content: bytes) -> bytes:
    damaged = bytearray(content or b"\0")
    for _ in range(dice.choice((1, 3, 10))):
        damaged[dice.randrange(len(damaged))] ^= 1 << dice.randrange(8)
    return bytes(damaged)


def _cut(dice: random.Random, content: bytes) -> bytes:
    return content[: dice.randrange(len(content) + 1)]


def _lose(dice: random.Random, content: bytes) -> bytes:
    start, end = _span(dice, content)
    return content[:start] + content[end:]


def _repeat(dice: random.Random, content: bytes) -> bytes:
    start, end = _span(dice, content)
    return content[:end] + content[start:end] * dice.choice((1, 2, 20)) + content[end:]


def _insert(dice: random.Random, content: bytes) -> bytes:
    at = dice.randrange(len(content) + 1)
    return content[:at] + dice.choice(PIECES) + content[at:]


def _number(dice: random.Random, content: bytes) -> bytes:
    found = list(re.finditer(rb"-?\d+(\.\d+)?", content))
    if not found:
        return _insert(dice, content)
    chosen = dice.choice(found)
    return content[: chosen.start()] + dice.choice(NUMBERS) + content[chosen.end() :]


def _encode(dice: random.Random, content: bytes) -> bytes:
    text = content.decode("utf-8", "replace")
    encoding = dice.choice(("utf-16", "utf-32-be", "cp1256", "utf-8-sig", "utf-7"))
    return text.encode(encoding, "replace")


def _swap(dice: random.Random, content: bytes) -> bytes:
    mark, other = dice.sample((b",", b";", b"\n", b'"', b"=", b":", b"[", b"{", b"<", b"&"), 2)
    return content.replace(mark, other)


def _shuffle(dice: random.Random, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    dice.shuffle(lines)
    return b"".join(lines)


def _span(dice: random.Random, content: bytes) -> tuple[int, int]:
    one, other = (dice.randrange(len(content) + 1) for _ in range(2))
    return min(one, other), max(one, other)


DAMAGES: tuple[Damage, ...] = (
    _flip,
    _flip,
    _cut,
    _lose,
    _repeat,
    _insert,
    _insert,
    _number,
    _number,
    _encode,
    _swap,
    _shuffle,
)
