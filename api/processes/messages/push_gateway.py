"""Messages to browsers by the push services of their makers (RFC 8030, 8291 and 8292)."""

import base64
import logging
from datetime import timedelta
from functools import cached_property
from urllib.parse import urlsplit

import httpx
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from webpush import WebPush, WebPushSubscription
from webpush.types import WebPushKeys

from api.processes.cached_response import json_of
from api.processes.messages.message_gateways import REFUSED
from data.model.requests.street_watches import PushAddress
from fleet.public.push_addresses import PUSH_HOSTS
from fleet.public.street_watches import CUT_OFF, GONE, UNREACHED
from fleet.requests.intake import EMAIL
from maps.public.watch_texts import PushText

ANSWERS_IN_S = 10.0
"""How long a push service has for its answer."""

KEPT_FOR = timedelta(hours=6)
"""How long a push service keeps a message for a browser that is off: later news is old."""

GONE_STATUS = frozenset({404, 410})
"""Answers by which a push service says that a browser takes no messages any more."""

PURPOSE = b"barfrub: key for push services"
DERIVED_BYTES = 48
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Number of points of P-256 (FIPS 186): private keys are smaller."""

_NO_WAY = (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError)
_UNREADABLE = (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError)

_log = logging.getLogger(__name__)


class PushGateway:
    """Encrypts messages for browsers and hands them to push services; safe from any thread.

    Its key is derived from the server's `secret`, and stored nowhere. `contact` is whom a service
    may write to about these messages. `cut_off` is whether the last one found no way out.
    """

    def __init__(
        self, secret: bytes, contact: str, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._secret = secret
        self._contact = contact
        self._transport = transport
        self.cut_off = False

    @cached_property
    def application_key(self) -> str:
        """The public key that browsers take messages of, in base64 for addresses."""
        public = self._key.public_key()
        point = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return base64.urlsafe_b64encode(point).rstrip(b"=").decode()

    def send(self, to: PushAddress, text: PushText) -> str:
        """Return "" where the browser's push service took the message, else the fault."""
        keys = WebPushKeys(auth=to.secret, p256dh=to.key)
        try:
            known = WebPushSubscription.model_validate({"endpoint": to.endpoint, "keys": keys})
            sealed = self._sealer.get(json_of(text), known)
        except ValueError:
            return GONE  # no browser has such keys
        headers = {**sealed.headers, "topic": text.tag, "urgency": "normal"}
        try:
            with httpx.Client(transport=self._transport, timeout=ANSWERS_IN_S) as client:
                answer = client.post(to.endpoint, content=sealed.encrypted, headers=headers)
        except _NO_WAY as error:
            _log.info("a push service was not reached: %s", error)
            if urlsplit(to.endpoint).hostname not in PUSH_HOSTS:
                return UNREACHED  # anybody can name a host that was never there
            self.cut_off = True
            return CUT_OFF
        except _UNREADABLE as error:
            _log.warning("a push service did not answer: %s", error)
            return REFUSED  # it may have taken the message: not again and again
        self.cut_off = False
        if answer.status_code in GONE_STATUS:
            return GONE
        if not answer.is_success:
            _log.warning("a push service refused a message: %d", answer.status_code)
        return "" if answer.is_success else REFUSED

    @cached_property
    def _key(self) -> EllipticCurvePrivateKey:
        long = HKDF(SHA256(), DERIVED_BYTES, salt=None, info=PURPOSE).derive(self._secret)
        return derive_private_key(int.from_bytes(long) % (P256_ORDER - 1) + 1, SECP256R1())

    @cached_property
    def _sealer(self) -> WebPush:
        private = self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        info = PublicFormat.SubjectPublicKeyInfo
        public = self._key.public_key().public_bytes(Encoding.PEM, info)
        ttl_s = int(KEPT_FOR.total_seconds())
        return WebPush(private, public, subscriber=self._contact, ttl=ttl_s)


def push_contact(contact: str, address: str) -> str:
    """Return the e-mail address for push services: the operator's, else the web server's usual one.

    `address` is that of the public pages.
    """
    if EMAIL.fullmatch(contact):
        return contact
    return f"webmaster@{urlsplit(address).hostname or 'localhost'}"
