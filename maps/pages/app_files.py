"""The files that a page needs to open without a network, and what proves each of them whole."""

import base64
import hashlib
import posixpath
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from maps.pages.scripts import scripts_dir
from maps.pages.templates import STATIC_DIR, import_address

SCRIPTS, STATIC = "/static/js/", "/static/"

_NAMED = re.compile(r"""["'`](\.{1,2}/[\w./@-]+\.m?js)["'`]""")
"""An address beside a script, of what it imports or runs as a worker."""

_BARE = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*["']([\w@][\w./@-]*)["']""")
"""A name that the import map knows."""

_SHAPE = re.compile(r"""url\(["']?([^"')]+)["']?\)""")
"""An address in a style sheet."""


class AppFile(NamedTuple):
    """A file of a page by its address, with its digest as browsers compare it."""

    address: str
    integrity: str


@cache
def app_files(*entries: str) -> tuple[AppFile, ...]:
    """Return static files by their addresses, with all that their texts name, in order.

    Read once, since a server serves the same files as long as it runs. What their texts name may be
    no file, as in a comment; an entry that is none raises `FileNotFoundError`.
    """
    for entry in entries:
        if not _file(entry).is_file():
            raise FileNotFoundError(entry)
    found, waiting = set[str](), list(entries)
    while waiting:
        address = waiting.pop()
        if address not in found and _file(address).is_file():
            found.add(address)
            waiting.extend(_named_by(address))
    return tuple(AppFile(each, integrity(_file(each).read_bytes())) for each in sorted(found))


def integrity(content: bytes) -> str:
    """Return the digest of a file as subresource integrity writes it."""
    return f"sha256-{base64.b64encode(hashlib.sha256(content).digest()).decode()}"


def version_of(files: Iterable[AppFile]) -> str:
    """Return what sets this set of files apart from any other."""
    text = "\n".join(f"{each.address} {each.integrity}" for each in files)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _file(address: str) -> Path:
    if address.startswith(SCRIPTS):
        return scripts_folder() / address.removeprefix(SCRIPTS)
    return STATIC_DIR / address.removeprefix(STATIC)


@cache
def scripts_folder() -> Path:
    """Return the folder of the scripts that this server serves."""
    return scripts_dir()


def _named_by(address: str) -> Iterator[str]:
    if not address.endswith((".js", ".mjs", ".css")):
        return
    text, folder = _file(address).read_text("utf-8"), posixpath.dirname(address)
    if address.endswith(".css"):
        yield from (posixpath.normpath(posixpath.join(folder, url)) for url in _SHAPE.findall(text))
        return
    yield from (posixpath.normpath(posixpath.join(folder, name)) for name in _NAMED.findall(text))
    yield from filter(None, map(import_address, _BARE.findall(text)))
