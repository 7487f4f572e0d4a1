"""The simulated Canvas as a world of the contract suite."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from connectors.canvas.connector import CanvasConnector
from connectors.canvas.settings import CanvasSettings
from connectors.port import Connector
from mapping.model import Context
from mapping.text.markup import Markup
from syncd.sandbox.canvas.app import Canvas
from syncd.sandbox.canvas.people import People
from syncd.sandbox.canvas.world import World
from syncd.sandbox.faults import Kind, Rule
from tests.contract.world import Moment

ZONE = "Asia/Almaty"


class CanvasWorld:
    """Courses 101 and 102 of a themed Canvas whose token belongs to somebody far from the campus."""

    markup: Markup = "html"
    lost_creates_are_unclear = True
    moves = True
    connector: Connector

    def __init__(self) -> None:
        self._moment = datetime(2025, 8, 1, tzinfo=UTC)
        self._world = World(default_zone=ZONE, now=self._tick)
        self._world.switches.theme_assets = True
        self._people = People(self._world)
        admin = self._world.add_admin("Admin", time_zone="America/New_York")
        self._token = self._world.add_token(admin, "admin-token")
        for number in (101, 102):
            self._world.add_course(f"Course {number}", number=number)
        self._canvas = Canvas(self._world)
        self.app = self._canvas.app
        self.contexts = (_context(101), _context(102))
        self.unreadable = _context(999)
        self._seconds = 0.0

    def connect(self, base_url: str) -> None:
        """Build the connector once the server's address is known."""
        self.connector = CanvasConnector(
            CanvasSettings(
                base_url=base_url,
                tokens=("admin-token",),
                owner="mnu",
                timezone=ZONE,
                clock=lambda: self._seconds,
                sleep=self._sleep,
                rng=Random(2),  # noqa: S311 - dice for jitter, not secrets
            )
        )

    def close(self) -> None:
        self._canvas.faults.release()
        self.connector.close()

    def events(self, context: Context) -> Sequence[str]:
        rows = self._world.by_context[context.id].values()
        return sorted(row.title for row in rows if row.state == "active")

    def type_event(self, context: Context, title: str, day: date) -> str:
        start = datetime.combine(day, time(5), UTC)
        return str(self._people.add(context.id, title=title, start_at=start.isoformat()).id)

    def retitle(self, context: Context, remote_id: str, title: str) -> None:
        self._people.edit(int(remote_id), title=title)

    def write_below(self, context: Context, remote_id: str, words: str) -> None:
        before = self._world.events[int(remote_id)].description or ""
        self._people.edit(int(remote_id), description=f"{before}<p>{words}</p>")

    def delete(self, context: Context, remote_id: str) -> None:
        self._people.delete(int(remote_id))

    def move(self, source: Context, remote_id: str, goal: Context) -> None:
        self._people.move(int(remote_id), goal.id)

    def break_writes(self, moment: Moment) -> None:
        for method in ("POST", "PUT", "DELETE"):
            self._canvas.faults.add(Rule(kind=Kind.DROP, method=method, when=moment))

    def break_reads(self) -> None:
        self._canvas.faults.add(Rule(kind=Kind.HTML, status=200, method="GET", times=None))

    def refuse_the_credential(self) -> None:
        self._world.tokens.clear()

    def writes(self) -> int:
        return self._canvas.faults.writes()

    def _tick(self) -> datetime:
        self._moment += timedelta(seconds=3)
        return self._moment

    def _sleep(self, seconds: float) -> None:
        self._seconds += seconds


def _context(number: int) -> Context:
    return Context(id=f"course_{number}", kind="canvas", target="law")
