"""The credentials file: read and checked before anything of it is used.

A key file names the address that its secret is sent to: beyond loopback that must be Google's. Imports none
of Google's libraries and sends nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson

from connectors.google_calendar.settings import GOOGLE_TOKEN_URI, GoogleCredentialsError, GoogleSettings

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_ADDRESSES = ("token_url", "token_info_url", "service_account_impersonation_url")
"""Where files other than keys send secrets; all of them Google's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFile:
    """What a credentials file says, checked. ``email`` is '' where the file names no account."""

    info: Mapping[str, Any]
    email: str


def read_key_file(settings: GoogleSettings) -> KeyFile:
    """Read and check the file. Raises `GoogleCredentialsError`, which never quotes the file's content."""
    path = Path(settings.credentials_file)
    try:
        content = path.read_bytes()
        if content.startswith(_BYTE_ORDER_MARK):
            raise bad_key_file(path, "begins with a byte-order mark: save it as plain UTF-8, without one")
        info = orjson.loads(content)
    except OSError as error:
        raise bad_key_file(path, f"cannot be read ({error.strerror or type(error).__name__})") from error
    except orjson.JSONDecodeError:
        raise bad_key_file(path, "is not JSON") from None
    client = next((name for name in ("installed", "web") if isinstance(info, dict) and name in info), "")
    if client:
        raise bad_key_file(
            path,
            f'is the id of an OAuth client ("{client}"), where the key of a service account (JSON) is needed',
        )
    if not isinstance(info, dict) or not isinstance(info.get("type"), str):
        raise bad_key_file(path, 'is no credentials file: it has no "type"')
    if info["type"] == "service_account":
        _check_service_account(path, info)
    if not settings.on_loopback:
        _check_addresses(path, info)
    return KeyFile(info=info, email=_email(info))


def _check_service_account(path: Path, info: Mapping[str, Any]) -> None:
    email, private = info.get("client_email"), info.get("private_key")
    if not isinstance(email, str) or "@" not in email:
        raise bad_key_file(path, "names no client_email, the address that calendars are shared with")
    if isinstance(private, str) and "\\n" in private:
        raise bad_key_file(path, "holds a private_key whose line breaks became the two characters \\n")


def _check_addresses(path: Path, info: Mapping[str, Any]) -> None:
    """Also in what is nested: the credentials that another one is impersonated with, or a source of tokens."""
    for inner in info.values():
        if isinstance(inner, dict):
            _check_addresses(path, inner)
    token_uri = info.get("token_uri", GOOGLE_TOKEN_URI)
    if token_uri != GOOGLE_TOKEN_URI:
        raise bad_key_file(
            path, f"would send its secret to {str(token_uri)[:80]!r} instead of {GOOGLE_TOKEN_URI}"
        )
    for name in _ADDRESSES:
        address = info.get(name)
        if address and not _is_googles(str(address)):
            raise bad_key_file(path, f"names a {name} that is not Google's: {str(address)[:80]!r}")


def _is_googles(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    host = (parts.hostname or "").casefold()
    return parts.scheme == "https" and (host == "googleapis.com" or host.endswith(".googleapis.com"))


def _email(info: Mapping[str, Any]) -> str:
    if isinstance(info.get("client_email"), str):
        return str(info["client_email"])
    target = info.get("service_account_impersonation_url") or ""
    name = str(target).rpartition("/")[2].partition(":")[0]
    return name if "@" in name else ""


def bad_key_file(path: Path, what: str) -> GoogleCredentialsError:
    """The refusal of a credentials file."""
    return GoogleCredentialsError(f"the credentials file {path} {what}.", operation="read credentials")
