"""Whom the simulation plays stays signed in also where cookies are for HTTPS alone."""

import asyncio

import httpx

from api.simulation.drivers.signed_in_client import SignedInClient

COOKIE = "__Host-training_barfrub_csrf=secret; Path=/; Secure; HttpOnly; SameSite=lax"


def test_a_server_behind_a_proxy_is_reached_past_it() -> None:
    sent: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.headers.get("cookie", ""))
        return httpx.Response(200, headers={"set-cookie": COOKIE}, json={})

    async def ask() -> None:
        client = httpx.AsyncClient(
            base_url="http://127.0.0.1:8001", transport=httpx.MockTransport(answer)
        )
        async with client:
            await SignedInClient(client, "played-operator", "one").get("/api/board")

    asyncio.run(ask())
    assert sent == ["", *["__Host-training_barfrub_csrf=secret"] * 2]
