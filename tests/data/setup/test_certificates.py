"""A certificate authority of the city's own."""

import ssl
from datetime import datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
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


def general_name(name: str) -> x509.DNSName | x509.IPAddress:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def verified(files: CertificateFiles, name: str, at=NOW) -> bool:
    authority = x509.load_pem_x509_certificate(files.authority.read_bytes())
    server = x509.load_pem_x509_certificate(files.server.read_bytes())
    policy = PolicyBuilder().store(Store([authority])).time(at)
    try:
        policy.build_server_verifier(general_name(name)).verify(server, [])
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


def sign_with_stolen_key(files: CertificateFiles, name: str, now: datetime) -> None:
    """Make a server's certificate for any name, as whoever has the authority's key could."""
    authority = x509.load_pem_x509_certificate(files.authority.read_bytes())
    stolen = serialization.load_pem_private_key(files.authority_key.read_bytes(), None)
    key = serialization.load_pem_private_key(files.server_key.read_bytes(), None)
    made = (
        x509.CertificateBuilder()
        .issuer_name(authority.subject)
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A thief")]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([general_name(name)]), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()),
            critical=False,
        )
        .sign(stolen, hashes.SHA256())
    )
    files.server.write_bytes(made.public_bytes(serialization.Encoding.PEM))


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


@pytest.mark.parametrize(
    ("names", "own"),
    [
        (NAMES, "barfrub.urmia.lan"),
        (["barfrub.urmia.lan"], "barfrub.urmia.lan"),
        (["192.168.1.20"], "192.168.1.20"),
        (["fd00::20"], "fd00::20"),
    ],
)
def test_an_authority_vouches_for_nothing_else_though_its_key_were_stolen(tmp_path, names, own):
    files, now = CertificateFiles(tmp_path), Clock().now()
    make_authority(files, names, now)
    make_server_certificate(files, now)
    shaken(files, own)
    assert verified(files, own, now)
    sign_with_stolen_key(files, own, now)
    shaken(files, own)
    for other in ("bank.example.org", "printer.urmia.lan", "192.168.1.21", "fd00::21"):
        sign_with_stolen_key(files, other, now)
        assert not verified(files, other, now)
        with pytest.raises(ssl.SSLCertVerificationError, match="subtree"):
            shaken(files, other)


def test_an_authority_is_for_web_servers_alone(files):
    authority = x509.load_pem_x509_certificate(files.authority.read_bytes())
    usage = authority.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.SERVER_AUTH]
    assert authority.extensions.get_extension_for_class(x509.NameConstraints).critical
    assert read_authority(files).names == NAMES


def test_keys_are_for_their_owner_alone(files):
    modes = {file.stat().st_mode & 0o777 for file in (files.authority_key, files.server_key)}
    assert modes == {0o600}
    assert files.folder.stat().st_mode & 0o777 == 0o700


def test_renewing_makes_another_key_under_the_same_authority(files):
    before = files.server_key.read_bytes(), files.authority.read_bytes()
    ends_at = make_server_certificate(files, NOW + timedelta(days=700))
    assert files.server_key.read_bytes() != before[0]
    assert files.authority.read_bytes() == before[1]
    assert ends_at == NOW + timedelta(days=1500)


@pytest.mark.parametrize("gone", ["authority.crt", "authority.key", "server.crt"])
def test_a_second_authority_is_not_made_by_accident(files, gone):
    (files.folder / gone).unlink()
    with pytest.raises(InvalidError, match="without an authority"):
        make_authority(files, NAMES, NOW)


def test_a_pair_that_cannot_be_written_leaves_the_one_that_is_there(files):
    before = files.server_key.read_bytes(), files.server.read_bytes()
    (files.folder / "server.crt.new").mkdir()  # as a full disk would
    with pytest.raises(OSError, match=r"server\.crt\.new"):
        make_server_certificate(files, NOW)
    assert (files.server_key.read_bytes(), files.server.read_bytes()) == before


@pytest.mark.parametrize(
    "name", ["", "https://barfrub", "two words", "a:8443", "*", "10.0.0.0/8", "192.168.1.20/32"]
)
def test_what_is_no_name_is_refused(tmp_path, name):
    with pytest.raises(InvalidError):
        make_authority(CertificateFiles(tmp_path), [name], NOW)


def test_without_an_authority_there_is_nothing_to_renew(tmp_path):
    with pytest.raises(NotFoundError):
        make_server_certificate(CertificateFiles(tmp_path), NOW)


def test_an_authority_that_has_ended_renews_nothing(files):
    with pytest.raises(InvalidError, match="authority: expected an authority that has not ended"):
        make_server_certificate(files, NOW + timedelta(days=3651))


def test_renewing_wants_the_key_of_the_authority_and_no_other(files, tmp_path):
    other = CertificateFiles(tmp_path / "other")
    make_authority(other, NAMES, NOW)
    for wrong in (other.authority_key.read_bytes(), b"no key"):
        files.authority_key.write_bytes(wrong)
        with pytest.raises(InvalidError, match="the key of this authority"):
            make_server_certificate(files, NOW)
    files.authority_key.unlink()
    with pytest.raises(NotFoundError, match=r"authority\.key"):
        make_server_certificate(files, NOW)
