"""A weather feed is asked: what stands at an address, where it has changed.

An administrator names the address, so it leads to no machine of the server's own network unless the
settings name that host: its name is resolved once, and what was found is checked and asked.
"""

import socket
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import NamedTuple

import httpx

from data.errors import BarfrubError
from data.model.storm_conditions import FeedFault

ANSWERS_IN_S = 10.0
"""How long a feed may be silent."""

WHOLE_IN_S = 30.0
"""How long its answer may take."""

MOST_LETTERS = 200
"""Length of what is told of an answer."""

MOST_BYTES = 4_000_000
"""Size of an answer, as of a file that somebody brings; a forecast takes a twentieth."""

FRESH, LATER = timedelta(hours=3), timedelta(days=1)
"""A feed is believed for so long that nothing new comes, and that it is asked too often."""

WANTS_CONTACT = (".met.no",)
"""Who wants to know whom to write to: https://api.met.no/doc/TermsOfService."""

_NAT64 = IPv6Network("64:ff9b::/96")
_OK = frozenset((httpx.codes.OK, httpx.codes.NON_AUTHORITATIVE_INFORMATION))


class FeedError(BarfrubError):
    """A feed that could not be read: why, what came, and until when it wants not to be asked."""

    code = "weather_feed"

    def __init__(self, fault: FeedFault, detail: str, not_before: datetime | None = None) -> None:
        super().__init__(f"{fault}: {detail}")
        self.fault, self.detail, self.not_before = fault, detail[:MOST_LETTERS], not_before


class FeedQuestion(NamedTuple):
    """What is asked: an address, and what is known of it by the feed's own words."""

    address: str
    etag: str
    modified: str
    now: datetime


class FeedAnswer(NamedTuple):
    """What a feed holds, `None` where that is known; it has nothing new `not_before`."""

    content: bytes | None
    etag: str
    modified: str
    not_before: datetime | None


def resolved(host: str, port: int) -> Sequence[str]:
    """Return the network addresses of a host."""
    here = socket.AI_ADDRCONFIG  # none of IPv6 where this machine has none
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=here)
    return [str(address[0]) for *_, address in found]


@dataclass(frozen=True, slots=True)
class FeedReader:
    """Asks feeds, and says to whom it belongs: `contact` is a mail or web address.

    `hosts` may lie in the own network, may be asked without HTTPS and through a proxy.
    """

    contact: str
    hosts: Collection[str]
    resolve: Callable[[str, int], Sequence[str]] = resolved
    transport: httpx.BaseTransport | None = None
    passed_s: Callable[[], float] = time.monotonic

    def ask(self, question: FeedQuestion) -> FeedAnswer:
        """Return what a feed answers.

        Raises `FeedError`, which names no address: a key may stand in it.
        """
        try:
            url = httpx.URL(question.address)
            named = url.host in self.hosts
            with httpx.Client(
                transport=self.transport, timeout=ANSWERS_IN_S, trust_env=named
            ) as client:
                answer = client.send(self._request(client, url, question), stream=True)
                try:
                    return self._answer(answer, question)
                finally:
                    answer.close()
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
            detail = str(error) or type(error).__name__
            raise FeedError(FeedFault.UNREACHABLE, detail) from error

    def _request(
        self, client: httpx.Client, url: httpx.URL, question: FeedQuestion
    ) -> httpx.Request:
        if not self.contact and f".{url.host}".endswith(WANTS_CONTACT):
            raise FeedError(FeedFault.NO_CONTACT, "BARFRUB_CONTACT")
        headers = {
            "user-agent": user_agent(self.contact),
            "accept-encoding": "gzip",
            "host": url.netloc.decode("ascii"),
        }
        if question.etag:
            headers["if-none-match"] = question.etag
        if question.modified:
            headers["if-modified-since"] = question.modified
        if url.host in self.hosts:
            return client.build_request("GET", url, headers=headers)
        target = url.copy_with(host=self._public_address(url))
        names = {"sni_hostname": url.host}  # by which its certificate is checked
        return client.build_request("GET", target, headers=headers, extensions=names)

    def _public_address(self, url: httpx.URL) -> str:
        """Return the network address of a host of the internet."""
        if url.scheme != "https":
            raise FeedError(FeedFault.FORBIDDEN, url.scheme)
        found = self.resolve(url.host, url.port or 443)
        if not found or not all(map(is_public, found)):
            raise FeedError(FeedFault.FORBIDDEN, url.host)
        return found[0]

    def _answer(self, answer: httpx.Response, question: FeedQuestion) -> FeedAnswer:
        code, now = answer.status_code, question.now
        if code == httpx.codes.NOT_MODIFIED:
            return FeedAnswer(None, question.etag, question.modified, _expires(answer, now))
        if code not in _OK:
            fault = FeedFault.DOWN if answer.is_server_error else FeedFault.REFUSED
            raise FeedError(fault, str(code), _retry_after(answer, now))
        etag, modified = answer.headers.get("etag", ""), answer.headers.get("last-modified", "")
        return FeedAnswer(self._content(answer), etag, modified, _expires(answer, now))

    def _content(self, answer: httpx.Response) -> bytes:
        """Return an answer's content; no more of it is read than may be."""
        with suppress(ValueError):
            _require_size(int(answer.headers.get("content-length", 0)))
        begun_s, content = self.passed_s(), bytearray()
        for part in answer.iter_bytes():
            content += part
            _require_size(len(content))
            if self.passed_s() - begun_s > WHOLE_IN_S:
                raise FeedError(FeedFault.UNREACHABLE, f"{WHOLE_IN_S:.0f} s")
        return bytes(content)


def user_agent(contact: str) -> str:
    """Return who asks, as services of weather want it: the product, and whom to write to."""
    return f"Barfrub ({contact})" if contact else "Barfrub"


def is_public(address: str) -> bool:
    """Whether a network address is one of the internet, and leads to no network of one's own."""
    try:
        found = ip_address(address)
    except ValueError:  # an address of IPv6 with a zone is local
        return False
    if isinstance(found, IPv6Address) and found in _NAT64:
        return is_public(str(ip_address(found.packed[-4:])))
    return found.is_global and not found.is_multicast


def _expires(answer: httpx.Response, now: datetime) -> datetime | None:
    """Return until when a feed says that nothing new comes."""
    return _within(_moment(answer.headers.get("expires", "")), now, FRESH)


def _retry_after(answer: httpx.Response, now: datetime) -> datetime | None:
    """Return until when a feed wants not to be asked."""
    told = answer.headers.get("retry-after", "")
    if told.isdecimal():
        return now + min(timedelta(seconds=min(int(told), 10**6)), LATER)
    return _within(_moment(told), now, LATER)


def _moment(told: str) -> datetime | None:
    with suppress(ValueError, IndexError, TypeError):
        at = parsedate_to_datetime(told)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return None


def _within(at: datetime | None, now: datetime, most: timedelta) -> datetime | None:
    return None if at is None or at <= now else min(at, now + most)


def _require_size(size_bytes: int) -> None:
    if size_bytes > MOST_BYTES:
        raise FeedError(FeedFault.LARGE, f"{MOST_BYTES / 1e6:.0f} MB")
