from __future__ import annotations

import importlib.resources
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httplib2
import pytest
import requests
from google.oauth2.credentials import Credentials
from google_auth_httplib2 import AuthorizedHttp
from googleapiclient.discovery import build_from_document

from syncd.sandbox.faults import Faults
from syncd.sandbox.google.app import create_app, google_faults
from syncd.sandbox.google.people import People
from syncd.sandbox.google.seed import seed_university
from syncd.sandbox.google.world import World
from syncd.sandbox.serve import Loopback

LAW = "law@group.calendar.google.com"
ECONOMICS = "economics@group.calendar.google.com"
START = 1_756_684_800.0
"""1 September 2025, 00:00 UTC."""


@dataclass
class Clock:
    """A clock that stands still."""

    now: float = START

    def __call__(self) -> float:
        return self.now


@dataclass
class Google:
    """A running simulator with ways to reach it."""

    world: World
    faults: Faults
    url: str
    clock: Clock
    http: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.http.headers["authorization"] = "Bearer any-token"

    @property
    def people(self) -> People:
        return People(self.world)

    def service(self, credentials: Any = None) -> Any:
        """Google's own client, its endpoints moved to the simulator."""
        documents = importlib.resources.files("googleapiclient.discovery_cache.documents")
        document = json.loads(documents.joinpath("calendar.v3.json").read_text("utf-8"))
        document["rootUrl"] = f"{self.url}/"
        transport = httplib2.Http(timeout=10)
        return build_from_document(
            document, http=AuthorizedHttp(credentials or Credentials("any-token"), http=transport)
        )

    def call(self, verb: str, path: str, body: Any = None, **params: Any) -> requests.Response:
        """A plain request below /calendar/v3/; keyword arguments are query parameters."""
        return self.http.request(
            verb, f"{self.url}/calendar/v3/{path}", json=body, params=params, timeout=10
        )

    def events(self, verb: str, event: str = "", body: Any = None, **params: Any) -> requests.Response:
        """A plain request to the law calendar's events."""
        tail = f"/{event}" if event else ""
        return self.call(verb, f"calendars/{LAW}/events{tail}", body, **params)

    def insert(self, event_id: str = "finals1", **fields: Any) -> dict[str, Any]:
        """An all-day event on 11 November 2025 in the law calendar, as the API answers it."""
        answer = self.events("POST", body={"id": event_id, **all_day(), **fields})
        assert answer.status_code == 200, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def get(self, event_id: str = "finals1") -> dict[str, Any]:
        """The event as the API reads it."""
        found: dict[str, Any] = self.events("GET", event_id).json()
        return found

    def list(self, **params: Any) -> dict[str, Any]:
        """One page of the law calendar."""
        answer = self.events("GET", **params)
        assert answer.status_code == 200, answer.text
        page: dict[str, Any] = answer.json()
        return page

    def ids(self, **params: Any) -> list[str]:
        """Ids on one page."""
        return [one["id"] for one in self.list(**params)["items"]]


def all_day(first: str = "2025-11-11", end: str = "2025-11-12") -> dict[str, Any]:
    return {"summary": "Exams begin", "start": {"date": first}, "end": {"date": end}}


def timed(start: str, end: str, zone: str | None = None) -> dict[str, Any]:
    named = {} if zone is None else {"timeZone": zone}
    return {"summary": "Lecture", "start": {"dateTime": start, **named}, "end": {"dateTime": end, **named}}


def reason(answer: requests.Response) -> tuple[int, str]:
    """Status and reason of a refusal."""
    return answer.status_code, answer.json()["error"]["errors"][0]["reason"]


@pytest.fixture
def google() -> Iterator[Google]:
    clock = Clock()
    world = World(clock=clock)
    seed_university(world)
    faults = google_faults()
    with Loopback(create_app(world, faults), on_stop=faults.release) as server:
        started = Google(world=world, faults=faults, url=server.url, clock=clock)
        yield started
        started.http.close()
