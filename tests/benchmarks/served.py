"""`barfrub serve` of a benchmark's city, in processes of its own, and people who are signed in."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from api.config.settings import Settings
from api.web.cookies import CSRF_COOKIE, SESSION_COOKIE
from data.store.database.city_database import database_of
from tests.begun_session import begun_session

PORT = 8127
ADDRESS = f"http://127.0.0.1:{PORT}"


@contextmanager
def serving(settings: Settings, city: str, *words: str) -> Iterator[int]:
    """Serve a city as long as the block lasts, by the process of this number.

    `words` are more of the command.
    """
    environ = {**os.environ, "BARFRUB_VAR": str(settings.var), "BARFRUB_CITY": city}
    command = [sys.executable, "-m", "api", "serve", "--port", str(PORT), *words]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, env=environ, stdout=quiet, stderr=quiet) as server:
        try:
            while _health() != httpx.codes.OK:
                time.sleep(0.2)
            yield server.pid
        finally:
            server.terminate()
            server.wait(30)


def _health() -> int:
    try:
        return httpx.get(f"{ADDRESS}/health", timeout=5).status_code
    except httpx.TransportError:
        return 0


def cookies_of(settings: Settings, city: str, login: str) -> dict[str, str]:
    """Return the cookies of somebody who is signed in."""
    engine = database_of(settings.city_folder(city))
    session = begun_session(engine, login)
    engine.dispose()
    return {SESSION_COOKIE: session.text, CSRF_COOKIE: session.csrf}


def client_of(settings: Settings, city: str, login: str) -> httpx.Client:
    """Return what asks the served city as somebody does who is signed in."""
    cookies = cookies_of(settings, city, login)
    headers = {"accept": "application/json", "x-csrf-token": cookies[CSRF_COOKIE]}
    return httpx.Client(base_url=ADDRESS, cookies=cookies, headers=headers, timeout=60)
