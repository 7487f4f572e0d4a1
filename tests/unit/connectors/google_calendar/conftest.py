from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from connectors.errors import ConnectorError
from connectors.google_calendar import GoogleCalendarConnector, GoogleSettings
from connectors.http import Timeouts
from connectors.port import Observation
from mapping.identity import body_hash, fingerprint
from mapping.model import (
    Change,
    Context,
    Create,
    Days,
    Delete,
    DesiredEvent,
    ObservedEvent,
    Part,
    Update,
    Why,
)
from mapping.planning.compare import differences
from syncd.sandbox.faults import Faults
from syncd.sandbox.google.access import Account
from syncd.sandbox.google.app import create_app
from syncd.sandbox.google.keys import service_account_key
from syncd.sandbox.google.people import People
from syncd.sandbox.google.seed import seed_university
from syncd.sandbox.google.wire import google_faults
from syncd.sandbox.google.world import World
from syncd.sandbox.serve import Loopback

LAW = "law@group.calendar.google.com"
ECONOMICS = "economics@group.calendar.google.com"
LINE = "———— below this line is your own space ————"
OWNER = "mnu"


class Time:
    """A clock that only sleeping moves, and that the simulator may share."""

    def __init__(self) -> None:
        self.now = 1_756_684_800.0
        self.slept: list[float] = []
        self.lock = threading.Lock()

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        with self.lock:
            self.slept.append(seconds)
            self.now += seconds


@dataclass
class Campus:
    """A connector, the simulator it talks to, and people who use the calendars by hand."""

    world: World
    faults: Faults
    url: str
    time: Time
    settings: GoogleSettings
    connector: GoogleCalendarConnector
    context: Context = field(default_factory=lambda: context(LAW))

    @property
    def people(self) -> People:
        return People(self.world)

    def observe(self) -> tuple[ObservedEvent, ...]:
        """The law calendar as the connector reads it; its errors are raised."""
        ((_, result),) = self.connector.observe([self.context])
        if isinstance(result, ConnectorError):
            raise result
        return result.events

    def observe_all(self, *calendars: str) -> dict[str, Observation | ConnectorError]:
        return {one.id: result for one, result in self.connector.observe([context(id_) for id_ in calendars])}

    def create(self, event: DesiredEvent) -> Any:
        return self.connector.apply(self.context, create(event))

    def update(self, seen: ObservedEvent, event: DesiredEvent, why: Why = Why.EDIT) -> Any:
        """Exactly the fields in which the event differs, as the planner names them."""
        return self.connector.apply(
            self.context,
            Update(context=LAW, why=why, desired=event, observed=seen, fields=differences(seen, event)),
        )

    def delete(self, seen: ObservedEvent, why: Why = Why.ORPHAN, key: str = "") -> Any:
        key = key or (seen.marker.key if seen.marker else "")
        return self.connector.apply(self.context, Delete(context=LAW, why=why, key=key, observed=seen))

    def key(self) -> dict[str, str]:
        """A new key of the service account."""
        return service_account_key(self.world, self.url)

    def row(self, event_id: str) -> Any:
        return self.world.calendars[LAW].rows[event_id]

    def live(self) -> list[str]:
        rows = self.world.calendars[LAW].rows
        return [row.id for row in rows.values() if row.status != "cancelled"]

    def rebuilt(self, **settings: Any) -> GoogleCalendarConnector:
        self.connector.close()
        self.settings = replace(self.settings, **settings)
        self.connector = GoogleCalendarConnector(self.settings)
        return self.connector


def context(calendar: str) -> Context:
    return Context(id=calendar, kind="google", target=calendar.partition("@")[0])


def wish(
    title: str = "Exams begin",
    first: str = "2025-11-11",
    last: str | None = None,
    *,
    key: str = "2025-2026:exams:main",
    text: str = "Section IV, item 2\nDate: 11 November 2025",
    colour: str = "11",
) -> DesiredEvent:
    days = Days.inclusive(date.fromisoformat(first), date.fromisoformat(last or first))
    body = f"{text}\nThe text above the line is put back if edited.\n\n{LINE}"
    words = body_hash(body)
    return DesiredEvent(
        key=key,
        entry=key.split(":")[1],
        part=Part.MAIN,
        title=title,
        body=body,
        body_hash=words,
        days=days,
        colour=colour,
        fingerprint=fingerprint(title, words, days),
    )


def create(event: DesiredEvent, why: Why = Why.FILL) -> Change:
    return Create(context=LAW, why=why, desired=event)


@pytest.fixture
def time() -> Time:
    return Time()


class Host:
    """One loopback server for all tests, each with a simulator of its own behind it."""

    def __init__(self) -> None:
        self.app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.app is not None
        await self.app(scope, receive, send)


@pytest.fixture(scope="session")
def host() -> Iterator[tuple[Host, str]]:
    host = Host()
    with Loopback(host) as server:
        yield host, server.url


@pytest.fixture(scope="session")
def key(host: tuple[Host, str]) -> tuple[dict[str, str], Account]:
    """A key file's content and the account it belongs to: making a key takes longer than a test."""
    world = World()
    content = service_account_key(world, host[1])
    return content, world.access.accounts[world.service_account]


@pytest.fixture
def campus(
    tmp_path: Path, time: Time, host: tuple[Host, str], key: tuple[dict[str, str], Account]
) -> Iterator[Campus]:
    server, url = host
    world = World(clock=time)
    seed_university(world)
    content, account = key
    world.add_account(replace(account, keys=dict(account.keys)))
    faults = google_faults()
    server.app = create_app(world, faults)
    path = tmp_path / "key.json"
    path.write_text(json.dumps(content))
    settings = GoogleSettings(
        credentials_file=path,
        owner=OWNER,
        timezone="Asia/Almaty",
        endpoint=url,
        timeouts=Timeouts(connect_s=5, read_s=5, whole_s=10),
        clock=time,
        sleep=time.sleep,
        rng=Random(7),  # noqa: S311 - dice for jitter, not secrets
    )
    built = Campus(world, faults, url, time, settings, GoogleCalendarConnector(settings))
    yield built
    faults.clear()
    built.connector.close()
