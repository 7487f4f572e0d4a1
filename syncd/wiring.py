"""Settings to working parts. The only place that builds connectors, state and ground."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from connectors.base import Connector
from mapping.model import CanonicalCalendar, Targets
from mapping.safety import Limit, Limits
from syncd.editions import Candidate
from syncd.errors import SettingsError
from syncd.ground import Ground
from syncd.secrets import canvas_tokens, google_credentials
from syncd.settings import PREFIX, SHIPPED, Settings, is_loopback
from syncd.source import load_calendar, load_targets
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
    calendar, source = load_calendar(calendar_folder(settings))
    return Candidate(calendar=calendar, files=source.files)


def load_site_targets(settings: Settings, calendar: CanonicalCalendar) -> Targets:
    """The site's targets file, read against a calendar."""
    from connectors.registry import KINDS

    if settings.targets_file is None:
        raise SettingsError(
            [
                f"Nothing is configured: {PREFIX}TARGETS_FILE names no file. `syncd init DIR` writes one with "
                "comments, `syncd demo` shows the whole without any set-up."
            ]
        )
    return load_targets(settings.targets_file, calendar, KINDS)


def calendar_folder(settings: Settings) -> Path | None:
    """The calendar to publish; None for the shipped one, only if the settings say so."""
    if settings.calendar_dir == SHIPPED:
        return None
    if not settings.calendar_dir:
        raise SettingsError(
            [
                f"{PREFIX}CALENDAR_DIR is not set: `syncd init DIR` copies the calendar to where you keep yours, or "
                f"{PREFIX}CALENDAR_DIR={SHIPPED} publishes the one inside the package."
            ]
        )
    return Path(settings.calendar_dir)


def build_connectors(
    settings: Settings,
    targets: Targets,
    *,
    stop: threading.Event,
    on_request: Callable[..., None] | None = None,
) -> dict[str, Connector]:
    """One connector for each kind the targets name; vendor clients are imported only then."""
    from connectors.registry import build

    kinds = sorted({target.kind for target in targets.targets})
    return {
        kind: build(kind, connector_options(settings, targets, kind), stop=stop, on_request=on_request)
        for kind in kinds
    }


def connector_options(settings: Settings, targets: Targets, kind: str) -> Mapping[str, Any]:
    """What a kind's connector is built from, secrets as secret values. Raises `SettingsError`."""
    common = {
        "owner": targets.owner,
        "timezone": targets.timezone,
        "ca_file": settings.ca_file,
        "proxy": settings.proxy,
    }
    if kind == "canvas":
        if not settings.canvas.base_url:
            raise SettingsError([f"{PREFIX}CANVAS__BASE_URL is not set, and there are Canvas targets."])
        _refuse_plain_http(settings.canvas.base_url, f"{PREFIX}CANVAS__BASE_URL")
        return common | {
            "base_url": settings.canvas.base_url.rstrip("/"),
            "tokens": canvas_tokens(settings),
            "reserve": settings.canvas.reserve,
            "concurrency": settings.canvas.concurrency,
        }
    _refuse_plain_http(settings.google.endpoint, f"{PREFIX}GOOGLE__ENDPOINT")
    return common | {
        "credentials_file": google_credentials(settings),
        "endpoint": settings.google.endpoint,
        "units_per_minute": settings.google.units_per_minute,
    }


def build_ground(
    settings: Settings,
    targets: Targets,
    state: State,
    *,
    stop: threading.Event,
    log: Any,
    progress: Callable[[str, int, int], None] = lambda _stage, _done, _all: None,
    on_request: Callable[..., None] | None = None,
) -> Ground:
    """Everything a cycle stands on."""
    return Ground(
        connectors=build_connectors(settings, targets, stop=stop, on_request=on_request),
        targets=targets,
        state=state,
        clock=time.time,
        today=today_of(settings, targets),
        stop=stop,
        log=log,
        limits=limits_of(settings),
        workers=settings.workers,
        publish=settings.publish,
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
    guards = settings.guards
    return Limits(
        removed=Limit.parse(guards.removed),
        moved=Limit.parse(guards.moved),
        fill_messages=guards.fill_messages,
        new_courses=guards.new_courses,
        messages_each=guards.messages_each,
    )


def _refuse_plain_http(url: str, variable: str) -> None:
    if not url.startswith("https://") and not (url.startswith("http://") and is_loopback(url)):
        raise SettingsError([f"{variable} must begin with https:// (http:// only on loopback): {url!r}."])
