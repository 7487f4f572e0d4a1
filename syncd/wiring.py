"""Settings to working parts. The only place that builds connectors and runtimes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from connectors.errors import ConnectorError
from connectors.port import Connector
from connectors.quota import SpentUnits
from mapping.model import CanonicalCalendar, Targets
from mapping.planning.guards import Limit, Limits
from syncd.config.credentials import (
    canvas_tokens,
    check_ca_file,
    database_url,
    google_credentials,
    token_setting,
)
from syncd.config.settings import PREFIX, SHIPPED, Settings
from syncd.errors import SettingsError
from syncd.reconcile.editions import Candidate
from syncd.reconcile.runtime import Runtime
from syncd.source.folder import load_served, load_targets
from syncd.state.address import Address, DatabaseAddress
from syncd.state.store import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """The data a run rests on."""

    candidate: Candidate
    targets: Targets


def load_sources(settings: Settings) -> Sources:
    """Calendar and targets. Raises `SettingsError`, `InvalidCalendarError`."""
    candidate = load_candidate(settings)
    return Sources(candidate=candidate, targets=load_site_targets(settings, candidate.calendar))


def load_candidate(settings: Settings) -> Candidate:
    """The site's calendar as it lies on disk now."""
    calendar, source = load_served(calendar_folder(settings))
    return Candidate(calendar=calendar, files=source.files, edited_at=source.edited_at)


def load_site_targets(settings: Settings, calendar: CanonicalCalendar) -> Targets:
    """The site's targets file, read against a calendar."""
    from connectors.registry import TARGET_FIELDS

    if settings.targets_file is None:
        raise SettingsError(
            f"Nothing is configured: {PREFIX}TARGETS_FILE names no file. `syncd init DIR` writes one with "
            "comments, `syncd demo` shows the whole without any set-up."
        )
    return load_targets(settings.targets_file, calendar, TARGET_FIELDS)


def calendar_folder(settings: Settings) -> Path | None:
    """The calendar to publish; None for the shipped one, only if the settings say so."""
    if settings.calendar_dir == SHIPPED:
        return None
    if not settings.calendar_dir:
        raise SettingsError(
            f"{PREFIX}CALENDAR_DIR is not set: `syncd init DIR` copies the calendar to where you keep yours, or "
            f"{PREFIX}CALENDAR_DIR={SHIPPED} publishes the one inside the package."
        )
    return Path(settings.calendar_dir)


def state_address(settings: Settings) -> Address:
    """Where the state lies. Raises `SettingsError`."""
    url = database_url(settings)
    if not url:
        return settings.state_folder
    return DatabaseAddress(
        url=url,
        instance=settings.instance,
        lease_ttl_s=settings.lease_ttl,
        lease_grace_s=settings.lease_grace,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """What whoever runs connectors puts between them and the world.

    ``sleep`` must return early once ``stop`` is set; None waits on ``stop``. ``on_request`` is told the kind and each
    request's note. ``may_send`` is asked right before each send. ``share``: among how many the credentials are shared.
    ``spent``: of Google's quota.
    """

    sleep: Callable[[float], object] | None = None
    on_request: Callable[[str, Any], None] | None = None
    may_send: Callable[[], bool] = lambda: True
    share: Callable[[], int] = lambda: 1
    spent: SpentUnits = field(default_factory=SpentUnits)


def build_connectors(
    settings: Settings, targets: Targets, *, stop: threading.Event, hooks: Hooks | None = None
) -> dict[str, Connector]:
    """One connector for each kind the targets name; vendor clients are imported only then.

    Raises `SettingsError`.
    """
    shared = Shared(settings=settings, targets=targets, stop=stop, hooks=hooks or Hooks())
    return {kind: BUILDERS[kind](shared) for kind in sorted({target.kind for target in targets.targets})}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What every kind's connector is built from."""

    settings: Settings
    targets: Targets
    stop: threading.Event
    hooks: Hooks

    @property
    def zones(self) -> dict[str, str]:
        """Target to its zone, where it is not the campus's."""
        campus = self.targets.timezone
        return {one.name: one.timezone for one in self.targets.targets if one.timezone not in {"", campus}}

    def telling(self, kind: str) -> Callable[[Any], None] | None:
        """What a connector of that kind tells its requests to."""
        return partial(self.hooks.on_request, kind) if self.hooks.on_request is not None else None


def _canvas(shared: Shared) -> Connector:
    from connectors.canvas.connector import CanvasConnector
    from connectors.canvas.pace import PaceLimits
    from connectors.canvas.settings import CanvasSettings

    settings = shared.settings
    if not settings.canvas.base_url:
        raise SettingsError([f"{PREFIX}CANVAS__BASE_URL is not set, and there are Canvas targets."])
    check_ca_file(settings)
    with _as_settings_error(
        f"{PREFIX}CANVAS__BASE_URL",
        CanvasProxyError=f"{PREFIX}PROXY",
        CanvasTokenError=token_setting(settings),
    ):
        return CanvasConnector(
            CanvasSettings(
                base_url=settings.canvas.base_url,
                tokens=tuple(token.get_secret_value() for token in canvas_tokens(settings)),
                owner=shared.targets.owner,
                timezone=shared.targets.timezone,
                zones=shared.zones,
                version=installed_version(),
                pace=PaceLimits(reserve=settings.canvas.reserve, start=settings.canvas.concurrency),
                ca_file=str(settings.ca_file or ""),
                proxy=settings.proxy,
                stop=shared.stop,
                sleep=shared.hooks.sleep,
                may_send=shared.hooks.may_send,
                share=shared.hooks.share,
                on_request=shared.telling("canvas"),
            )
        )


def _google(shared: Shared) -> Connector:
    from connectors.google_calendar.connector import GoogleCalendarConnector
    from connectors.google_calendar.settings import GoogleSettings

    settings = shared.settings
    check_ca_file(settings)
    key = google_credentials(settings)
    with _as_settings_error(
        f"{PREFIX}GOOGLE__ENDPOINT",
        GoogleProxyError=f"{PREFIX}PROXY",
        GoogleCredentialsError=f"{PREFIX}GOOGLE__CREDENTIALS_FILE",
    ):
        connector = GoogleCalendarConnector(
            GoogleSettings(
                credentials_file=key,
                owner=shared.targets.owner,
                timezone=shared.targets.timezone,
                zones=shared.zones,
                endpoint=settings.google.endpoint,
                units_per_minute=settings.google.units_per_minute,
                ca_file=str(settings.ca_file or ""),
                proxy=settings.proxy,
                stop=shared.stop,
                sleep=shared.hooks.sleep,
                may_send=shared.hooks.may_send,
                share=shared.hooks.share,
                spent=shared.hooks.spent,
                on_request=shared.telling("google"),
            )
        )
    try:
        own = connector.email()
    except ConnectorError:
        # A key that cannot be used fails the service when it is asked, and no other: it says why then.
        own = ""
    _refuse_own_calendars(shared.targets, own)
    return connector


def _refuse_own_calendars(targets: Targets, email: str) -> None:
    """Raises `SettingsError` for a calendar that only the service account itself would see."""
    wrong = [
        f"Target {one.name}: calendar_id: {one.calendar_id} is the service account's own calendar, which nobody else "
        "sees. Name the calendar that people have, as its settings show it under Integrate calendar."
        for one in targets.targets
        if one.kind == "google" and one.calendar_id.casefold() in {"primary", email.casefold() or "primary"}
    ]
    if wrong:
        raise SettingsError(wrong)


BUILDERS: Mapping[str, Callable[[Shared], Connector]] = {"canvas": _canvas, "google": _google}
"""Kind to what makes its connector from the settings."""


@contextmanager
def _as_settings_error(variable: str, **others: str) -> Iterator[None]:
    """What a connector refuses to be built from is a fault of the settings. ``others``: error to its own variable."""
    try:
        yield
    except ConnectorError as error:
        named = others.get(type(error).__name__, variable)
        raise SettingsError([f"{named}: {error.message} {error.advice}"]) from error


def installed_version() -> str:
    """Version of the installed package, '' from a bare checkout."""
    try:
        return version("syncd")
    except PackageNotFoundError:
        return ""


def build_runtime(
    settings: Settings,
    targets: Targets,
    state: State,
    *,
    stop: threading.Event,
    log: Any,
    progress: Callable[[str, int, int], None] = lambda _stage, _done, _all: None,
    hooks: Hooks | None = None,
) -> Runtime:
    """Everything a cycle runs with; nothing is sent any more once the state may not be written."""
    return Runtime(
        connectors=build_connectors(
            settings, targets, stop=stop, hooks=replace(hooks or Hooks(), may_send=state.may_write)
        ),
        targets=targets,
        state=state,
        clock=time.time,
        today=today_of(settings, targets),
        stop=stop,
        log=log,
        limits=limits_of(settings),
        workers=settings.workers,
        publish=settings.publish,
        version=installed_version(),
        progress=progress,
    )


def today_of(settings: Settings, targets: Targets) -> Callable[[], date]:
    """The campus's day: the one given, else the clock's in the campus zone."""
    given = settings.today
    if given is not None:
        return lambda: given
    zone = ZoneInfo(targets.timezone)
    return lambda: datetime.now(zone).date()


def limits_of(settings: Settings) -> Limits:
    """The guards' numbers."""
    guards = settings.guards
    return Limits(
        removed=Limit.parse(guards.removed),
        moved=Limit.parse(guards.moved),
        fill_messages=guards.fill_messages,
        messages_each=guards.messages_each,
    )
