"""Every test here runs once for each kind of target."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from connectors.memory import Behaviour
from syncd.sandbox.serve import Loopback
from tests.contract.canvas_world import CanvasWorld
from tests.contract.google_world import GoogleWorld
from tests.contract.memory_world import MemoryWorld
from tests.contract.world import Desk, World


class Host:
    """One loopback server for all simulated services, each test's in its turn."""

    def __init__(self) -> None:
        self._app: ASGIApp | None = None
        self.server = Loopback(self)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self._app is not None
        await self._app(scope, receive, send)

    def serve(self, app: ASGIApp) -> str:
        """Serve this application from now on; the answer is its base URL."""
        self._app = app
        return self.server.url


@contextmanager
def canvas(host: Host, _folder: Path) -> Iterator[World]:
    world = CanvasWorld()
    world.connect(host.serve(world.app))
    yield world
    world.close()


@contextmanager
def google(host: Host, folder: Path) -> Iterator[World]:
    world = GoogleWorld()
    world.connect(host.serve(world.app), folder)
    yield world
    world.close()


@contextmanager
def canvas_in_memory(_host: Host, _folder: Path) -> Iterator[World]:
    yield MemoryWorld(Behaviour.CANVAS)


@contextmanager
def google_in_memory(_host: Host, _folder: Path) -> Iterator[World]:
    yield MemoryWorld(Behaviour.GOOGLE)


WORLDS: dict[str, Callable[[Host, Path], AbstractContextManager[World]]] = {
    "canvas": canvas,
    "google": google,
    "canvas-in-memory": canvas_in_memory,
    "google-in-memory": google_in_memory,
}
"""Kind of target to its world."""


@pytest.fixture(scope="session")
def host() -> Iterator[Host]:
    host = Host()
    with host.server:
        yield host


@pytest.fixture(params=sorted(WORLDS))
def world(request: pytest.FixtureRequest, host: Host, tmp_path: Path) -> Iterator[World]:
    with WORLDS[request.param](host, tmp_path) as one:
        yield one


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)
