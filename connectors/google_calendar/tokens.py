"""One credential's token: asked for one scope only, fetched once for all connections, renewed where refused."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from http.client import HTTPException
from pathlib import Path
from typing import Any, cast

from google.auth import aws, identity_pool, impersonated_credentials, pluggable
from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError, TransportError
from google.oauth2 import credentials as user_credentials
from google.oauth2 import service_account

from connectors.google_calendar.keyfile import KeyFile, bad_key_file
from connectors.google_calendar.settings import SCOPE, GoogleSettings
from connectors.sockets import SendRefusedError

_AWS = "urn:ietf:params:aws:token-type:aws4_request"

Ask = Callable[..., Any]
"""A google.auth transport request: how a token is fetched."""


def load_credentials(settings: GoogleSettings, key: KeyFile) -> Credentials:
    """Google's credentials for the file, asking for one scope; nothing is sent. Raises `GoogleCredentialsError`."""
    path = Path(settings.credentials_file)
    # Not google.auth.load_credentials_from_file(): it asks for the project's name, past our proxy and timeouts.
    made = _KINDS.get(str(key.info["type"]))
    if made is None:
        raise bad_key_file(path, f"is of a type that is not supported: {str(key.info['type'])[:40]!r}")
    try:
        return made(dict(key.info))
    except (GoogleAuthError, ValueError, TypeError, KeyError, AttributeError) as error:
        # Without the library's words: they may quote the file.
        raise bad_key_file(path, f"is not accepted by Google's library ({type(error).__name__})") from None


def _external_account(info: Mapping[str, Any]) -> Credentials:
    """Workload identity: a token of another provider, from a file, an address, AWS or a program."""
    source = info.get("credential_source")
    kind: Any = identity_pool.Credentials
    if info.get("subject_token_type") == _AWS:
        kind = aws.Credentials
    elif isinstance(source, dict) and source.get("executable") is not None:
        kind = pluggable.Credentials
    return cast("Credentials", kind.from_info(info, scopes=[SCOPE]))


_KINDS: Mapping[str, Callable[[Mapping[str, Any]], Credentials]] = {
    "service_account": lambda info: service_account.Credentials.from_service_account_info(
        info, scopes=[SCOPE]
    ),
    "external_account": _external_account,
    "impersonated_service_account": lambda info: (
        impersonated_credentials.Credentials.from_impersonated_service_account_info(info, scopes=[SCOPE])
    ),
    "authorized_user": lambda info: user_credentials.Credentials.from_authorized_user_info(
        info, scopes=[SCOPE]
    ),
}


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
        except (GoogleAuthError, OSError, HTTPException, SendRefusedError):
            raise
        except Exception as error:
            # The library reads whatever came with status 200, a proxy's page too.
            raise TransportError("what came is no token") from error

    def _headers(self) -> dict[str, str]:
        headers: dict[str, str] = {}
        self.credentials.apply(headers)
        return headers
