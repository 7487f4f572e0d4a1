"""One credential's token: asked for one scope only, fetched once for all connections, renewed where refused."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import google.auth
from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError, TransportError
from google.oauth2 import service_account

from connectors.google_calendar.keyfile import KeyFile, bad_key_file
from connectors.google_calendar.settings import SCOPE, GoogleSettings

Ask = Callable[..., Any]
"""A google.auth transport request: how a token is fetched."""


def load_credentials(settings: GoogleSettings, key: KeyFile) -> Credentials:
    """Google's credentials for the file, asking for one scope. Raises `GoogleCredentialsError`."""
    path = Path(settings.credentials_file)
    try:
        found: Credentials
        if key.info["type"] == "service_account":
            found = service_account.Credentials.from_service_account_info(dict(key.info), scopes=[SCOPE])
            return found
        with warnings.catch_warnings():
            # It warns of files from strangers: their addresses were checked above.
            warnings.simplefilter("ignore", DeprecationWarning)
            found, _ = google.auth.load_credentials_from_dict(dict(key.info), scopes=[SCOPE])
    except (GoogleAuthError, ValueError, TypeError, KeyError) as error:
        raise bad_key_file(path, f"is not accepted by Google's library ({type(error).__name__})") from None
    return found


class SharedToken:
    """One credential for all connections: its token is fetched once, whoever needs it first."""

    def __init__(self, credentials: Credentials) -> None:
        self.credentials = credentials
        self._lock = threading.Lock()

    def headers(self, ask: Ask) -> dict[str, str]:
        """Headers with a token that is still good; fetched where there is none."""
        with self._lock:
            # Not before_request(): it would look up regions of the account at another Google service.
            if not self.credentials.valid:
                self._refresh(ask)
            return self._headers()

    def renew(self, refused: Mapping[str, str], ask: Ask) -> dict[str, str]:
        """Headers with another token than the refused one."""
        with self._lock:
            if self._headers() == refused:
                self._refresh(ask)
            return self._headers()

    def _refresh(self, ask: Ask) -> None:
        try:
            self.credentials.refresh(ask)
        except (KeyError, TypeError, ValueError) as error:
            # The library reads whatever came with status 200, a proxy's page too.
            raise TransportError("what came is no token") from error

    def _headers(self) -> dict[str, str]:
        headers: dict[str, str] = {}
        self.credentials.apply(headers)
        return headers
