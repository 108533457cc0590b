"""Gateways for outgoing messages: the log, or e-mail and SMS through Apprise."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from typing import Annotated, Protocol
from urllib.parse import quote

import apprise
from pydantic import BeforeValidator

from data.errors import NotFoundError
from data.files.toml_reader import FieldMistake, TomlTable, needed, read_table, read_toml
from data.files.toml_values import Number, Text
from data.store.requests.requests import Caller
from fleet.requests.outbox import OutboxRules
from fleet.requests.sms_limits import SmsRules
from fleet.setup.fleet_import import text_in
from maps.requests.notices import NoticeText

NO_WAY = "no_way"
"""Fault: the caller left nothing that a gateway of this city reaches."""

REFUSED = "refused"
"""Fault: the gateway did not take the message."""

_log = logging.getLogger(__name__)


class Gateway(Protocol):
    """Sends a message to a person."""

    def send(self, who: Caller, text: NoticeText) -> str:
        """Send; return "" where the gateway took the message, else the fault in one word."""


@dataclass(frozen=True, slots=True)
class NoticeSettings:
    """How a city notifies callers: quiet hours, gateways, and the address of the tracking page.

    `sms` and `email` are Apprise addresses with `{phone}` and `{email}` in them; `address` is that
    of the public pages, `country_code` replaces the first 0 of phone numbers. Text messages go to
    numbers of `sms_prefixes`, or where there are none of the `country_code`, and `sms_a_day` to all
    together. Receipts of the audit log go to `receipts`, an Apprise address.
    """

    rules: OutboxRules = field(default_factory=OutboxRules)
    address: str = ""
    sms: str = ""
    email: str = ""
    country_code: str = ""
    receipts: str = ""

    sms_prefixes: tuple[str, ...] = ()
    sms_a_day: int = SmsRules().a_day

    @property
    def sms_rules(self) -> SmsRules | None:
        """The limits of text messages; `None` where none are sent."""
        if not self.sms:
            return None
        return SmsRules(
            country_code=self.country_code,
            prefixes=self.sms_prefixes,
            a_day=self.sms_a_day,
            links=bool(self.address),
            or_email=bool(self.email),
        )

    def gateway(self) -> Gateway:
        """Return the gateway: the log where none is set."""
        return AppriseGateway(self) if self.sms or self.email else LogGateway()


class LogGateway:
    """Writes to the log instead of sending: for development and for training storms.

    Neither the number nor the code of the request is in the line.
    """

    def send(self, who: Caller, text: NoticeText) -> str:
        """Return "": a log takes everything."""
        _log.info("message in %s: %s", who.language or "the city's language", text.body)
        return ""


class AppriseGateway:
    """Sends by SMS where the caller left a number and SMS is set up, else by e-mail."""

    def __init__(self, settings: NoticeSettings) -> None:
        self._settings = settings
        # Its own lines name whom a message went to.
        logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)

    def send(self, who: Caller, text: NoticeText) -> str:
        """Return "" where a gateway took the message."""
        url = self.url_of(who)
        if not url:
            return NO_WAY
        return send_to_address(url, text.title, "\n".join(filter(None, (text.body, text.link))))

    def url_of(self, who: Caller) -> str:
        """Return the Apprise address of a person; empty where nothing reaches them."""
        sms = self._settings.sms_rules
        if sms is not None and (phone := sms.number_for(who.phone)):
            return self._settings.sms.replace("{phone}", quote(phone, safe=""))
        if self._settings.email and who.email:
            return self._settings.email.replace("{email}", quote(who.email, safe=""))
        return ""


def send_to_address(address: str, title: str, body: str) -> str:
    """Send a text to an Apprise address; return "" where its gateway took it, else the fault."""
    way = apprise.Apprise()
    if not way.add(address):
        return REFUSED
    return "" if way.notify(body=body, title=title) else REFUSED


def _clock(value: object) -> time:
    try:
        return time.fromisoformat(str(value))
    except ValueError as error:
        raise needed("a time of day like 22:00") from error


def _country_code(value: object) -> str:
    digits = str(value).removeprefix("+")
    if not digits.isdecimal() or digits.startswith("0"):
        raise needed("a country code in digits, like 98")
    return digits


_USUAL = OutboxRules()
_CountryCode = Annotated[str, BeforeValidator(_country_code)]
_TimeOfDay = Annotated[time, BeforeValidator(_clock)]


@dataclass(frozen=True, slots=True)
class _GatewaysTable(TomlTable):
    """A whole file of gateways."""

    quiet_from: _TimeOfDay = _USUAL.quiet_from
    quiet_until: _TimeOfDay = _USUAL.quiet_until
    most_a_day: Annotated[int, Number(1, 1000, whole=True)] = _USUAL.most_a_day
    address: Text = ""
    sms: Text = ""
    email: Text = ""
    country_code: Text = ""
    receipts: Text = ""
    sms_prefixes: tuple[_CountryCode, ...] = ()
    sms_a_day: Annotated[int, Number(1, 1_000_000, whole=True)] = SmsRules().a_day

    def mistakes(self) -> Iterator[FieldMistake]:
        """Return the addresses without a place for the caller's own; they may hold a password."""
        for key, url, hole in (("sms", self.sms, "{phone}"), ("email", self.email, "{email}")):
            if url and hole not in url:
                yield FieldMistake((key,), "", f"an Apprise address with {hole} in it")


def read_notice_settings(path: Path | None) -> NoticeSettings:
    """Return the settings in a gateways file; the defaults where there is none.

    Raises `NotFoundError` for a file that was named and is not there, and `InvalidError` by the
    name of the key that is wrong.
    """
    if path is None:
        return NoticeSettings()
    if not path.is_file():
        raise NotFoundError("file", str(path))
    values = read_toml(text_in(path.read_bytes(), path.name), path.name)
    table = read_table(_GatewaysTable, values, path.name)
    return NoticeSettings(
        rules=OutboxRules(table.quiet_from, table.quiet_until, table.most_a_day),
        address=table.address,
        sms=table.sms,
        email=table.email,
        country_code=table.country_code,
        receipts=table.receipts,
        sms_prefixes=table.sms_prefixes,
        sms_a_day=table.sms_a_day,
    )
