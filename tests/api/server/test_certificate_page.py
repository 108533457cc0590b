"""How phones come to trust the city's own authority, and the command that makes it."""

import pytest
from typer.testing import CliRunner

from api.cli.main import commands
from data.languages import languages
from data.setup.certificates import CertificateFiles, read_authority


@pytest.fixture
def authority(app):
    names = ["certificates", "barfrub.lan", "--folder", str(app.settings.certificates)]
    answer = CliRunner().invoke(commands, names)
    assert answer.exit_code == 0, answer.output
    told = read_authority(CertificateFiles(app.settings.certificates))
    assert told.fingerprint in answer.output
    return told


def test_a_server_without_an_authority_has_no_such_page(client):
    assert client.get("/certificate").status_code == 404
    assert client.get("/certificate/barfrub-authority.crt").status_code == 404


@pytest.mark.parametrize("language", sorted(languages()))
def test_the_page_tells_in_each_language_what_to_do_and_what_to_compare(
    client, authority, language
):
    page = client.get(f"/certificate?lang={language}")
    assert authority.fingerprint in page.text
    assert "barfrub.lan" in page.text
    assert page.text.count("<li>") == 7
    assert " download>" not in page.text  # an iPhone asks to install what it opens


def test_the_certificate_is_for_everybody_and_the_keys_for_nobody(client, app, authority):
    answer = client.get("/certificate/barfrub-authority.crt")
    assert answer.headers["content-type"] == "application/x-x509-ca-cert"
    assert answer.content == CertificateFiles(app.settings.certificates).authority.read_bytes()
    for name in ("authority.key", "server.key", "server.crt"):
        assert client.get(f"/certificate/{name}").status_code == 404


def test_an_authority_for_more_names_is_handed_out_when_the_old_folder_is_moved_away(
    client, app, authority
):
    folder = app.settings.certificates
    folder.rename(folder.with_name("certificates-old"))
    names = ["certificates", "barfrub.lan", "192.168.1.20", "--folder", str(folder)]
    assert CliRunner().invoke(commands, names).exit_code == 0
    page = client.get("/certificate").text
    assert "barfrub.lan, 192.168.1.20" in page
    assert authority.fingerprint not in page
