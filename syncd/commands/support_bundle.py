"""`syncd support-bundle`: what whoever helps needs to know, in one file of JSON, and nothing that is secret.

Settings are told by a list of those that are harmless; of all others only whether they are set. Sentences of
failures go through `syncd.reporting.redaction`. Asks no service, writes nothing but the file.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import distributions
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import BaseModel, SecretStr

from connectors.port import Severity
from mapping.errors import SyncdError
from mapping.model import Targets
from syncd.checks.check import Check
from syncd.checks.lines import Line
from syncd.commands.shared.site_facts import site_facts
from syncd.config.credentials import credential_files
from syncd.config.env_file import trusted_env_file
from syncd.config.settings import PREFIX, UNIX, Settings, load_settings
from syncd.config.zone_data import in_use
from syncd.errors import SettingsError, UsageError
from syncd.exits import DONE
from syncd.reporting.redaction import Redactor
from syncd.reporting.status import Status, as_json, read_status
from syncd.reporting.terminal import to_stderr
from syncd.state.address import Address
from syncd.state.layout import SQLITE
from syncd.state.schema import VERSION
from syncd.state.store import State
from syncd.wiring import installed_version, load_candidate, load_site_targets, state_address

FORM = 1
"""Version of the file's own shape."""
HARMLESS = frozenset(
    {
        *(
            "instance",
            "lease_ttl",
            "lease_grace",
            "interval",
            "publish",
            "removal_delay",
            "today",
            "log_format",
        ),
        *("workers", "audit_interval", "promised_time", "retention_days"),
        *("canvas.reserve", "canvas.concurrency", "google.units_per_minute", "fleet.places"),
        *(
            "guards.removed",
            "guards.moved",
            "guards.fill_messages",
            "guards.new_courses",
            "guards.messages_each",
        ),
    }
)
"""Settings told as they are. Of every other one only whether it is set; a new one is not told until it stands here."""


def run(arguments: argparse.Namespace) -> int:
    """Print the bundle, or write it where nothing lies yet. Raises `UsageError`, OSError."""
    text = json.dumps(bundle(now=time.time()), ensure_ascii=False, indent=1) + "\n"
    if not arguments.bundle_out:
        sys.stdout.write(text)
        return DONE
    path = Path(arguments.bundle_out)
    try:
        # Whoever helps gets it by hand: until then it is this user's alone.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        raise UsageError(f"--out: {path} is there already and is left as it is; name another file") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    to_stderr(f"{path}: look at it before you hand it on; settings that may be secret are left out.")
    return DONE


def bundle(*, now: float) -> dict[str, Any]:
    """The whole file as values of JSON; what cannot be read is a sentence in its place."""
    problems: list[str] = []
    settings: Settings | None = None
    targets: Targets | None = None
    status: Status | None = None
    address: Address | None = None
    try:
        settings = load_settings()
        address = state_address(settings)
        targets = load_site_targets(settings, load_candidate(settings).calendar)
    except SyncdError as error:
        problems.append(str(error))
    if settings is not None and address is not None:
        try:
            status = _status(settings, address, now=now)
        except (SyncdError, OSError) as error:
            problems.append(str(error))
    found: dict[str, Any] = {
        "form": FORM,
        "made_at": datetime.fromtimestamp(int(now), tz=UTC).isoformat(),
        "versions": _versions(),
        "settings": dict(_settings(settings)) if settings is not None else None,
        "unknown_settings": sorted(_named() - set(_known(Settings, PREFIX))),
        "targets": [_target(one) for one in targets.targets] if targets is not None else None,
        "state": _state(address),
        "status": as_json(status) if status is not None else None,
        "check": _check(),
        "problems": problems,
    }
    clean = Redactor(_secrets(settings), _aliases(targets, status)).everything(found)
    assert isinstance(clean, dict)  # noqa: S101 - as it went in
    return clean


def _status(settings: Settings, address: Address, *, now: float) -> Status:
    state = State.open_for_reading(address)
    try:
        return read_status(state, site_facts(settings), now=now)
    finally:
        state.close()


def _versions() -> dict[str, Any]:
    return {
        "syncd": installed_version() or "not installed",
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "sqlite": SQLITE,
        "zone_rules": str(in_use()),
        "packages": {
            one.name: one.version for one in sorted(distributions(), key=lambda one: one.name.lower())
        },
    }


def _settings(settings: BaseModel, prefix: str = "") -> Iterator[tuple[str, object]]:
    """Variable to its value where that is harmless, else to ``set`` or ``not set``."""
    for name in type(settings).model_fields:
        value, dotted = getattr(settings, name), f"{prefix}{name}"
        if isinstance(value, BaseModel):
            yield from _settings(value, f"{dotted}.")
            continue
        variable = PREFIX + dotted.replace(".", "__").upper()
        if dotted in HARMLESS:
            yield variable, value if isinstance(value, (int, float)) else str(value or "")
        elif isinstance(value, Path):
            yield variable, f"set, {_kind(value)}"
        elif name == "http_listen" and value:
            yield variable, "set, a socket" if value.startswith(UNIX) else "set, a port"
        else:
            yield variable, "set" if value else "not set"


def _kind(path: Path) -> str:
    """What lies at a path, and its rights."""
    try:
        found = path.stat()
    except OSError as error:
        return error.strerror or type(error).__name__
    kind = "a folder" if path.is_dir() else "a file" if path.is_file() else "neither file nor folder"
    return f"{kind} of mode {found.st_mode & 0o7777:o}"


def _known(model: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        variable = prefix + name.upper()
        if isinstance(field.default, BaseModel):
            yield from _known(type(field.default), f"{variable}__")
        else:
            yield variable


def _given() -> dict[str, str]:
    """Every variable of ours, from the environment and the file, by its name."""
    found: dict[str, str] = {}
    with suppress(SettingsError, OSError, UnicodeDecodeError):
        if (path := trusted_env_file()) is not None:
            found |= {
                name.upper(): value or "" for name, value in dotenv_values(path, encoding="utf-8").items()
            }
    found |= {name.upper(): value for name, value in os.environ.items()}
    return {name: value for name, value in found.items() if name.startswith(PREFIX)}


def _named() -> set[str]:
    """Names alone: a mistyped name is worth knowing, and its value may be a token."""
    return set(_given()) - {f"{PREFIX}ENV_FILE", f"{PREFIX}ASKED_BY", f"{PREFIX}LOG_LEVEL"}


def _target(target: Any) -> dict[str, object]:
    return {
        "name": target.name,
        "kind": target.kind,
        "place": target.place,
        "years": list(target.years),
        "languages": list(target.languages),
        "courses": len(target.courses),
        "timezone": target.timezone,
    }


def _state(address: Address | None) -> dict[str, object] | None:
    if address is None:
        return None
    layout = None
    with suppress(SyncdError):
        layout = State.layout(address)
    lies = "in a file" if isinstance(address, Path) else "in PostgreSQL"
    return {"lies": lies, "layout": layout, "layout_known": VERSION}


def _check() -> dict[str, object]:
    """What `syncd check --offline` finds wrong or worth a look; the sentences that say all is well are counted."""
    check, lines, ended = Check(), list[Line](), ""
    try:
        lines.extend(check.offline())
    except (SyncdError, OSError) as error:
        ended = str(error)
    finally:
        check.close()
    told = [
        {"about": one.about, "severity": one.severity.value, "message": one.message}
        for one in lines
        if one.severity is not Severity.OK
    ]
    return {"sound": len(lines) - len(told), "lines": told, "ended": ended}


# --- what must not be seen ----------------------------------------------------------------------------


def _secrets(settings: Settings | None) -> set[str]:
    """Values of settings that are neither harmless nor a path, and the content of the files that may hold secrets."""
    shown = {PREFIX + name.replace(".", "__").upper() for name in HARMLESS}
    shown |= {name for name in _known(Settings, PREFIX) if name.endswith(("_FILE", "_DIR", "_SOCKET"))}
    values = {value for name, value in _given().items() if name not in {*shown, f"{PREFIX}ENV_FILE"}}
    if settings is not None:
        values |= {
            value.get_secret_value()
            for value in (settings.canvas.token, settings.database)
            if isinstance(value, SecretStr)
        }
    texts = set(values)
    files = [*credential_files(settings), settings.database_file] if settings is not None else []
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    loaded = sorted(Path(folder).glob("*")) if folder else []
    for path in (*files, *loaded):
        if path is not None:
            with suppress(OSError, UnicodeDecodeError):
                texts.add(path.read_text(encoding="utf-8"))
    return {piece for text in texts for piece in _pieces(text)}


def _pieces(text: str) -> Iterator[str]:
    """A secret whole, its lines, the values of a JSON object, and the parts of an address."""
    yield text
    yield from (line.strip() for line in text.splitlines())
    with suppress(ValueError, RecursionError):
        payload = json.loads(text)
        if isinstance(payload, Mapping):
            for name, value in payload.items():
                if name not in {"type", "universe_domain"} and isinstance(value, str):
                    yield value
                    yield from (line.strip() for line in value.splitlines())
    yield from text.replace(",", " ").split()
    if "://" in text:
        with suppress(ValueError):
            yield urlsplit(text).hostname or ""
        account, at, _ = text.partition("://")[2].rpartition("@")
        if at:
            yield account
            yield account.partition(":")[2]


def _aliases(targets: Targets | None, status: Status | None) -> dict[str, str]:
    """Every calendar and its name to a number; the same calendar has the same one throughout."""
    names = {str(Path.home()): "~"}
    for target in targets.targets if targets is not None else ():
        for address in (target.calendar_id, *target.account_calendars):
            if address:
                names.setdefault(address, f"calendar-{len(names)}")
    for note in (*status.notes, *status.left_behind) if status is not None else ():
        alias = names.setdefault(
            note.context, note.context if note.kind == "canvas" else f"calendar-{len(names)}"
        )
        if note.name:
            names.setdefault(note.name, f"the name of {alias}")
    return names
