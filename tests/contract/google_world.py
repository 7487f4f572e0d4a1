"""The simulated Google Calendar as a world of the contract suite."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from connectors.google_calendar import GoogleCalendarConnector, GoogleSettings
from connectors.port import Connector
from mapping.model import Context
from mapping.text.markup import Markup
from syncd.sandbox.faults import Kind, Rule
from syncd.sandbox.google.access import Account
from syncd.sandbox.google.app import create_app
from syncd.sandbox.google.keys import service_account_key
from syncd.sandbox.google.people import People
from syncd.sandbox.google.rows import CANCELLED
from syncd.sandbox.google.seed import ZONE, calendar_id, seed_university
from syncd.sandbox.google.wire import google_faults
from syncd.sandbox.google.world import World
from tests.contract.world import Moment

START = 1_756_684_800.0
"""1 September 2025, 00:00 UTC."""


class GoogleWorld:
    """The law and economics schools' calendars, and a calendar that is not shared with anybody."""

    markup: Markup = "text"
    lost_creates_are_unclear = False
    moves = False
    connector: Connector

    def __init__(self) -> None:
        self._seconds = START
        self._world = World(clock=lambda: self._seconds)
        seed_university(self._world)
        self._people = People(self._world)
        self._faults = google_faults()
        self.app = create_app(self._world, self._faults)
        self.contexts = (_context("law"), _context("economics"))
        self.unreadable = _context("elsewhere")

    def connect(self, base_url: str, folder: Path) -> None:
        """Build the connector once the server's address is known; its key file goes into the folder."""
        content, account = _key(base_url)
        self._world.add_account(Account(email=account.email, service=True, keys=dict(account.keys)))
        path = folder / "google-key.json"
        path.write_text(content)
        self.connector = GoogleCalendarConnector(
            GoogleSettings(
                credentials_file=path,
                owner="mnu",
                timezone=ZONE,
                endpoint=base_url,
                clock=lambda: self._seconds,
                sleep=self._sleep,
                rng=Random(2),  # noqa: S311 - dice for jitter, not secrets
            )
        )

    def close(self) -> None:
        self._faults.clear()
        self.connector.close()

    def events(self, context: Context) -> Sequence[str]:
        rows = self._world.calendars[context.id].rows.values()
        return sorted(row.fields.get("summary", "") for row in rows if row.status != CANCELLED)

    def type_event(self, context: Context, title: str, day: date) -> str:
        moments: dict[str, Any] = {
            "start": {"dateTime": f"{day}T10:00:00+05:00"},
            "end": {"dateTime": f"{day}T11:00:00+05:00"},
        }
        return self._people.create(context.id, title, day.isoformat(), **moments)

    def retitle(self, context: Context, remote_id: str, title: str) -> None:
        self._people.edit(context.id, remote_id, summary=title)

    def write_below(self, context: Context, remote_id: str, words: str) -> None:
        self._people.rewrite_description(context.id, remote_id, add=f"\n{words}")

    def delete(self, context: Context, remote_id: str) -> None:
        self._people.delete(context.id, remote_id)

    def move(self, source: Context, remote_id: str, goal: Context) -> None:
        self._people.move(source.id, remote_id, goal.id)

    def break_writes(self, moment: Moment) -> None:
        for method in ("POST", "PUT", "DELETE"):
            self._faults.add(Rule(kind=Kind.RESET, method=method, when=moment, path="/events"))

    def break_reads(self) -> None:
        self._faults.add(Rule(kind=Kind.HTML, status=200, method="GET", times=None))

    def refuse_the_credential(self) -> None:
        self._world.revoke_account()

    def writes(self) -> int:
        log = self._faults.log()
        return sum(line.method != "GET" and line.path.startswith("/calendar/") for line in log)

    def _sleep(self, seconds: float) -> None:
        self._seconds += seconds


def _context(school: str) -> Context:
    return Context(id=calendar_id(school), kind="google", target=school)


@cache
def _key(base_url: str) -> tuple[str, Account]:
    """A key file's content and its account: making a key takes longer than a test."""
    world = World()
    content = json.dumps(service_account_key(world, base_url))
    return content, world.access.accounts[world.service_account]
