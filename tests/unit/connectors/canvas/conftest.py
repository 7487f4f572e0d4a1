"""A simulated Canvas per test behind one loopback server, and a connector that talks to it over HTTP.

Time stands still unless somebody sleeps, and sleeping only moves it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from connectors.canvas.connector import CanvasConnector
from connectors.canvas.settings import CanvasSettings
from connectors.errors import ConnectorError
from connectors.http import RequestNote
from connectors.port import Observation, Written
from mapping.identity import body_hash, fingerprint
from mapping.model import (
    Change,
    Context,
    Create,
    Days,
    Delete,
    DesiredEvent,
    Field,
    FieldChange,
    ObservedEvent,
    Part,
    Record,
    Update,
    Why,
)
from mapping.text.markup import LINE_CLASS, visible_text
from mapping.text.phrases import LINE_EDGE
from syncd.sandbox.canvas.app import Canvas
from syncd.sandbox.canvas.people import People
from syncd.sandbox.canvas.throttle import Limits, Throttle
from syncd.sandbox.canvas.world import World
from syncd.sandbox.serve import Loopback

ZONE = "Asia/Almaty"
OWNER = "mnu"
LINE = f"{LINE_EDGE} below is yours {LINE_EDGE}"
LINE_HTML = f'<p class="{LINE_CLASS}">{LINE}</p>'
BODY = f"<p><strong>Exam</strong> from 9 &amp; to 12</p>\n{LINE_HTML}"
SEPTEMBER_2 = Days.inclusive(date(2025, 9, 2), date(2025, 9, 2))
TWO_WEEKS = Days.inclusive(date(2025, 9, 2), date(2025, 9, 13))


class Time:
    """A clock that only sleeping moves. Thread-safe."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []
        self._lock = threading.Lock()

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(seconds)
            self.now += seconds


class Switchboard:
    """The application of the test that runs now."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


def wish(
    title: str = "Exam",
    days: Days = SEPTEMBER_2,
    *,
    key: str = "2025-2026:s-iv-2:main",
    body: str = BODY,
) -> DesiredEvent:
    told = body_hash(visible_text(body, "html"))
    return DesiredEvent(
        key=key,
        entry=key.split(":")[1],
        part=Part.MAIN,
        title=title,
        body=body,
        body_hash=told,
        days=days,
        colour="1",
        fingerprint=fingerprint(title, told, days),
    )


def context(number: int, *, expected: int = 0) -> Context:
    return Context(id=f"course_{number}", kind="canvas", target="law", expected_events=expected)


def create(desired: DesiredEvent, at: Context) -> Change:
    return Create(context=at.id, why=Why.FILL, desired=desired)


def update(desired: DesiredEvent, observed: ObservedEvent, *names: str) -> Change:
    return Update(
        context=observed.context,
        why=Why.EDIT,
        desired=desired,
        observed=observed,
        fields=tuple(FieldChange(name=Field(name), old="", new="") for name in names),
    )


def delete(observed: ObservedEvent) -> Change:
    return Delete(context=observed.context, why=Why.ORPHAN, key="x", observed=observed)


def as_record(event: ObservedEvent, *, version: str | None = None) -> Record:
    assert event.marker is not None
    return Record(
        key=event.marker.key,
        remote_id=event.remote_id,
        title=event.title,
        days=event.days,
        fingerprint=event.marker.fingerprint,
        body_hash=event.body_hash,
        version=event.version if version is None else version,
    )


class Site:
    """One simulated Canvas with courses 101 and 102, and a connector as its admin."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.time = Time()
        # Long ago, so that what is written counts as settled as soon as it is read.
        self.moment = datetime(2025, 8, 1, tzinfo=UTC)
        self.world = World(name="Root", default_zone=ZONE, now=self._tick)
        self.throttle = Throttle(Limits(enabled=False), clock=self.time.clock)
        self.canvas = Canvas(self.world, throttle=self.throttle)
        self.faults = self.canvas.faults
        self.admin = self.world.add_admin("Admin", time_zone=ZONE)
        self.world.add_token(self.admin, "admin-token")
        self.law = self.world.add_course("Law", number=101, students=30)
        self.art = self.world.add_course("Art", number=102, students=20)
        self.people = People(self.world)
        self.notes: list[RequestNote] = []
        self.opened: list[CanvasConnector] = []
        self.connector = self.connect()

    def _tick(self) -> datetime:
        self.moment += timedelta(seconds=3)
        return self.moment

    def settings(self, **changed: Any) -> CanvasSettings:
        plain = CanvasSettings(
            base_url=self.base,
            tokens=("admin-token",),
            owner=OWNER,
            timezone=ZONE,
            version="1.2",
            clock=self.time.clock,
            sleep=self.time.sleep,
            rng=Random(3),  # noqa: S311 - dice for jitter, not secrets
            on_request=self.notes.append,
        )
        return replace(plain, **changed)

    def connect(self, **changed: Any) -> CanvasConnector:
        connector = CanvasConnector(self.settings(**changed))
        self.opened.append(connector)
        return connector

    def fill(self, number: int, count: int) -> None:
        for at in range(count):
            self.people.add(f"course_{number}", title=f"typed {at}", start_at="2025-10-01T10:00:00Z")

    def observe(self, *contexts: Context, **kwargs: Any) -> dict[str, Observation | ConnectorError]:
        seen = list(self.connector.observe(contexts, **kwargs))
        assert len(seen) == len({one.id for one, _ in seen})
        return {one.id: outcome for one, outcome in seen}

    def read(self, number: int, **kwargs: Any) -> Observation:
        outcome = self.observe(context(number), **kwargs)[f"course_{number}"]
        assert isinstance(outcome, Observation), outcome
        return outcome

    def made(self, desired: DesiredEvent | None = None, number: int = 101) -> ObservedEvent:
        at = context(number)
        written: Written = self.connector.apply(at, create(desired or wish(), at))
        assert written.event is not None
        assert written.deviation == ""
        return written.event

    def lists(self) -> int:
        return self.faults.count(method="GET", path="calendar_events$")


@pytest.fixture(scope="session")
def board() -> Iterator[tuple[Switchboard, str]]:
    switchboard = Switchboard()
    with Loopback(switchboard) as server:
        yield switchboard, server.url


@pytest.fixture
def site(board: tuple[Switchboard, str]) -> Iterator[Site]:
    switchboard, base = board
    site = Site(base)
    switchboard.app = site.canvas.app
    yield site
    site.faults.release()
    for connector in site.opened:
        connector.close()
