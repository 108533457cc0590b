"""How processes of this machine reach its own server over HTTPS."""

import ssl
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest

from api.config.own_certificate import trusting
from api.processes.workers.run_lease import real_now
from data.setup.certificates import CertificateFiles, make_authority, make_server_certificate


class Health(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def made_in(folder: Path) -> CertificateFiles:
    files = CertificateFiles(folder)
    make_authority(files, ["plows.example.org"], real_now())
    make_server_certificate(files, real_now())
    return files


def test_its_own_certificate_is_trusted_under_any_name_and_no_other(tmp_path: Path) -> None:
    files, others = made_in(tmp_path / "own"), made_in(tmp_path / "other")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.server, files.server_key)
    with HTTPServer(("127.0.0.1", 0), Health) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"https://127.0.0.1:{server.server_port}/health"
        assert httpx.get(address, verify=trusting(files.server)).is_success
        for strange in (trusting(others.server), trusting(None)):
            with pytest.raises(httpx.ConnectError):
                httpx.get(address, verify=strange)
        server.shutdown()
