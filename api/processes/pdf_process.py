"""Large PDF files, made one at a time, each in a process that ends with it.

The route sheets of a whole plan (22 trucks, 5,650 streets) take over a minute of a processor, and
3 GB that a process which goes on would keep.
"""

import multiprocessing
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from threading import Lock

from maps.pages.pdf import sheets_pdf

_SPAWN = multiprocessing.get_context("spawn")
_turn = Lock()


def large_sheets_pdf(sheets: Mapping[str, object]) -> bytes:
    """Return what `sheets_pdf` does, made by a child; who asks meanwhile waits."""
    with _turn, ProcessPoolExecutor(1, mp_context=_SPAWN) as child:
        return child.submit(sheets_pdf, sheets).result()
