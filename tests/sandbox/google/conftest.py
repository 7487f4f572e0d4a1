"""A running simulator with a clock that stands still, and short ways to talk to it."""

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
from syncd.sandbox.google.app import create_app
from syncd.sandbox.google.people import People
from syncd.sandbox.google.rows import Row
from syncd.sandbox.google.seed import calendar_id, seed_university
from syncd.sandbox.google.switches import Switches
from syncd.sandbox.google.wire import google_faults
from syncd.sandbox.google.world import World
from syncd.sandbox.serve import Loopback

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
    services: list[Any] = field(default_factory=list)
    law: str = calendar_id("law")
    economics: str = calendar_id("economics")

    def __post_init__(self) -> None:
        self.http.headers["authorization"] = "Bearer any-token"

    def close(self) -> None:
        self.http.close()
        for service in self.services:
            service.close()

    @property
    def people(self) -> People:
        return People(self.world)

    @property
    def switches(self) -> Switches:
        return self.world.switches

    def document(self) -> dict[str, Any]:
        """The discovery document that ships with Google's client, its root moved to the simulator."""
        documents = importlib.resources.files("googleapiclient.discovery_cache.documents")
        document: dict[str, Any] = json.loads(documents.joinpath("calendar.v3.json").read_text("utf-8"))
        return {**document, "rootUrl": f"{self.url}/"}

    def service(self, credentials: Any = None) -> Any:
        """Google's own client."""
        transport = AuthorizedHttp(
            credentials or Credentials("any-token"),
            http=httplib2.Http(timeout=10),
        )
        service = build_from_document(self.document(), http=transport)
        self.services.append(service)
        return service

    def call(
        self,
        verb: str,
        path: str,
        body: Any = None,
        *,
        headers: dict[str, str] | None = None,
        params: dict[str, Any] | None = None,
    ) -> requests.Response:
        """A plain request below /calendar/v3/."""
        url = f"{self.url}/calendar/v3/{path}"
        return self.http.request(verb, url, json=body, params=params, headers=headers, timeout=10)

    def post(self, body: Any, **params: Any) -> requests.Response:
        """events.insert into the law calendar."""
        return self.call("POST", f"calendars/{self.law}/events", body, params=params)

    def put(self, event: str, body: Any, if_match: str | None = None, **params: Any) -> requests.Response:
        """events.update."""
        return self._on("PUT", event, body, if_match, params)

    def patch(self, event: str, body: Any, if_match: str | None = None, **params: Any) -> requests.Response:
        """events.patch."""
        return self._on("PATCH", event, body, if_match, params)

    def delete(self, event: str, if_match: str | None = None, **params: Any) -> requests.Response:
        """events.delete."""
        return self._on("DELETE", event, None, if_match, params)

    def read(self, event: str, if_match: str | None = None, **params: Any) -> requests.Response:
        """events.get."""
        return self._on("GET", event, None, if_match, params)

    def _on(
        self, verb: str, event: str, body: Any, if_match: str | None, params: dict[str, Any]
    ) -> requests.Response:
        headers = None if if_match is None else {"if-match": if_match}
        path = f"calendars/{self.law}/events/{event}"
        return self.call(verb, path, body, headers=headers, params=params)

    def insert(self, event_id: str = "finals1", **fields: Any) -> dict[str, Any]:
        """An all-day event on 11 November 2025 in the law calendar, as the API answers it."""
        return self.ok(self.post({"id": event_id, **self.all_day(), **fields}))

    def get(self, event_id: str = "finals1", **params: Any) -> dict[str, Any]:
        """The event as the API reads it."""
        return self.ok(self.read(event_id, **params))

    def refused_list(self, **params: Any) -> requests.Response:
        """events.list that may be refused."""
        return self.call("GET", f"calendars/{self.law}/events", params=params)

    def page(self, **params: Any) -> dict[str, Any]:
        """One page of the law calendar."""
        return self.ok(self.refused_list(**params))

    def ids(self, **params: Any) -> list[str]:
        """Ids on one page."""
        return [one["id"] for one in self.page(**params)["items"]]

    def pages(self, **params: Any) -> Iterator[dict[str, Any]]:
        """All pages of a list."""
        page = self.page(**params)
        yield page
        while "nextPageToken" in page:
            page = self.page(**params, pageToken=page["nextPageToken"])
            yield page

    def served(self, method: str, path: str = "") -> int:
        """Requests recorded so far. Asked over HTTP: by then the record of those before is complete."""
        asked = {"method": method, "path": path}
        answer = self.http.get(f"{self.url}/_sandbox/count", params=asked, timeout=10)
        return int(answer.json()["count"])

    def row(self, event_id: str = "finals1") -> Row:
        """The event as it is stored."""
        return self.world.calendars[self.law].rows[event_id]

    @staticmethod
    def ok(answer: requests.Response) -> dict[str, Any]:
        """The JSON of an answer that must be a success."""
        assert answer.status_code == 200, answer.text
        content: dict[str, Any] = answer.json()
        return content

    @staticmethod
    def reason(answer: requests.Response) -> tuple[int, str]:
        """Status and reason of a refusal."""
        error = answer.json()["error"]
        assert error["code"] == answer.status_code
        return answer.status_code, error["errors"][0]["reason"]

    @staticmethod
    def all_day(first: str = "2025-11-11", end: str = "2025-11-12", **fields: Any) -> dict[str, Any]:
        """Body of an all-day event."""
        return {"summary": "Exams begin", "start": {"date": first}, "end": {"date": end}, **fields}

    @staticmethod
    def timed(start: str, end: str, zone: str | None = None, **fields: Any) -> dict[str, Any]:
        """Body of a timed event."""
        named = {} if zone is None else {"timeZone": zone}
        times = {"start": {"dateTime": start, **named}, "end": {"dateTime": end, **named}}
        return {"summary": "Lecture", **times, **fields}


@pytest.fixture(scope="session")
def simulator() -> Iterator[tuple[World, Faults, Clock, str]]:
    """One server for all tests here: starting one takes longer than most tests."""
    clock = Clock()
    world = World(clock=clock)
    faults = google_faults()
    with Loopback(create_app(world, faults), on_stop=faults.release) as server:
        yield world, faults, clock, server.url


@pytest.fixture
def google(simulator: tuple[World, Faults, Clock, str]) -> Iterator[Google]:
    """A world with the four school calendars, empty."""
    world, faults, clock, url = simulator
    clock.now = START
    world.clear()
    faults.clear()
    faults.forget()
    seed_university(world)
    started = Google(world=world, faults=faults, url=url, clock=clock)
    yield started
    started.close()
