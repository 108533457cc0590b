"""Trucks that send each second to 1, 2 and 4 servers of a city on PostgreSQL.

Its cluster is started in a temporary folder, with the settings that PostgreSQL comes with: what is
acknowledged is on the disk.
`SECONDS` (60) comes from the environment.
"""

import os
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.benchmarks.positions import Load, rows_of

PROGRAMS = Path("/usr/lib/postgresql/17/bin")
SECONDS = int(os.environ.get("SECONDS", "60"))
LOADS = ((1_000, 1), (1_000, 2), (1_000, 4), (3_000, 2))
"""Trucks, and servers that they send to."""

SHOWN = ("acknowledged", "answer, median", "answer, p99", "used", "behind, p99", "lost", "digested")
"""Rows of each load that the table has."""


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield how long answers took, what was lost, and what the servers used."""
    with cluster() as url:
        for number, (trucks, servers) in enumerate(LOADS):
            with psycopg.connect(f"{url}/postgres", autocommit=True) as server:
                server.execute(f"CREATE DATABASE load_{number}")
            load = Load(trucks, SECONDS, servers, f"{url}/load_{number}")
            for row in rows_of(load):
                if any(name in row[0] for name in SHOWN):
                    yield row


@contextmanager
def cluster() -> Iterator[str]:
    """Start PostgreSQL for as long as the block lasts; give its URL without a database."""
    owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory() as name, socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
        free.close()
        Path(name).chmod(0o777)
        data = f"{name}/data"

        def run(program: str, *words: str) -> None:
            command = [*owner, str(PROGRAMS / program), "-D", data, *words]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=name)

        run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        options = f"-p {port} -k {name} -c listen_addresses=127.0.0.1"
        run("pg_ctl", "-w", "-l", f"{name}/log", "-o", options, "start")
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}"
        finally:
            run("pg_ctl", "-m", "immediate", "stop")
