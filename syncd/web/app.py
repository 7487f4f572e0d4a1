"""The routes: the calendar and its events, the status for operators, feeds, health, readiness, metrics.

Answers GET and HEAD alone. Everything that is shown is escaped, no script is served, and every answer
forbids the reader's browser whatever it does not need.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date, datetime
from functools import cache, lru_cache
from importlib.resources import files

from jinja2 import Environment
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from mapping.model import CanonicalCalendar
from mapping.revisions import Moments
from syncd.daemon.readiness import Promise, lapses
from syncd.daemon.view import DaemonView
from syncd.reconcile.binding import campus_zone
from syncd.reconcile.editions import IN_FORCE_FACT, last_in_force
from syncd.reconcile.revisions import revised
from syncd.reporting.design.sheets import shared_css, templates, year_css
from syncd.reporting.feed import as_ics, events_of
from syncd.web.asked import Asked, public_address
from syncd.web.calendar_page import CalendarPage
from syncd.web.event_page import EventPage
from syncd.web.frame import Drawn, Frame
from syncd.web.guards import AtOnce, KnownHosts, SafeHeaders
from syncd.web.metrics import CONTENT_TYPE, metrics_text
from syncd.web.status_page import StatusPage

FEED_AGE_S = 3600
"""Seconds for which a feed may be kept by whoever fetched it."""
_FEEDS = 64
"""Feeds that are kept as they were made."""


def build_app(daemon: DaemonView) -> Starlette:
    """The application over one daemon."""
    site = Pages(daemon)
    app = Starlette(
        routes=[
            Route("/", site.calendar, methods=["GET"]),
            Route("/event/{year}/{entry}", site.event, methods=["GET"]),
            Route("/status", site.status, methods=["GET"]),
            Route("/status/draft/{year}", site.draft, methods=["GET"]),
            Route("/status/draft/{year}/event/{year_again}/{entry}", site.draft_event, methods=["GET"]),
            Route("/style.css", site.style, methods=["GET"]),
            Route("/healthz", site.healthz, methods=["GET"]),
            Route("/readyz", site.readyz, methods=["GET"]),
            Route("/metrics", site.metrics, methods=["GET"]),
            Route("/calendar/{school}.{language}.ics", site.feed, methods=["GET"]),
        ],
        middleware=[
            Middleware(SafeHeaders),
            Middleware(KnownHosts, hosts=daemon.settings.page_hosts),
            Middleware(AtOnce, free=("/healthz",)),
        ],
    )
    # Nothing is built from the host that was sent, and such a redirect would be.
    app.router.redirect_slashes = False
    return app


class Pages:
    """The endpoints. Each runs in a worker thread: what it reads blocks."""

    def __init__(self, daemon: DaemonView) -> None:
        self._daemon = daemon
        self._feed = lru_cache(maxsize=_FEEDS)(_make_feed)
        self._drawn = Drawn()

    async def healthz(self, _: Request) -> Response:
        """Whether the process works: every worker has reported in time."""
        hung = self._daemon.watchdog.overdue()
        return _json_line({"ok": not hung, "hung": hung}, 503 if hung else 200)

    def readyz(self, _: Request) -> Response:
        """Whether every calendar is as promised; which is not, and since when."""
        promise = Promise.of(self._daemon.settings)
        snapshot, notes = self._daemon.board.read(), self._daemon.state.events.notes()
        zone = campus_zone(self._daemon.state.ledger)
        found = [
            {**asdict(one), "since": datetime.fromtimestamp(int(one.since), tz=zone).isoformat()}
            for one in lapses(snapshot, notes, promise, now=time.time())
        ]
        payload = {"ready": not found, "contexts": snapshot.contexts, "not_ready": found}
        return _json_line(payload, 503 if found else 200)

    def metrics(self, _: Request) -> Response:
        """For Prometheus."""
        return Response(metrics_text(self._daemon, now=time.time()), headers={"Content-Type": CONTENT_TYPE})

    def style(self, _: Request) -> Response:
        """The one stylesheet; its address changes with its content."""
        age = {"Cache-Control": "public, max-age=86400"}
        return Response(_style(), media_type="text/css", headers=age)

    def calendar(self, request: Request) -> Response:
        """The calendar for people."""
        calendar = self._daemon.served
        if calendar is None:
            return _starting()
        return self._page("calendar", CalendarPage(self._frame(request, calendar)))

    def event(self, request: Request) -> Response:
        """An entry's own page."""
        calendar = self._daemon.served
        if calendar is None:
            return _starting()
        return self._of_entry(self._frame(request, calendar), request.path_params["year"], request)

    def status(self, request: Request) -> Response:
        """How things stand, for operators."""
        calendar = self._daemon.served
        if calendar is None:
            return _starting()
        return self._page("status", StatusPage(self._frame(request, calendar), now=time.time()))

    def draft(self, request: Request) -> Response:
        """A draft year as people would see it, for whoever decides about it."""
        frame = self._draft_frame(request)
        return self._page("calendar", CalendarPage(frame)) if frame is not None else _not_found()

    def draft_event(self, request: Request) -> Response:
        """An entry of a draft year."""
        frame = self._draft_frame(request)
        if frame is None or request.path_params["year_again"] != frame.asked.draft:
            return _not_found()
        return self._of_entry(frame, frame.asked.draft, request)

    def _draft_frame(self, request: Request) -> Frame | None:
        candidate, year = self._daemon.candidate, request.path_params["year"]
        if candidate is None or year not in candidate.calendar.drafts:
            return None
        return self._frame(request, candidate.calendar.with_drafts(), draft=year)

    def _frame(self, request: Request, calendar: CanonicalCalendar, draft: str = "") -> Frame:
        asked = Asked.of(request, calendar, draft=draft)
        base = public_address(calendar.university, self._daemon.settings.page_hosts, request)
        return Frame(self._daemon, self._drawn, calendar, replace(asked, base=base))

    def _of_entry(self, frame: Frame, year: str, request: Request) -> Response:
        entry = frame.entries.get((year, request.path_params["entry"]))
        if entry is None:
            return _not_found(frame.say("no_entry"))
        return self._page("event", EventPage(frame, year, entry))

    @staticmethod
    def _page(name: str, page: CalendarPage | EventPage | StatusPage) -> Response:
        values = page.values()
        text = (
            _templates().get_template(f"{name}.html.jinja").render(**values, style_version=_style_version())
        )
        headers = {
            "Cache-Control": "no-store",
            "Content-Language": values["lang"],
            "Vary": "Accept-Language",
        }
        return Response(text, media_type="text/html", headers=headers)

    def feed(self, request: Request) -> Response:
        """A school's calendar in one language, for calendar programs."""
        calendar = self._daemon.served
        school, language = request.path_params["school"], request.path_params["language"]
        if calendar is None:
            return PlainTextResponse("The service is starting.\n", 503, {"Retry-After": "60"})
        university = calendar.university
        if school not in university.schools or language not in university.languages:
            return PlainTextResponse("There is no such calendar.\n", 404)
        targets = self._daemon.targets
        zone = targets.timezone if targets is not None else ""
        content, tag = self._feed(
            _Feed(calendar, self._revised(calendar)), school, language, self._daemon.today(), zone
        )
        headers = {
            "ETag": tag,
            "Cache-Control": f"public, max-age={FEED_AGE_S}",
            "Content-Language": language,
        }
        if tag in request.headers.get("If-None-Match", ""):
            return Response(status_code=304, headers=headers)
        headers["Content-Disposition"] = f'inline; filename="{school}.{language}.ics"'
        return Response(content, media_type="text/calendar", headers=headers)

    def _revised(self, calendar: CanonicalCalendar) -> Moments:
        """When each entry got its present form; what the history does not tell, the files that were read do."""
        candidate, ledger = self._daemon.candidate, self._daemon.state.ledger
        is_read = candidate is not None and candidate.calendar.digest == calendar.digest
        edited_at = candidate.edited_at if candidate is not None and is_read else {}
        in_force = calendar if ledger.fact(IN_FORCE_FACT) == calendar.digest else last_in_force(ledger)
        return revised(calendar, ledger, in_force, edited_at=edited_at)


class _Feed:
    """A calendar and when its entries were revised, as a key: two of one digest and the same moments are the same."""

    def __init__(self, calendar: CanonicalCalendar, revised_at: Moments) -> None:
        self.calendar = calendar
        self.revised_at = revised_at

    def __hash__(self) -> int:
        return hash(self.calendar.digest)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, _Feed)
            and other.calendar.digest == self.calendar.digest
            and other.revised_at == self.revised_at
        )


def _make_feed(feed: _Feed, school: str, language: str, today: date, zone: str) -> tuple[bytes, str]:
    """The feed and its entity tag."""
    events = events_of(feed.calendar, school=school, language=language, today=today, timezone=zone)
    content = as_ics(
        feed.calendar, events, school=school, language=language, timezone=zone, revised=feed.revised_at
    )
    return content, f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def _json_line(payload: Mapping[str, object], status: int) -> Response:
    """JSON with a line end, so that it reads well in a terminal too."""
    body = json.dumps(payload, ensure_ascii=False) + "\n"
    return Response(body, status, {"Cache-Control": "no-store"}, media_type="application/json")


def _starting() -> Response:
    return PlainTextResponse("The service is starting.\n", 503, {"Retry-After": "5"})


def _not_found(sentence: str = "There is no such page.") -> Response:
    return PlainTextResponse(f"{sentence}\n", 404, {"Cache-Control": "no-store"})


@cache
def _style() -> bytes:
    own = (files("syncd.web") / "style.css").read_text(encoding="utf-8")
    return f"{shared_css()}\n{year_css()}\n{own}".encode()


@cache
def _style_version() -> str:
    return hashlib.sha256(_style()).hexdigest()[:12]


@cache
def _templates() -> Environment:
    return templates("syncd.web.pages")
