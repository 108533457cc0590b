"""Backups encrypted in the format age (age-encryption.org/v1), while they are written and read.

The machine that saves needs the public half of a key only, so who steals it or its backups reads
none of them.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import IO

import pyrage
from pyrage import x25519

from data.errors import InvalidError

HEADER = b"age-encryption.org/v1"
"""How every encrypted file begins."""

ENDING = ".age"
"""What is added to the name of an encrypted file."""

_AT_ONCE = 1 << 20


def is_encrypted(file: Path) -> bool:
    """Whether a file is encrypted in this format."""
    with file.open("rb") as content:
        return content.read(len(HEADER)) == HEADER


def write_new_key(file: Path) -> str:
    """Make a key, write its secret half into a new file, readable by its owner only.

    Returns the public half, which encrypts.
    """
    key = x25519.Identity.generate()
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as content:
        content.write(f"# public key: {key.to_public()}\n{key}\n")
    return str(key.to_public())


def checked_recipient(text: str) -> str:
    """Return the public half of a key; raise `InvalidError` for what is none."""
    _recipient(text)
    return text


@contextmanager
def encrypting(target: IO[bytes], recipient: str) -> Iterator[IO[bytes]]:
    """Yield a file to write into; what is written arrives encrypted in the target."""
    key = _recipient(recipient)
    come, go = os.pipe()
    with os.fdopen(come, "rb") as source:
        work = _Work(lambda: pyrage.encrypt_io(source, target, [key]), source)
        try:
            with os.fdopen(go, "wb") as sink:
                yield sink
        except BrokenPipeError:
            work.finish()
            raise
        work.finish()


@contextmanager
def decrypting(source: IO[bytes], key_file: Path) -> Iterator[IO[bytes]]:
    """Yield a file to read from, which holds what the source does, decrypted.

    Raises `InvalidError` where the key does not fit, or where a part of the source is missing.
    """
    identity = _identity(key_file)
    come, go = os.pipe()
    with os.fdopen(come, "rb") as plain:
        sink = os.fdopen(go, "wb")
        work = _Work(lambda: pyrage.decrypt_io(source, sink, [identity]), sink)
        try:
            yield plain
            while plain.read(_AT_ONCE):
                pass
            work.finish()
        except Exception as error:
            if isinstance(work.failed, pyrage.DecryptError):  # what came was too short by that
                need = "the key of this backup, and all of it"
                raise InvalidError("--key", key_file.name, need) from error
            raise


class _Work:
    """One end of a pipe, worked at in a thread that closes it."""

    def __init__(self, work: Callable[[], object], end: IO[bytes]) -> None:
        self._work, self._end = work, end
        self.failed: Exception | None = None
        self._thread = Thread(target=self._run, name="age", daemon=True)
        self._thread.start()

    def finish(self) -> None:
        """Wait for the end; raise what went wrong."""
        self._thread.join()
        if self.failed is not None:
            raise self.failed

    def _run(self) -> None:
        try:
            self._work()
        except Exception as error:
            self.failed = error
        finally:
            with suppress(OSError):
                self._end.close()


def _recipient(text: str) -> x25519.Recipient:
    try:
        return x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError as error:
        raise InvalidError(
            "BARFRUB_BACKUP_KEY", text, "a public key that begins with age1"
        ) from error


def _identity(file: Path) -> x25519.Identity:
    try:
        lines = file.read_text(encoding="ascii").splitlines()
        (secret,) = [line for line in lines if line.strip() and not line.startswith("#")]
        return x25519.Identity.from_str(secret.strip())
    except (OSError, ValueError, pyrage.IdentityError) as error:
        raise InvalidError("key", file.name, "a file with one AGE-SECRET-KEY") from error
