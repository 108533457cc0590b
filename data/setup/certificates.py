"""A certificate authority of the city's own, and certificates of its servers: X.509, RFC 5280."""

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from data.errors import InvalidError, NotFoundError

AUTHORITY_LASTS = timedelta(days=3650)
SERVER_LASTS = timedelta(days=800)
"""Phones refuse what lasts longer than 825 days (support.apple.com/HT210176)."""

EARLIER = timedelta(days=1)
"""A phone's clock may be behind."""

NO_HOST = (x509.DNSName(""),)
NO_ADDRESS = tuple(x509.IPAddress(ip_network(each)) for each in ("0.0.0.0/0", "::/0"))
"""Subtrees that leave no name of a kind (CA/Browser Forum, baseline requirements, 7.1.5)."""


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    """The files of an authority and its server in a folder; keys only their owner may read."""

    folder: Path

    @property
    def authority(self) -> Path:
        """The authority's certificate, which everybody may have."""
        return self.folder / "authority.crt"

    @property
    def authority_key(self) -> Path:
        """The authority's key: whoever has it can pass for this server."""
        return self.folder / "authority.key"

    @property
    def server(self) -> Path:
        """The server's certificate, which `barfrub serve --certificate` and proxies take."""
        return self.folder / "server.crt"

    @property
    def server_key(self) -> Path:
        """The server's key."""
        return self.folder / "server.key"


@dataclass(frozen=True, slots=True)
class AuthorityRecord:
    """What people are told of an authority: its digest to compare, and for whom it vouches."""

    fingerprint: str
    names: tuple[str, ...]
    ends_at: datetime


def make_authority(files: CertificateFiles, names: Sequence[str], now: datetime) -> None:
    """Make an authority that can vouch for web servers of these names and addresses alone.

    Every phone trusts it: so that its key is worth nothing elsewhere, its certificate says so. A
    host name stands for all names that end in it, too. Raises `InvalidError` where there is one.
    """
    if files.authority.exists() or files.authority_key.exists():
        raise InvalidError("folder", str(files.folder), "a folder without an authority")
    if not names:
        raise InvalidError("names", "", "at least one host name or address")
    key = generate_private_key(SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Barfrub, {names[0]}"[:64])])
    made = (
        _begun(name, name, key, now, AUTHORITY_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_may_sign(), critical=True)
        .add_extension(_for_servers(), critical=False)
        .add_extension(_limited_to(names), critical=True)
        .sign(key, hashes.SHA256())
    )
    files.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write_pair(files.authority_key, key, files.authority, made)


def make_server_certificate(files: CertificateFiles, now: datetime) -> datetime:
    """Make a new key and certificate for the names of the authority; return when it ends.

    Raises `NotFoundError` without an authority or its key, and `InvalidError` where it has ended or
    the key is another's.
    """
    authority, key = _authority(files), generate_private_key(SECP256R1())
    signer = _signer(files, authority)
    ends_at = authority.not_valid_after_utc
    if ends_at <= now:
        raise InvalidError("authority", f"{ends_at:%Y-%m-%d}", "an authority that has not ended")
    names = [_general_name(each) for each in read_authority(files).names]
    lasts = min(SERVER_LASTS, ends_at - now)
    # A name that looks like a host's would be held against the limits, where addresses alone are.
    title = f"Barfrub server, {names[0].value}"[:64]
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, title)])
    made = (
        _begun(authority.subject, name, key, now, lasts)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(_for_servers(), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
        .sign(signer, hashes.SHA256())
    )
    _write_pair(files.server_key, key, files.server, made)
    return made.not_valid_after_utc


def read_authority(files: CertificateFiles) -> AuthorityRecord:
    """Return what to tell of the authority; raise `NotFoundError` where there is none."""
    certificate = _authority(files)
    limits = certificate.extensions.get_extension_for_class(x509.NameConstraints).value
    names = [_told(each) for each in limits.permitted_subtrees or ()]
    digest = certificate.fingerprint(hashes.SHA256()).hex(":").upper()
    return AuthorityRecord(digest, tuple(names), certificate.not_valid_after_utc)


def _authority(files: CertificateFiles) -> x509.Certificate:
    if not files.authority.is_file():
        raise NotFoundError("authority", files.folder.name)
    return x509.load_pem_x509_certificate(files.authority.read_bytes())


def _signer(files: CertificateFiles, authority: x509.Certificate) -> EllipticCurvePrivateKey:
    if not files.authority_key.is_file():
        raise NotFoundError("file", str(files.authority_key))
    key: object = None
    with suppress(TypeError, ValueError):  # with a password, or no key
        key = serialization.load_pem_private_key(files.authority_key.read_bytes(), None)
    if not isinstance(key, EllipticCurvePrivateKey) or key.public_key() != authority.public_key():
        raise InvalidError("key", files.authority_key.name, "the key of this authority")
    return key


def _begun(
    issuer: x509.Name,
    subject: x509.Name,
    key: EllipticCurvePrivateKey,
    now: datetime,
    lasts: timedelta,
) -> x509.CertificateBuilder:
    public = key.public_key()
    return (
        x509.CertificateBuilder()
        .issuer_name(issuer)
        .subject_name(subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - EARLIER)
        .not_valid_after(now + lasts)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _may_sign() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )


def _for_servers() -> x509.ExtendedKeyUsage:
    return x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])


def _limited_to(names: Sequence[str]) -> x509.NameConstraints:
    """Return limits to these names; a kind of name without any is excluded as a whole.

    By RFC 5280 (4.2.1.10) a kind without a subtree would be free.
    """
    subtrees = [_subtree(each) for each in names]
    kinds = {type(each) for each in subtrees}
    excluded: list[x509.GeneralName] = [
        *(() if x509.DNSName in kinds else NO_HOST),
        *(() if x509.IPAddress in kinds else NO_ADDRESS),
    ]
    return x509.NameConstraints(subtrees, excluded or None)


def _general_name(name: str) -> x509.DNSName | x509.IPAddress:
    try:
        return x509.IPAddress(ip_address(name.strip()))
    except ValueError:
        return x509.DNSName(_host(name))


def _subtree(name: str) -> x509.DNSName | x509.IPAddress:
    try:
        return x509.IPAddress(ip_network(ip_address(name.strip())))  # of this one address
    except ValueError:
        return x509.DNSName(_host(name))


def _told(subtree: x509.GeneralName) -> str:
    """Return the name or the one address of a subtree."""
    if isinstance(subtree, x509.IPAddress):
        return str(subtree.value).partition("/")[0]
    return str(subtree.value)


def _host(name: str) -> str:
    """Return a host name in the letters of certificates; raise `InvalidError`."""
    try:
        host = name.strip().rstrip(".").encode("idna").decode()
    except UnicodeError:
        host = ""
    if not host or not all(part.replace("-", "a").isalnum() for part in host.split(".")):
        raise InvalidError("names", name[:80], "a host name or an address without port")
    return host


def _write_pair(
    key_file: Path, key: EllipticCurvePrivateKey, file: Path, certificate: x509.Certificate
) -> None:
    """Write both beside, then replace: where the disk is full, the old ones stay."""
    new_key, new = key_file.with_suffix(".key.new"), file.with_suffix(".crt.new")
    content = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    new_key.unlink(missing_ok=True)  # a new file, so that nobody holds it open or could read it
    handle = os.open(new_key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as opened:
        opened.write(content)
    new.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    new_key.replace(key_file)
    new.replace(file)
