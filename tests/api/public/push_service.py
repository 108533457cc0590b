"""A push service on this machine, for tests: it takes what browsers would get, and reads it."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ENDPOINT = "https://fcm.googleapis.com/fcm/send/browser-1"
SALT_BYTES, NONCE_BYTES, POINT_BYTES = 16, 12, 65
POINT_AT = SALT_BYTES + 5
LAST_RECORD = b"\x02"


def base64_of(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@dataclass
class TestBrowser:
    """The keys of a browser, with which alone its messages are read (RFC 8291)."""

    __test__ = False

    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    secret: bytes = b"sixteen letters!"

    @property
    def point(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def form(self) -> dict[str, str]:
        return {
            "endpoint": ENDPOINT,
            "key": base64_of(self.point),
            "secret": base64_of(self.secret),
        }

    def read(self, sealed: bytes) -> dict[str, str]:
        salt, theirs = sealed[:SALT_BYTES], sealed[POINT_AT : POINT_AT + POINT_BYTES]
        sender = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
        shared = self.key.exchange(ec.ECDH(), sender)
        secret = _derived(shared, self.secret, b"WebPush: info\0" + self.point + theirs, 32)
        key = _derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _derived(secret, salt, b"Content-Encoding: nonce\0", NONCE_BYTES)
        plain = AESGCM(key).decrypt(nonce, sealed[POINT_AT + POINT_BYTES :], None)
        assert plain.endswith(LAST_RECORD)
        found: dict[str, str] = json.loads(plain[:-1])
        return found


@dataclass
class PushService:
    """What came in, as headers and bytes; each message is answered with `status`."""

    port: int
    status: int = 201
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def transport(self) -> httpx.BaseTransport:
        """Return the way on which addresses of the real services lead here."""
        return _Detour(self.port)


class _Detour(httpx.HTTPTransport):
    def __init__(self, port: int) -> None:
        super().__init__()
        self._port = port

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(scheme="http", host="127.0.0.1", port=self._port)
        return super().handle_request(request)


@contextmanager
def push_service() -> Iterator[PushService]:
    """Serve on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): text for name, text in self.headers.items()}
            service.came.append((headers, content))
            self.send_response(service.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    service = PushService(server.server_port)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt=salt, info=info).derive(secret)
