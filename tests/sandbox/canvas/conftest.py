"""A fresh Canvas per test behind one server per session, and a plain HTTP client to it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import requests

from syncd.sandbox.canvas.app import Canvas
from syncd.sandbox.canvas.people import People
from syncd.sandbox.canvas.throttle import Throttle
from syncd.sandbox.canvas.world import World
from syncd.sandbox.serve import Loopback

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import ASGIApp, Receive, Scope, Send

NOW = datetime(2026, 9, 7, 6, 0, tzinfo=UTC)
CAMPUS = "Asia/Almaty"


ADMIN = "admin-token"


class Clock:
    """Seconds and moments that only a test moves."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.moment = NOW


class Switchboard:
    """The application of the test that runs now."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


@pytest.fixture(scope="session")
def board() -> Iterator[tuple[Switchboard, str]]:
    switchboard = Switchboard()
    with Loopback(switchboard) as server:
        yield switchboard, server.url


class Site:
    """One simulated Canvas with an admin, two courses and a client that speaks for the admin."""

    def __init__(self, base: str, clock: Clock) -> None:
        self.base = base
        self.clock = clock
        self.world = World(name="Root", default_zone=CAMPUS, now=lambda: clock.moment)
        self.canvas = Canvas(self.world, throttle=Throttle(clock=lambda: clock.seconds))
        self.admin = self.world.add_admin("Admin", time_zone=CAMPUS)
        self.world.add_token(self.admin, "admin-token")
        self.law = self.world.add_course("Law", number=101, students=30)
        self.art = self.world.add_course("Art", number=102, students=20)
        self.people = People(self.world)
        self.session = requests.Session()

    def ask(self, method: str, path: str, *, token: str | None = ADMIN, **kwargs: Any) -> requests.Response:
        headers = {"User-Agent": "test"} | kwargs.pop("headers", {})
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        url = path if path.startswith("http") else f"{self.base}/api/v1/{path}"
        kwargs.setdefault("timeout", 10)
        return self.session.request(method, url, headers=headers, **kwargs)

    def get(self, path: str, params: Any = None, **kwargs: Any) -> requests.Response:
        return self.ask("GET", path, params=params, **kwargs)

    def create(self, context: str = "course_101", *, token: str = ADMIN, **fields: Any) -> requests.Response:
        body = {
            f"calendar_event[{name}]": value for name, value in {"context_code": context, **fields}.items()
        }
        return self.ask("POST", "calendar_events", data=body, token=token)

    def made(self, context: str = "course_101", **fields: Any) -> Any:
        answer = self.create(context, **fields)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def update(self, number: int, *, token: str = ADMIN, **fields: Any) -> requests.Response:
        body = {f"calendar_event[{name}]": value for name, value in fields.items()}
        return self.ask("PUT", f"calendar_events/{number}", data=body, token=token)

    def delete(self, number: int, **kwargs: Any) -> requests.Response:
        return self.ask("DELETE", f"calendar_events/{number}", **kwargs)

    def rows(self, *codes: str, token: str = ADMIN, **params: Any) -> requests.Response:
        return self.get("calendar_events", {"context_codes[]": list(codes), **params}, token=token)

    def titles(self, *codes: str, **params: Any) -> list[str]:
        answer = self.rows(*codes, per_page=100, **params)
        assert answer.status_code == 200, answer.text
        return [event["title"] for event in answer.json()]

    def act(self, do: str, **told: Any) -> Any:
        answer = self.session.post(f"{self.base}/_sandbox/canvas/act", json={"do": do, **told}, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def site(board: tuple[Switchboard, str]) -> Iterator[Site]:
    switchboard, base = board
    site = Site(base, Clock())
    switchboard.app = site.canvas.app
    yield site
    site.canvas.faults.release()
    site.session.close()
