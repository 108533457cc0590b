"""The sender of a recorded log to a server, with the original times of its fixes."""

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import batched

import httpx

from api.simulation.drivers.simulated_tracker import entry_of
from api.simulation.log_import import Outcome, Report
from data.errors import BarfrubError
from data.store.database.engine import Database, reading
from data.store.tracking.positions import count_unseen
from fleet.tracking.track_fixes import LoggedFix

TICK_S = 0.5
"""Interval of progress lines."""

BATCH = 500
"""Fixes in one request."""

WINDOW = timedelta(minutes=30)
"""Storm time whose fixes are sent together at full speed, so that vehicles stay in step."""

SENDERS = 8
"""Concurrent requests."""

PATIENCE_S = 120.0
"""Longest wait for a server that does not answer."""

RETRY_S = 0.5
"""Pause before something is sent again."""


async def send_log(
    client: httpx.AsyncClient,
    fixes: Sequence[LoggedFix],
    tokens: Mapping[str, str],
    speed: float | None,
    report: Report,
) -> Outcome:
    """Send fixes with their own times, without limit or at `speed` times real time.

    `tokens` are by the names of the log. What the server had already is passed over without
    waiting, so that a run that was cut off soon is where it was. Raises `BarfrubError` where the
    server is not there or does not know a token.
    """
    ordered = sorted(fixes, key=lambda fix: fix.fixed_at)
    outcome, gate = Outcome(), asyncio.Semaphore(SENDERS)
    began_s, told_s, known = time.monotonic(), time.monotonic(), False
    for due_s, portion in _portions(ordered, speed):
        if not known:
            await asyncio.sleep(max(0.0, began_s + due_s - time.monotonic()))
        stored, repeated = outcome.stored, outcome.repeated
        await _send_together(client, gate, tokens, portion, outcome)
        was_known, known = known, outcome.stored == stored and outcome.repeated > repeated
        if was_known and not known:
            began_s = time.monotonic() - due_s
        if time.monotonic() - told_s > TICK_S:
            told_s = time.monotonic()
            done = outcome.stored + outcome.repeated
            report(f"{portion[-1].fixed_at:%Y-%m-%d %H:%M}Z  {done:,} of {len(ordered):,}")
    return outcome


def door_of(url: str) -> httpx.AsyncClient:
    """Return an HTTP client for the server at an address; the caller closes it."""
    return httpx.AsyncClient(base_url=url, timeout=30.0)


async def wait_for_digestion(engine: Database, report: Report) -> None:
    """Wait until the server has digested all positions.

    Raises `BarfrubError` where it digests nothing for long.
    """
    told_s, moved_s, least = time.monotonic(), time.monotonic(), None
    while True:
        with reading(engine) as tx:
            waiting, _ = count_unseen(tx)
        if not waiting:
            return
        if least is None or waiting < least:
            least, moved_s = waiting, time.monotonic()
        if time.monotonic() - moved_s > PATIENCE_S:
            raise BarfrubError(
                f"the server does not process {waiting:,} positions that it has stored"
            )
        if time.monotonic() - told_s > TICK_S:
            told_s = time.monotonic()
            report(f"{waiting:,} positions waiting to be matched")
        await asyncio.sleep(TICK_S / 5)


def _portions(
    ordered: Sequence[LoggedFix], speed: float | None
) -> Iterator[tuple[float, list[LoggedFix]]]:
    """Yield fixes that may be sent together, with the seconds after the start when they are due."""
    step = WINDOW if speed is None else timedelta(seconds=TICK_S * speed)
    portion: list[LoggedFix] = []
    first_at = ordered[0].fixed_at if ordered else None
    for fix in ordered:
        if portion and fix.fixed_at - portion[0].fixed_at > step:
            yield _due_s(portion[-1], first_at, speed), portion
            portion = []
        portion.append(fix)
    if portion:
        yield _due_s(portion[-1], first_at, speed), portion


def _due_s(fix: LoggedFix, first_at: datetime | None, speed: float | None) -> float:
    if speed is None or first_at is None:
        return 0.0
    return (fix.fixed_at - first_at).total_seconds() / speed


async def _send_together(
    client: httpx.AsyncClient,
    gate: asyncio.Semaphore,
    tokens: Mapping[str, str],
    portion: Sequence[LoggedFix],
    outcome: Outcome,
) -> None:
    by_vehicle: dict[str, list[LoggedFix]] = {}
    for fix in portion:
        by_vehicle.setdefault(fix.vehicle, []).append(fix)
    await asyncio.gather(
        *(
            _send(client, gate, tokens[vehicle], some, outcome)
            for vehicle, some in by_vehicle.items()
        )
    )


async def _send(
    client: httpx.AsyncClient,
    gate: asyncio.Semaphore,
    token: str,
    fixes: Sequence[LoggedFix],
    outcome: Outcome,
) -> None:
    for batch in batched(fixes, BATCH, strict=False):
        async with gate:
            answer = await _post(client, token, {"positions": [entry_of(fix) for fix in batch]})
        answered = answer.json()
        outcome.stored += answered["stored"]
        outcome.repeated += answered["repeated"]
        outcome.refused.update(one["reason"] for one in answered["rejected"])


async def _post(client: httpx.AsyncClient, token: str, body: object) -> httpx.Response:
    """Post a batch until the server accepts it; posting twice is safe."""
    until_s = time.monotonic() + PATIENCE_S
    while True:
        try:
            answer = await client.post(
                "/positions", json=body, headers={"Authorization": f"Bearer {token}"}
            )
        except httpx.TransportError as error:
            if time.monotonic() > until_s:
                raise BarfrubError(f"no server at {client.base_url}: {error}") from error
        else:
            if answer.status_code == httpx.codes.UNAUTHORIZED:
                raise BarfrubError("the server does not know the token: is it another city's?")
            busy = answer.is_server_error or answer.status_code == httpx.codes.TOO_MANY_REQUESTS
            if answer.is_success:
                return answer
            if not busy or time.monotonic() > until_s:
                raise BarfrubError(f"positions were refused: {answer.text[:200]}")
        await asyncio.sleep(RETRY_S)
