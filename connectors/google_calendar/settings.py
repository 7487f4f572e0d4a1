"""What a Google Calendar connector is built from: values, checked once. Reads no environment and no file."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from connectors.errors import AuthenticationError, PermanentError
from connectors.http import RequestNote, Timeouts, check_address, is_loopback, is_proxy
from connectors.quota import SpentUnits
from connectors.retry import RetryPolicy

GOOGLE_ENDPOINT = "https://www.googleapis.com/"
GOOGLE_TOKEN_URI = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
SCOPE = "https://www.googleapis.com/auth/calendar.events"
"""The narrowest that reads and writes events of shared calendars; asked for by name, or Google's client asks for all."""


class GoogleEndpointError(PermanentError):
    """Raised when the endpoint may not be used: not https beyond loopback, or no plain address."""

    advice = f"Set the endpoint to the root of Google's API, {GOOGLE_ENDPOINT}."


class GoogleProxyError(PermanentError):
    """Raised when the proxy's address is none that requests can go through."""

    advice = "Set the proxy as http://host:port, with user:password@ before the host where it asks for them."


class GoogleCredentialsError(AuthenticationError):
    """Raised when the credentials file cannot be used, or would send its secret to a host that is not Google's."""

    advice = (
        "Download the key of the service account again (docs/operate.md, Rotate a credential) and restart."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class GoogleSettings:
    """All a connector needs. Raises `GoogleEndpointError` for an address that the token must not go to, `GoogleProxyError`."""

    credentials_file: str | Path
    """Service account key, or another file that Google's auth library reads (workload identity)."""
    owner: str
    timezone: str
    """Campus zone, IANA."""
    zones: Mapping[str, str] = field(default_factory=dict)
    """Target to its zone, where it has another than the campus."""
    endpoint: str = GOOGLE_ENDPOINT
    """Root under which ``/calendar/v3/`` and ``/batch/`` lie."""
    units_per_minute: int = 600
    """Quota of one credential in any 60 seconds."""
    readers: int = 4
    """Calendars read at the same time."""
    timeouts: Timeouts = field(default_factory=Timeouts)
    retry: RetryPolicy = field(
        default_factory=lambda: RetryPolicy(
            attempts=8, first_wait_s=1.0, longest_wait_s=32.0, deadline_s=150.0
        )
    )
    """As Google asks for: 1, 2, 4 ... 32 s; long enough for a quota window that somebody else filled."""
    ca_file: str | Path | None = None
    """Authorities trusted besides the public ones."""
    proxy: str | None = None
    """Address of an outbound proxy for every request, ``http://host:port``."""
    clock: Callable[[], float] = time.monotonic
    stop: threading.Event = field(default_factory=threading.Event)
    sleep: Callable[[float], object] | None = None
    """Must return early once ``stop`` is set; None waits on ``stop`` itself."""
    may_send: Callable[[], bool] = lambda: True
    """Asked right before each send; False once another machine may have taken this one's place."""
    share: Callable[[], int] = lambda: 1
    """Among how many running connectors the credential is shared; each takes its part of the quota."""
    spent: SpentUnits = field(default_factory=SpentUnits)
    """What of the quota was spent before, by whoever used the credential, and is spent here."""
    rng: Random = field(default_factory=Random)
    on_request: Callable[[RequestNote], None] | None = None

    def __post_init__(self) -> None:
        check_address(self.endpoint, "calendar/v3", _bad)
        if self.proxy:
            _check_proxy(self.proxy)

    @property
    def root(self) -> str:
        """Endpoint with exactly one slash at its end."""
        return self.endpoint.strip().rstrip("/") + "/"

    @property
    def on_loopback(self) -> bool:
        """Whether the endpoint can only mean this machine."""
        return is_loopback(urlsplit(self.root).hostname or "")

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


def _check_proxy(proxy: str) -> None:
    if not is_proxy(proxy, {"http"}):
        # Not quoted: it may hold a password.
        raise GoogleProxyError("the proxy's address cannot be used.", operation="configure Google Calendar")


def _bad(reason: str) -> GoogleEndpointError:
    return GoogleEndpointError(f"the endpoint is refused: {reason}.", operation="configure Google Calendar")
