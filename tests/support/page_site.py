"""The pages over a made daemon: a calendar, a real state and targets, without any service behind them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import structlog

from mapping.model import Action, CanonicalCalendar, Context, Record, Target, Targets
from syncd.config.settings import Settings
from syncd.daemon.snapshot import SnapshotBoard
from syncd.daemon.watchdog import Watchdog
from syncd.state.store import State
from syncd.web.app import build_app
from syncd.web.server import WebServer

NOW = 1765800000.0
"""Seconds since the epoch, in December 2025."""
PILOT = Target(
    name="pilot", kind="canvas", place="course", languages=("en",), school="law", courses=(101, 102)
)
SHARED = Target(
    name="law-calendar",
    kind="google",
    place="school",
    languages=("en",),
    school="law",
    calendar_id="law@group.calendar.google.com",
)


class Workers:
    """Runs a worker once."""

    def keep(self, _: str, work: Any) -> None:
        work()


@dataclass(slots=True)
class PageSite:
    """As much of a daemon as its pages look at. ``contexts``: what the targets claim."""

    served: CanonicalCalendar | None
    state: State
    day: date = date(2025, 12, 16)
    zone: str = "Asia/Almaty"
    target_list: tuple[Target, ...] = (PILOT, SHARED)
    settings: Settings = field(default_factory=Settings)
    board: SnapshotBoard = field(default_factory=SnapshotBoard)
    watchdog: Watchdog = field(default_factory=lambda: Watchdog(0))
    workers: Workers = field(default_factory=Workers)
    epochs: Mapping[str, int] = field(default_factory=dict)
    _app: Any = None

    @property
    def candidate(self) -> Any:
        return SimpleNamespace(calendar=self.served, files={}) if self.served is not None else None

    @property
    def targets(self) -> Targets:
        return Targets(owner="test", timezone=self.zone, targets=self.target_list)

    def today(self) -> date:
        return self.day

    def claim(self, contexts: Mapping[str, str]) -> None:
        """Contexts that targets claim, each read once and in step."""
        kinds = {target.name: target.kind for target in self.target_list}
        self.epochs = self.state.events.take(
            Context(id=name, kind=kinds[target], target=target) for name, target in contexts.items()
        )
        for name in contexts:
            self.state.events.in_step(name, "view", now=NOW)
        self.board.change(
            context_targets=dict(contexts),
            contexts=len(contexts),
            targets=tuple(kinds),
            attempted_at=NOW,
            succeeded_at=NOW,
        )

    def hold(self, records: Mapping[str, Record], empty: Iterable[str] = ()) -> None:
        """Events that contexts hold; ``empty`` ones have not what they should."""
        events = self.state.events
        for context, record in records.items():
            epoch = self.epochs[context]
            intent = events.open_intent(context, epoch, record.key, Action.CREATE, now=NOW)
            events.confirm(context, epoch, intent, record.key, record)
        events.retry(tuple(empty), since=NOW)

    def get(self, address: str, **headers: str) -> Answer:
        """What the application answers, without a socket."""
        if self._app is None:
            self._app = build_app(self)  # type: ignore[arg-type]
        return asyncio.run(_ask(self._app, address, headers))

    @contextmanager
    def listening(self) -> Iterator[int]:
        """The port of a real server."""
        server = WebServer(self, "127.0.0.1:0", structlog.get_logger())  # type: ignore[arg-type]
        server.start()
        try:
            yield server.port
        finally:
            server.close()


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str


@contextmanager
def page_site(calendar: CanonicalCalendar | None, folder: Path, **given: Any) -> Iterator[PageSite]:
    """Over a calendar, with two courses and a Google calendar in step."""
    state = State.open(folder, now=NOW)
    try:
        site = PageSite(calendar, state, **given)
        site.claim({"course_101": "pilot", "course_102": "pilot", SHARED.calendar_id: "law-calendar"})
        yield site
    finally:
        state.close()


async def _ask(app: Any, address: str, headers: Mapping[str, str]) -> Answer:
    parts = urlsplit(address)
    sent = {"host": "127.0.0.1:8571", **{name.replace("_", "-"): value for name, value in headers.items()}}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": parts.path,
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in sent.items()],
    }
    told: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        told.append(message)

    await app(scope, receive, send)
    body = b"".join(one.get("body", b"") for one in told if one["type"] == "http.response.body")
    (head,) = (one for one in told if one["type"] == "http.response.start")
    named = {name.decode().lower(): value.decode() for name, value in head["headers"]}
    return Answer(head["status"], named, body.decode())
