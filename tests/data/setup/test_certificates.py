"""A certificate authority of the city's own."""

import ssl
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from api.config.clock import Clock
from data.errors import InvalidError, NotFoundError
from data.setup.certificates import (
    CertificateFiles,
    make_authority,
    make_server_certificate,
    read_authority,
)
from tests.village import NOW

NAMES = ("barfrub.urmia.lan", "192.168.1.20")


@pytest.fixture
def files(tmp_path) -> CertificateFiles:
    files = CertificateFiles(tmp_path / "certificates")
    make_authority(files, NAMES, NOW)
    make_server_certificate(files, NOW)
    return files


def verified(files: CertificateFiles, name: str, at=NOW) -> bool:
    authority = x509.load_pem_x509_certificate(files.authority.read_bytes())
    server = x509.load_pem_x509_certificate(files.server.read_bytes())
    policy = PolicyBuilder().store(Store([authority])).time(at)
    try:
        policy.build_server_verifier(x509.DNSName(name)).verify(server, [])
    except VerificationError:
        return False
    return True


def shaken(files: CertificateFiles, name: str) -> None:
    """Begin TLS as a browser and a server do, over two pieces of memory."""
    there, here = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    there.load_cert_chain(files.server, files.server_key)
    here.load_verify_locations(files.authority)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = there.wrap_bio(to_server, to_client, server_side=True)
    client = here.wrap_bio(to_client, to_server, server_hostname=name)
    for _ in range(3):
        for side in (client, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue


def test_a_browser_that_trusts_the_authority_trusts_the_server_for_its_names_and_a_while(files):
    assert verified(files, "barfrub.urmia.lan")
    assert not verified(files, "bank.example.org")
    assert verified(files, "barfrub.urmia.lan", NOW + timedelta(days=799))
    assert not verified(files, "barfrub.urmia.lan", NOW + timedelta(days=801))


def test_a_server_shows_it_by_name_and_by_address(tmp_path):
    files, now = CertificateFiles(tmp_path), Clock().now()  # TLS itself goes by the true time
    make_authority(files, NAMES, now)
    make_server_certificate(files, now)
    for name in NAMES:
        shaken(files, name)
    with pytest.raises(ssl.SSLCertVerificationError):
        shaken(files, "192.168.1.21")


def test_an_authority_vouches_for_nothing_else_though_its_key_were_stolen(files):
    authority = x509.load_pem_x509_certificate(files.authority.read_bytes())
    limits = authority.extensions.get_extension_for_class(x509.NameConstraints)
    assert limits.critical
    assert read_authority(files).names == NAMES


def test_keys_are_for_their_owner_alone(files):
    modes = {file.stat().st_mode & 0o777 for file in (files.authority_key, files.server_key)}
    assert modes == {0o600}


def test_renewing_makes_another_key_under_the_same_authority(files):
    before = files.server_key.read_bytes(), files.authority.read_bytes()
    ends_at = make_server_certificate(files, NOW + timedelta(days=700))
    assert files.server_key.read_bytes() != before[0]
    assert files.authority.read_bytes() == before[1]
    assert ends_at == NOW + timedelta(days=1500)


def test_a_second_authority_is_not_made_by_accident(files):
    with pytest.raises(InvalidError, match="without an authority"):
        make_authority(files, NAMES, NOW)


@pytest.mark.parametrize("name", ["", "https://barfrub", "two words", "a:8443", "*"])
def test_what_is_no_name_is_refused(tmp_path, name):
    with pytest.raises(InvalidError):
        make_authority(CertificateFiles(tmp_path), [name], NOW)


def test_without_an_authority_there_is_nothing_to_renew(tmp_path):
    with pytest.raises(NotFoundError):
        make_server_certificate(CertificateFiles(tmp_path), NOW)
