"""What every connector over HTTP shares: timeouts, what is told of a request, and which addresses are safe.

Sends nothing; values and one check on text.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from urllib.parse import urlsplit

from connectors.errors import PermanentError


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds."""

    connect_s: float = 5.0
    read_s: float = 30.0
    """Between two pieces of an answer."""
    whole_s: float = 60.0
    """For one answer to a write as a whole, from connecting to its last byte."""
    look_s: float = 20.0
    """The same for a read, and for all pages of a list about several calendars: others wait for it."""
    part_s: float = 4.0
    """After which a list about several calendars, when nothing else is to be listed, is parted beside it, and a look at
    some days of several is given up: their events are asked for one by one."""
    brief_s: float = 5.0
    """For all pages of a list about one calendar at first, where a list about it and others did not end well: the one
    that is slow then keeps no place from the others, and is listed once more with all its time."""
    list_s: float = 40.0
    """For all pages of a list about one calendar together, waits for quota not counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestNote:
    """What is told of every request that was sent, answered or not; never a token, a query or a body."""

    operation: str
    context: str
    method: str
    path: str
    status: int
    """0 where no answer came."""
    seconds: float
    cost: float | None
    """In the service's own units of quota."""
    remaining: float | None
    """Quota left, as the service told or as we count it."""
    request_id: str = ""
    throttled: bool = False
    skew_s: float | None = None
    """Seconds by which the service's clock is ahead of this machine's, by the answer's Date; None without one."""


def clock_skew_s(date_header: str | None, now: float) -> float | None:
    """Seconds by which an answer's ``Date`` is ahead of ``now`` (since the epoch); None where it names no time."""
    told = moment_of(date_header)
    try:
        return told.timestamp() - now if told is not None and told.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


@lru_cache(maxsize=64)
def moment_of(date_header: str | None) -> datetime | None:
    """What an answer's ``Date`` says, with a zone where it names one; None where it names no time."""
    if not date_header:
        return None
    try:
        return parsedate_to_datetime(date_header)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def is_proxy(address: str, schemes: Collection[str]) -> bool:
    """Whether requests can go through a proxy of that address: ``http://host:port``, perhaps with user and password."""
    try:
        parts = urlsplit(address)
        return parts.scheme in schemes and bool(parts.hostname) and (parts.port or 80) > 0
    except ValueError:
        return False


def is_loopback(host: str) -> bool:
    """Whether a host name can only mean this machine."""
    if host.casefold() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_address(
    url: str,
    api_path: str,
    refuse: Callable[[str], PermanentError],
    *,
    pages: Collection[str] = (),
) -> None:
    """Raise what ``refuse`` makes of the reason, where a secret must not be sent to this root address.

    ``pages``: first parts of the service's own paths: whoever copies the address from a browser takes one along. A
    service behind another path than the root is possible.
    """
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise refuse("it cannot be read as an address") from error
    if parts.scheme not in {"http", "https"} or not host:
        raise refuse("it must begin with https:// and a host name")
    if parts.scheme == "http" and not is_loopback(host):
        raise refuse("plain http would show the token to the network; only https is used beyond this machine")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise refuse("it must hold no user name, query or fragment")
    if api_path in parts.path:
        raise refuse(f"it must not name the API's path ({api_path}), which is added to it")
    if parts.path.strip("/").partition("/")[0] in pages:
        raise refuse(f"it must be the address alone, without {parts.path[:80]!r}")
