"""Somebody who is signed in at a server, and stays so."""

from typing import Any

import httpx

from data.errors import BarfrubError

_SIGNED_OUT = (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN)

_REFUSED = (*_SIGNED_OUT, httpx.codes.UNPROCESSABLE_ENTITY)


class SignInRefusedError(BarfrubError):
    """Name and password are not those of somebody who may sign in."""


class SignedInClient:
    """Sends requests as one person, who signs in first and again once the session is over.

    The client must be this person's own, since it keeps the session's cookies.
    """

    def __init__(self, client: httpx.AsyncClient, login: str, password: str) -> None:
        self._client = client
        self._client.event_hooks["response"].append(self._keep_for_http)
        self._client.headers["accept"] = "application/json"
        self._form = {"login": login, "password": password}
        self._csrf = ""

    @property
    def login(self) -> str:
        """The name that this person signs in with."""
        return self._form["login"]

    async def get(self, path: str, **query: str) -> httpx.Response:
        """Return what is at a path; raise `httpx.HTTPError` where the server refuses it."""
        answer = await self._sent("GET", path, {"params": query})
        return answer.raise_for_status()

    async def post(self, path: str, body: object) -> httpx.Response:
        """Send JSON, and return whatever the server answers."""
        return await self._sent("POST", path, {"json": body})

    async def _sent(self, method: str, path: str, content: dict[str, Any]) -> httpx.Response:
        answer = await self._once(method, path, content)
        if answer.status_code in _SIGNED_OUT:
            self._csrf = ""
            answer = await self._once(method, path, content)
        return answer

    async def _once(self, method: str, path: str, content: dict[str, Any]) -> httpx.Response:
        if not self._csrf:
            await self._sign_in()
        headers = {"X-CSRF-Token": self._csrf}
        return await self._client.request(method, path, headers=headers, **content)

    async def _sign_in(self) -> None:
        self._client.cookies.clear()
        await self._client.get("/sign-in")
        csrf = self._token()
        answer = await self._client.post("/sign-in", data=self._form | {"csrf": csrf})
        if answer.status_code in _REFUSED:
            raise SignInRefusedError(f"{self._form['login']!r} cannot sign in")
        answer.raise_for_status()
        self._csrf = self._token()

    async def _keep_for_http(self, _: httpx.Response) -> None:
        """Send cookies for HTTPS alone over HTTP too: a server is reached past its proxy."""
        for one in self._client.cookies.jar:
            one.secure = False

    def _token(self) -> str:
        """Return the anti-forgery token, by whichever name the server keeps its cookies."""
        kept = self._client.cookies.jar
        return next((one.value or "" for one in kept if one.name.endswith("barfrub_csrf")), "")
