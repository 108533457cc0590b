"""Signatures of backups (Ed25519): of the manifest, which has the digest of every other file."""

import os
from base64 import b64decode, b64encode
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from data.errors import InvalidError

PREFIX = "ed25519:"
"""How a public key begins as text."""


class Signer:
    """Signs with the key in a file, which is made at first use, readable by its owner only."""

    def __init__(self, file: Path) -> None:
        if not file.exists():
            _write_new_key(file)
        try:
            self._key = Ed25519PrivateKey.from_private_bytes(b64decode(file.read_text()))
        except ValueError as error:
            raise InvalidError("key", file.name, "a key that signs backups") from error

    @property
    def public(self) -> str:
        """The public half as text, by which others know the signature."""
        return PREFIX + b64encode(self._key.public_key().public_bytes_raw()).decode()

    def sign(self, content: bytes) -> bytes:
        """Return the signature of some bytes."""
        return self._key.sign(content)


def is_signed_by(signers: Iterable[str], content: bytes, signature: bytes) -> bool:
    """Whether one of these public keys has signed; raise `InvalidError` for what is no key."""
    return any(_fits(_public(text), content, signature) for text in signers)


def _fits(key: Ed25519PublicKey, content: bytes, signature: bytes) -> bool:
    try:
        key.verify(signature, content)
    except InvalidSignature:
        return False
    return True


def _public(text: str) -> Ed25519PublicKey:
    try:
        return Ed25519PublicKey.from_public_bytes(b64decode(text.strip().removeprefix(PREFIX)))
    except ValueError as error:
        raise InvalidError("signer", text, "a public key that begins with ed25519:") from error


def _write_new_key(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):  # another process was quicker: its key counts
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as content:
            content.write(b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode())
