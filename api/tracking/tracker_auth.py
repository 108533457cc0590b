"""Authentication of trackers: by token or, where enabled, by name alone."""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime

from fastapi import Request

from api.access.rate_limits import PublicAction
from api.web.context import App
from data.errors import InvalidError
from data.model import Device, LonLat, UnknownTracker, UnknownTrackerFault
from fleet.tracking.field_parsers import place

NAME_LETTERS = 60
"""Letters kept of an unknown sender's name."""

TOKEN_LETTERS = 40
"""A name of this length may be a token, and is not shown in full."""

SHOWN_LETTERS = 6
"""Letters shown of such a name."""


@dataclass(frozen=True, slots=True)
class TrackerClaim:
    """The identity that a sender claims: names, best first, a token if any, and the protocol."""

    names: tuple[str, ...]
    token: str
    protocol: str
    address: str
    lat: object = None
    lon: object = None


async def find_sender(app: App, claim: TrackerClaim) -> Device | None:
    """Return the tracker that a claim proves; otherwise list it as an unknown sender.

    The token may come beside the name or in its place. The gateway's token is valid for every
    name. Raises `TooManyError` above the rate limits.
    """
    device = await _proven(app, claim)
    if device is not None:
        app.position_ingest.devices.count(device.id)
        return device
    count_unknown_tracker(app, claim.address)
    await note_unknown_tracker(app, claim)
    return None


def count_unknown_tracker(app: App, address: str) -> None:
    """Count a message of nobody known; raise `TooManyError` above the limit of its address."""
    app.tracker_limits.enter(PublicAction.UNKNOWN_TRACKER, address)


async def refuse_unknown_tracker(app: App, secret: str, address: str) -> None:
    """Raise `TooManyError` for a wrong token of an address above the limit of unknown trackers.

    To be called before a message is read: without a token it may still say who sends it.
    """
    if (
        secret
        and not _of_gateway(app, secret)
        and await app.position_ingest.devices.find(secret) is None
    ):
        app.tracker_limits.check(PublicAction.UNKNOWN_TRACKER, address)


def bearer(request: Request) -> str:
    """Return the token of an `Authorization: Bearer` header, empty without one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def basic(request: Request) -> tuple[str, str]:
    """Return name and password of an `Authorization: Basic` header, empty without one."""
    scheme, _, word = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        name, _, password = base64.b64decode(word, validate=True).decode().partition(":")
    except ValueError:  # letters that are not of base64, or bytes of no text
        return "", ""
    return name, password


async def _proven(app: App, claim: TrackerClaim) -> Device | None:
    devices = app.position_ingest.devices
    if not claim.token:
        for name in claim.names:
            device = await devices.find(name)
            if device is not None:
                return device
            device = await devices.named(name)
            if device is not None and device.trusted:
                return device
        return None
    if _of_gateway(app, claim.token):
        return await first_named(app, claim.names)
    device = await devices.find(claim.token)
    fits = device is not None and (not claim.names or device.name in claim.names)
    return device if fits else None


def _of_gateway(app: App, token: str) -> bool:
    gateway = app.settings.gateway_token
    return bool(gateway) and secrets.compare_digest(token.encode(), gateway.encode())


async def first_named(app: App, names: tuple[str, ...]) -> Device | None:
    """Return the tracker with the first of these names that exists."""
    for name in names:
        device = await app.position_ingest.devices.named(name)
        if device is not None:
            return device
    return None


async def note_unknown_tracker(app: App, claim: TrackerClaim) -> None:
    """List a rejected sender, for an administrator to adopt."""
    name = next((name for name in claim.names if name.strip()), "")
    if not name:
        return
    known = await first_named(app, claim.names)
    fault = UnknownTrackerFault.NAME if known is None else UnknownTrackerFault.PROOF
    app.position_ingest.tally["unknown_trackers"] += 1
    shown = _shown(name if known is None else known.name)
    app.position_ingest.tracker_stats.record_unknown(
        _unknown_tracker(claim, shown, fault, app.clock.now())
    )


def _unknown_tracker(
    claim: TrackerClaim, name: str, fault: UnknownTrackerFault, now: datetime
) -> UnknownTracker:
    return UnknownTracker(
        name=name,
        protocol=claim.protocol,
        fault=fault,
        address=claim.address,
        first_at=now,
        last_at=now,
        times=1,
        location=_claimed_place(claim),
    )


def _claimed_place(claim: TrackerClaim) -> LonLat | None:
    try:
        return place(claim.lat, claim.lon)
    except InvalidError:
        return None


def _shown(name: str) -> str:
    """Return a name for display: on one line, with long names cut, as they may be tokens."""
    plain = "".join(letter for letter in name if letter.isprintable())[:NAME_LETTERS]
    return f"{plain[:SHOWN_LETTERS]}…" if len(plain) >= TOKEN_LETTERS else plain
