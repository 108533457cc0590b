"""Time stamps of receipts by an authority on the network (RFC 3161).

The authority signs the digest of a receipt and its own time: it cannot be made later for an earlier
moment, not even by an administrator of this machine.
"""

from datetime import datetime
from pathlib import Path

import httpx
from cryptography import x509
from rfc3161_client import (
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from data.errors import BarfrubError

ANSWERS_IN_S = 20.0
"""How long an authority may take."""


def ask_for_stamp(url: str, text: str, transport: httpx.BaseTransport | None = None) -> bytes:
    """Return an authority's answer about a text; raise `BarfrubError` where it gives none."""
    asked = TimestampRequestBuilder().data(text.encode()).build()
    headers = {"content-type": "application/timestamp-query"}
    try:
        with httpx.Client(transport=transport, timeout=ANSWERS_IN_S) as client:
            answer = client.post(url, content=asked.as_bytes(), headers=headers).raise_for_status()
        stamp = decode_timestamp_response(answer.content)
        fits = stamp.tst_info.nonce == asked.nonce
        same = stamp.tst_info.message_imprint.message == asked.message_imprint.message
    except (httpx.HTTPError, ValueError) as error:
        raise BarfrubError(f"the time-stamping authority gave no stamp: {error}") from error
    if not (fits and same):
        raise BarfrubError("the time-stamping authority stamped something else")
    return answer.content


def stamped_at(stamp: bytes, text: str, certificates: Path) -> datetime:
    """Return the time of a stamp that holds; raise `BarfrubError` for one that does not.

    `certificates` is a PEM file with the root certificates that are believed.
    """
    verifier = VerifierBuilder()
    for root in x509.load_pem_x509_certificates(certificates.read_bytes()):
        verifier = verifier.add_root_certificate(root)
    try:
        answer = decode_timestamp_response(stamp)
        verifier.build().verify_message(answer, text.encode())
    except (VerificationError, ValueError) as error:
        raise BarfrubError(f"the time stamp of {text} does not hold: {error}") from error
    return answer.tst_info.gen_time
