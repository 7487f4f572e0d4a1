"""Secrets from files: read late, refused where others can read them, never shown."""

from __future__ import annotations

import hashlib
import os
import ssl
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pydantic import SecretStr

from connectors.authorities import trusting
from syncd.config.settings import PREFIX, Settings
from syncd.errors import SettingsError

CANVAS_CREDENTIAL = "canvas-token"
CANVAS_TOKENS_CREDENTIAL = "canvas-tokens"
GOOGLE_CREDENTIAL = "google-credentials"
DATABASE_CREDENTIAL = "database"
"""Names under which the systemd unit loads credentials."""


def canvas_tokens(settings: Settings) -> tuple[SecretStr, ...]:
    """The Canvas tokens, at least one. Raises `SettingsError`."""
    canvas = settings.canvas
    path = canvas.tokens_file or _credential(CANVAS_TOKENS_CREDENTIAL)
    if path is not None:
        found = tuple(SecretStr(line) for line in _read(path, "CANVAS__TOKENS_FILE").split() if line)
    elif canvas.token is not None:
        found = (canvas.token,)
    else:
        single = canvas.token_file or _credential(CANVAS_CREDENTIAL)
        if single is None:
            raise SettingsError(
                f"No Canvas token for the Canvas targets: set {PREFIX}CANVAS__TOKEN_FILE or "
                f"{PREFIX}CANVAS__TOKEN; the systemd unit takes the credential {CANVAS_CREDENTIAL}."
            )
        found = (SecretStr(_read(single, "CANVAS__TOKEN_FILE").strip()),)
    if not found or not all(
        token.get_secret_value().isascii() and token.get_secret_value() for token in found
    ):
        raise SettingsError(["The Canvas token is empty or holds characters no token has; write it anew."])
    return found


def google_credentials(settings: Settings) -> Path:
    """The Google credentials file, checked. Raises `SettingsError`."""
    path = settings.google.credentials_file or _credential(GOOGLE_CREDENTIAL)
    if path is None:
        raise SettingsError(
            f"No Google credentials for the Google targets: set {PREFIX}GOOGLE__CREDENTIALS_FILE; "
            f"the systemd unit takes the credential {GOOGLE_CREDENTIAL}."
        )
    _read(path, "GOOGLE__CREDENTIALS_FILE")
    return path


def database_url(settings: Settings) -> str:
    """Address of the PostgreSQL database with its password, '' where the state is a file. Raises `SettingsError`."""
    path = settings.database_file or _credential(DATABASE_CREDENTIAL)
    url = settings.database.get_secret_value() if settings.database is not None else ""
    if path is not None and not url:
        url = _read(path, "DATABASE_FILE").strip()
    if url and not url.startswith(("postgresql://", "postgres://")):
        raise SettingsError(
            [f"{PREFIX}DATABASE: it must begin with postgresql://; without it the state is a file."]
        )
    return url


def credential_files(settings: Settings) -> tuple[Path, ...]:
    """Files named by settings, whose content may change while the daemon runs.

    Those that systemd loads are not among them: it copies them once, so another content takes a restart.
    """
    named = (settings.canvas.tokens_file, settings.canvas.token_file, settings.google.credentials_file)
    return tuple(path for path in named if path is not None)


def credentials_digest(settings: Settings) -> str:
    """Hash of what lies in the credential files, for telling that it is another; a file that is gone counts too."""
    content = hashlib.sha256()
    for path in credential_files(settings):
        try:
            content.update(hashlib.sha256(path.read_bytes()).digest())
        except OSError:
            content.update(b"-")
    return content.hexdigest()


def token_setting(settings: Settings) -> str:
    """The variable that the Canvas token comes from."""
    canvas = settings.canvas
    for name, value in (("TOKENS_FILE", canvas.tokens_file), ("TOKEN", canvas.token)):
        if value is not None:
            return f"{PREFIX}CANVAS__{name}"
    return f"{PREFIX}CANVAS__TOKEN_FILE"


def check_ca_file(settings: Settings) -> None:
    """Raises `SettingsError` where the file of a private authority cannot be used."""
    if settings.ca_file is None:
        return
    try:
        trusting(str(settings.ca_file))
    except ssl.SSLError:
        reason = "holds no certificate in PEM (it begins with -----BEGIN CERTIFICATE-----)"
    except OSError as error:
        reason = f"cannot be read ({error.strerror or type(error).__name__})"
    else:
        return
    raise SettingsError([f"{PREFIX}CA_FILE: {settings.ca_file} {reason}."])


def open_to_the_group(settings: Settings) -> Iterator[Path]:
    """Credential files that the group may read, but for those that systemd loads."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    for path in credential_files(settings):
        if folder and path.absolute().is_relative_to(Path(folder).absolute()):
            continue
        with suppress(OSError):
            if path.stat().st_mode & stat.S_IRGRP:
                yield path


def _credential(name: str) -> Path | None:
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    path = Path(folder) / name if folder else None
    return path if path is not None and path.exists() else None


def _read(path: Path, variable: str) -> str:
    try:
        if path.stat().st_mode & (stat.S_IRWXO | stat.S_IWGRP):
            raise SettingsError([f"{PREFIX}{variable}: {path} is open to other users; chmod 600 it."])
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise SettingsError(
            [f"{PREFIX}{variable}: {path} cannot be read ({reason}); check owner and rights."]
        ) from None
