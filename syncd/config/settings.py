"""Environment to typed settings. Reads variables and one optional ``.env``; opens nothing else.

Every setting, its unit, default and reason is a field here; ``.env.example`` is kept equal by a test.
Secrets are secret types: they appear in no log, error or repr.
"""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from pydantic_settings import SettingsError as NoSectionError

from connectors.http import is_loopback
from syncd.config import env_file
from syncd.errors import SettingsError

PREFIX = env_file.PREFIX
SHIPPED = env_file.SHIPPED
UNIX = "unix:"
"""What stands before a path in `Settings.http_listen`."""
_LONGEST_PATH = 107
"""Bytes of a socket's path that the kernel takes."""

_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|(?=.*:.*:)[0-9A-Fa-f:]{2,45}")


def _names(value: str) -> tuple[str, ...]:
    return tuple(value.replace(",", " ").split())


class CanvasSection(BaseModel):
    """How to reach Canvas."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    base_url: str = ""
    """Root of the Canvas site, https (http only on loopback), without /api/v1."""
    token: SecretStr | None = None
    """Access token. Prefer the file: an environment can be read by other tools of the same user."""
    token_file: Path | None = None
    """File that holds the token; readable by this user alone. Default under systemd: credential ``canvas-token``."""
    tokens_file: Path | None = None
    """Several tokens, one a line, each with a quota of its own."""
    reserve: float = Field(default=0.3, ge=0.0, le=0.9)
    """Share of the token's quota never taken, since people and other jobs may use it too."""
    concurrency: int = Field(default=8, ge=1, le=12)
    """Requests in flight per token at the start; halves on refusal, grows slowly."""


class GoogleSection(BaseModel):
    """How to reach Google Calendar."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    credentials_file: Path | None = None
    """Service-account key or workload-identity file. Default under systemd: credential ``google-credentials``."""
    endpoint: str = "https://www.googleapis.com/"
    """Root under which /calendar/v3/ and /batch/ lie; another one only for tests."""
    units_per_minute: int = Field(default=600, ge=1)
    """Google's quota per user and minute; projects older than May 2026 may have another."""


class GuardSection(BaseModel):
    """Limits beyond which a person must approve. A number, or a percentage of the year's entries."""

    model_config = ConfigDict(extra="forbid")

    removed: str = Field(default="10", pattern=r"^\d+%?$")
    """Entries one edit may remove, and entries that may disappear from one target."""
    moved: str = Field(default="10", pattern=r"^\d+%?$")
    """Entries one edit may move."""
    fill_messages: int = Field(default=1000, ge=0)
    """Messages that fills which nobody approved may send within 24 hours, over all targets."""
    new_courses: int = Field(default=25, ge=0)
    """Without effect, kept so that older files stay valid: the messages count, however many courses they are for."""
    messages_each: int = Field(default=10, ge=0)
    """Messages one participant may get from one cycle."""


class FleetSection(BaseModel):
    """How a worker of a fleet serves many universities (``syncd worker``)."""

    model_config = ConfigDict(extra="forbid")

    instances_dir: Path = Path("/etc/syncd")
    """Folder with one file of settings for each university, ``<instance>.env``."""
    places: int = Field(default=4, ge=1, le=64)
    """Turns of different universities that one worker makes at the same time."""


class Settings(BaseSettings):
    """All settings of the service."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        extra="ignore",
        hide_input_in_errors=True,
        env_ignore_empty=True,
    )

    targets_file: Path | None = None
    """YAML file that names owner, zone and targets."""
    calendar_dir: str = ""
    """Folder laid out like ``data/``, or ``shipped``. Never published from inside the package unless said so."""
    state_dir: Path | None = None
    """Folder of the state. Default: systemd's StateDirectory, else ~/.local/state/syncd."""
    database: SecretStr | None = None
    """``postgresql://...``: the state lies there instead of in a file, for a second server or a fleet."""
    database_file: Path | None = None
    """File that holds that address with its password. Default under systemd: credential ``database``."""
    instance: str = Field(default="syncd", pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,47}$")
    """Which of the universities in that database this is; the name of the systemd instance."""
    lease_ttl: Annotated[float, Field(ge=1)] = 12.0
    """Seconds after its last renewal for which a server may write."""
    lease_grace: Annotated[float, Field(ge=0)] = 8.0
    """Seconds longer that the next server waits, until what was under way has come to rest."""
    interval: Annotated[int, Field(ge=1)] = 900
    """Seconds between cycles of the daemon."""
    publish: Literal["auto", "manual"] = "auto"
    """``manual``: edits of the calendar wait for ``syncd publish``."""
    removal_delay: Annotated[float, Field(ge=0)] = 60.0
    """Seconds that removals brought by an edit wait, so that a slip can be undone. Only the daemon waits."""
    today: date | None = None
    """Pretend it is this day; ``run`` refuses it unless every endpoint is loopback."""
    log_format: Literal["auto", "json", "console"] = "auto"
    """``auto``: readable on a terminal, JSON otherwise."""
    workers: int = Field(default=8, ge=1, le=64)
    """Contexts written at the same time."""
    audit_interval: Annotated[int, Field(ge=1)] = 21600
    """Seconds within which the daemon has read every context completely, spread evenly."""
    promised_time: Annotated[int, Field(ge=1)] = 3600
    """Seconds within which every calendar is to be in step: what ``/readyz`` and the notify command go by."""
    retention_days: int = Field(default=730, ge=1)
    """Days the journal keeps."""
    ca_file: Path | None = None
    """Private certificate authority, PEM, for both services."""
    proxy: str = ""
    """Outbound HTTP proxy, for both services."""
    control_socket: Path | None = None
    """Unix socket of the running daemon. Default: systemd's RuntimeDirectory, else the state folder."""
    http_listen: str = ""
    """``127.0.0.1:8571``, or a socket in the file system, ``unix:/run/syncd-page/socket``: health, metrics, pages."""
    http_hosts: str = ""
    """Host names the page is asked for, ``calendar.example.edu``, with commas; unset: any. Others get 421."""
    notify_command: str = ""
    """Run once when a plan waits, a target fails for long, a credential died, and when that is over."""
    canvas: CanvasSection = CanvasSection()
    google: GoogleSection = GoogleSection()
    guards: GuardSection = GuardSection()
    fleet: FleetSection = FleetSection()

    @field_validator("http_hosts")
    @classmethod
    def _names_alone(cls, value: str) -> str:
        for name in _names(value):
            if not _HOST.fullmatch(name):
                raise ValueError(
                    f"{name[:60]!r} is no host name such as calendar.example.edu; no scheme, port or path"
                )
        return value

    @property
    def page_hosts(self) -> tuple[str, ...]:
        """Host names that the page is asked for; empty: any."""
        return _names(self.http_hosts)

    @field_validator("http_listen")
    @classmethod
    def _loopback_only(cls, value: str) -> str:
        if value.startswith(UNIX):
            path = value.removeprefix(UNIX)
            if not path.startswith("/") or path.endswith("/") or len(os.fsencode(path)) > _LONGEST_PATH:
                raise ValueError(
                    f"a socket is named by its whole path of at most {_LONGEST_PATH} bytes, such as "
                    "unix:/run/syncd-page/socket"
                )
            return value
        host = value.rpartition(":")[0]
        if value and not _stays_here(f"http://{host}"):
            raise ValueError(
                "must be a loopback address such as 127.0.0.1:8571, or a socket such as unix:/run/syncd-page/socket; "
                "put a reverse proxy in front"
            )
        return value

    @property
    def every_endpoint_is_loopback(self) -> bool:
        urls = [self.google.endpoint, *([self.canvas.base_url] if self.canvas.base_url else [])]
        return all(_stays_here(url) for url in urls)

    def web_root(self, kind: str) -> str:
        """Root address of a kind's pages for people, '' where the settings name none."""
        return self.canvas.base_url if kind == "canvas" else ""

    @property
    def state_folder(self) -> Path:
        """Where the state lies."""
        return self.state_dir if self.state_dir is not None else env_file.default_state_folder()

    def completed_beside(self, folder: Path) -> Settings:
        """What a university's file in a fleet's folder does not name, as it lies there: ``NAME/calendar``, with the targets."""
        calendar = folder / self.instance / "calendar"
        changes: dict[str, object] = {}
        if not self.calendar_dir:
            changes["calendar_dir"] = str(calendar)
        if self.targets_file is None:
            changes["targets_file"] = calendar / "targets.yaml"
        if self.state_dir is None:
            changes["state_dir"] = folder / self.instance
        return self.model_copy(update=changes)

    @property
    def control_path(self) -> Path:
        """Where the daemon's control socket lies."""
        if self.control_socket is not None:
            return self.control_socket
        if given := os.environ.get("RUNTIME_DIRECTORY"):
            return Path(given.split(":")[0]) / "control"
        return self.state_folder / "control"


def load_settings() -> Settings:
    """Settings from the environment, then from the ``.env``. Raises `SettingsError` naming each variable."""
    path = env_file.trusted_env_file()
    try:
        settings = Settings(_env_file=path)
    except UNUSABLE as error:
        raise SettingsError(problems_of(error)) from None
    if (
        path is not None
        and "instance" in settings.model_fields_set
        and path.name == f"{settings.instance}.env"
    ):
        # Asked for by a person: `syncd worker` reads the same file by itself.
        return settings.completed_beside(path.parent)
    return settings


UNUSABLE = (ValidationError, NoSectionError)
"""What `Settings` raises where a variable cannot be used."""


def problems_of(error: ValidationError | NoSectionError) -> list[str]:
    """One sentence for each variable that cannot be used."""
    if isinstance(error, ValidationError):
        return [_sentence(one) for one in error.errors(include_input=False)]
    # Text in place of a whole section; the library names the section in its message alone.
    sections = [name for name in Settings.model_fields if f'"{name}"' in str(error)]
    return [_no_section(name) for name in sections] or [
        f"The settings cannot be read: {error}; see .env.example."
    ]


def _stays_here(url: str) -> bool:
    """True for an address that never leaves this machine."""
    try:
        return is_loopback(urlsplit(url).hostname or "")
    except ValueError:
        return False


def _no_section(name: str) -> str:
    kind = Settings.model_fields[name].annotation
    part = next(iter(kind.model_fields)) if isinstance(kind, type) and issubclass(kind, BaseModel) else ""
    variable = f"{PREFIX}{name.upper()}"
    return f"{variable}: this is no variable of its own; set its parts, such as {variable}__{part.upper()}; see .env.example."


def _sentence(error: object) -> str:
    details = dict(error)  # type: ignore[call-overload]
    if details["type"] == "model_type":
        return _no_section(str(details["loc"][0]))
    name = PREFIX + "__".join(str(piece).upper() for piece in details["loc"])
    return f"{name}: {details['msg']}; see .env.example."
