"""How processes of this machine reach its own server where that shows a certificate itself."""

import ssl
from pathlib import Path


def trusting(certificate: Path | None) -> ssl.SSLContext | bool:
    """Return what an HTTP client verifies a server by: by this very certificate, if there is one.

    It holds under whatever name the server is asked, such as that of this machine alone.
    """
    if certificate is None:
        return True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(certificate)
    return context
