"""The folder of the pages' scripts: bundled at set-up, or the sources."""

import hashlib
import sys
from pathlib import Path

from maps.pages.templates import STATIC_DIR

SOURCES_DIR = STATIC_DIR / "js"
BUILT_DIR = STATIC_DIR / "built"

STAMP = BUILT_DIR / "sources.sha256"
"""What the bundles were made from, which set-up writes when they are whole."""


def scripts_dir() -> Path:
    """Return the folder to serve as `/static/js`: the bundles, or the sources if changed since."""
    try:
        fresh = STAMP.read_text("ascii") == sources_digest()
    except FileNotFoundError:
        fresh = False
    return BUILT_DIR if fresh else SOURCES_DIR


def sources_digest() -> str:
    """Return a digest of all scripts, hexadecimal."""
    digest = hashlib.sha256()
    # As text, which takes half as long as with paths: every start of a server does this.
    for file in sorted(str(path) for path in SOURCES_DIR.rglob("*.js")):
        text = Path(file).read_bytes()
        digest.update(f"{file.removeprefix(str(SOURCES_DIR))} {len(text)}\n".encode())
        digest.update(text)
    return digest.hexdigest()


if __name__ == "__main__":
    sys.stdout.write(sources_digest())
