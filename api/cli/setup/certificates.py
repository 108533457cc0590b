"""`barfrub certificates`: HTTPS by an authority of the city's own, without internet."""

from pathlib import Path
from typing import Annotated

import typer


def certificates(
    names: Annotated[
        list[str] | None,
        typer.Argument(help="Host names and addresses of the server; none renews its certificate."),
    ] = None,
    folder: Annotated[
        Path | None, typer.Option(help="Where the files are; by default certificates in var.")
    ] = None,
) -> None:
    """Make or renew certificates for HTTPS in a network without internet.

    With names an authority for them is made, and the server's certificate by it; without, the
    certificate is renewed. The server shows at /certificate how phones and computers come to
    trust the authority.
    """
    from api.config.clock import Clock
    from api.config.settings import Settings
    from data.setup.certificates import (
        CertificateFiles,
        make_authority,
        make_server_certificate,
        read_authority,
    )

    now = Clock().now()
    files = CertificateFiles(folder or Settings().certificates)
    if names:
        make_authority(files, names, now)
    ends_at = make_server_certificate(files, now)
    authority = read_authority(files)
    typer.echo(f"For {', '.join(authority.names)}, until {ends_at:%Y-%m-%d}.")
    typer.echo(f"Fingerprint of the authority (SHA-256): {authority.fingerprint}")
    typer.echo(f"barfrub serve --certificate {files.server} --key {files.server_key}")
    typer.echo(f"Keep {files.authority_key} apart from the server; renewing needs it.")
