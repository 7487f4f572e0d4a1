"""What a Canvas connector is built from: values only, checked once. Reads no environment and no file."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from connectors.canvas.pace import PaceLimits
from connectors.errors import PermanentError
from connectors.http import RequestNote, Timeouts, check_address, is_proxy
from connectors.retry import RetryPolicy

CONTEXTS_A_CALL = 10
"""Context codes Canvas looks at in one list; it drops further ones without a word."""
ROWS_A_PAGE = 100
"""Largest page Canvas gives."""


class CanvasAddressError(PermanentError):
    """Raised when the base URL may not be used: not https beyond loopback, or no plain address."""

    advice = "Set the base URL to the address of Canvas alone, for example https://canvas.example.edu."


class CanvasTokenError(PermanentError):
    """Raised when there is no token, or what is given cannot be one."""

    advice = "Set the token as Canvas showed it when it was made, one per line in a file of several."


class CanvasProxyError(PermanentError):
    """Raised when the proxy's address is none that requests can go through."""

    advice = "Set the proxy as http://host:port, with user:password@ before the host where it asks for them."


@dataclass(frozen=True, slots=True, kw_only=True)
class CanvasSettings:
    """All a connector needs.

    Raises `CanvasAddressError` for an address that the token must not go to, `CanvasTokenError` for none,
    `CanvasProxyError`.
    """

    base_url: str
    tokens: tuple[str, ...] = field(repr=False)
    """One or several; each has a bucket of its own, and contexts are spread over them."""
    owner: str
    timezone: str
    """Campus zone, IANA."""
    zones: Mapping[str, str] = field(default_factory=dict)
    """Target to its zone, where it has another than the campus."""
    version: str = ""
    """Of syncd, told in the User-Agent."""
    timeouts: Timeouts = field(default_factory=Timeouts)
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    pace: PaceLimits = field(default_factory=PaceLimits)
    ca_file: str = ""
    """Authorities trusted besides the public ones, '' for those alone."""
    proxy: str = ""
    """Address of an outbound proxy for every request, '' for none."""
    clock: Callable[[], float] = time.monotonic
    stop: threading.Event = field(default_factory=threading.Event)
    sleep: Callable[[float], object] | None = None
    """Must return early once ``stop`` is set; None waits on ``stop`` itself."""
    may_send: Callable[[], bool] = lambda: True
    """Asked right before each send; False once another machine may have taken this one's place."""
    share: Callable[[], int] = lambda: 1
    """Among how many running connectors the credential is shared; each takes its part of the quota."""
    rng: Random = field(default_factory=Random)
    on_request: Callable[[RequestNote], None] | None = None

    def __post_init__(self) -> None:
        if any(token.strip().casefold().startswith("bearer ") for token in self.tokens):
            raise CanvasTokenError(
                'the token begins with "Bearer ", which is no part of it.', operation="configure Canvas"
            )
        if not self.tokens or not all(map(_is_token, self.tokens)):
            raise CanvasTokenError(
                "there is no access token, or it holds characters that none has.",
                operation="configure Canvas",
            )
        check_address(self.base_url, "api/v1", _bad, pages=_PAGES)
        if self.proxy and not is_proxy(self.proxy, {"http", "https"}):
            # Not quoted: it may hold a password.
            raise CanvasProxyError("the proxy's address cannot be used.", operation="configure Canvas")

    @property
    def address(self) -> str:
        """Base URL without a slash at its end."""
        return self.base_url.strip().rstrip("/")

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def zone(self) -> ZoneInfo:
        """The campus zone."""
        return ZoneInfo(self.timezone)

    @property
    def own_zones(self) -> dict[str, ZoneInfo]:
        """Target to its zone, where it has one of its own."""
        return {target: ZoneInfo(name) for target, name in self.zones.items()}

    @property
    def pause(self) -> Callable[[float], object]:
        """The sleep in use."""
        return self.stop.wait if self.sleep is None else self.sleep


_PAGES = frozenset(
    {
        "accounts",
        "api",
        "calendar",
        "conversations",
        "courses",
        "groups",
        "login",
        "profile",
        "users",
        "oauth2",
    }
)
"""Canvas's own pages, which an address copied from a browser ends with."""


def _is_token(token: str) -> bool:
    text = token.strip()
    return bool(text) and text.isascii() and text.isprintable() and " " not in text


def _bad(reason: str) -> CanvasAddressError:
    return CanvasAddressError(f"the base URL is refused: {reason}.", operation="configure Canvas")
