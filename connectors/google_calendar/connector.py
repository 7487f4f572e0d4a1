"""Google calendars behind the port: who we are, what is there, one change at a time.

Puts client, reading and writing together; decides nothing itself.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from typing import assert_never

from connectors.containment import contained
from connectors.errors import ConnectorError
from connectors.google_calendar.client import GoogleClient
from connectors.google_calendar.reading import check_access, read_calendar
from connectors.google_calendar.settings import GoogleSettings
from connectors.google_calendar.translate import Place
from connectors.google_calendar.writing import Writer
from connectors.port import (
    AccessFinding,
    Account,
    CallCounts,
    Discovery,
    Observation,
    Severity,
    Written,
)
from mapping.model import (
    Change,
    Context,
    Create,
    Days,
    Delete,
    Fate,
    ObservedEvent,
    Record,
    Target,
    Update,
)

KIND = "google"


class GoogleCalendarConnector:
    """School calendars at Google, one context per target. Thread-safe."""

    kind = KIND
    copies_are_ours = False
    contexts_a_look = 1

    def __init__(self, settings: GoogleSettings) -> None:
        self._settings = settings
        self._client = GoogleClient(settings)
        self._place = Place(owner=settings.owner, zone=settings.zone, zones=settings.own_zones)
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None

    @property
    def counts(self) -> CallCounts:
        """Running totals of requests; tokens fetched do not count."""
        return self._client.counts

    @property
    def skew_s(self) -> float | None:
        """Seconds by which Google's clock was ahead at its last answer."""
        return self._client.skew_s

    @property
    def writes_per_s(self) -> float:
        """What the quota of a minute comes to; an insert is one unit."""
        return self._settings.units_per_minute / 60.0

    def email(self) -> str:
        """The service account's address, '' where the file names none. Raises `GoogleCredentialsError`."""
        return self._client.key().email

    def account(self) -> Account:
        """Endpoint root and service account, once Google has given a token; it is asked for no more than that."""
        with contained("sign in"):
            return Account(endpoint=self._settings.root, user=self._client.sign_in().email)

    def discover(self, targets: Sequence[Target]) -> Iterator[Discovery]:
        for target in targets:
            context = Context(id=target.calendar_id, kind=KIND, target=target.name)
            yield Discovery(target=target.name, contexts=(context,))

    def observe(
        self,
        contexts: Sequence[Context],
        known: Mapping[str, Mapping[str, Record]] = {},  # noqa: ARG002 - a list brings descriptions anyway
    ) -> Iterator[tuple[Context, Observation | ConnectorError]]:
        if len(contexts) <= 1:
            for context in contexts:
                yield context, self._observe(context)
            return
        pool = self._readers()
        reads: dict[Future[Observation | ConnectorError], Context] = {
            pool.submit(self._observe, context): context for context in contexts
        }
        try:
            for read in as_completed(reads):
                yield reads[read], read.result()
        finally:
            for read in reads:
                read.cancel()

    def fate(self, context: Context, remote_id: str) -> Fate:
        with contained("get event", context.id):
            return self._writer_at(context).fate(context.id, remote_id)

    def reread(self, contexts: Sequence[Context], days: Days) -> Iterator[ObservedEvent]:  # noqa: ARG002
        """None: a calendar's events are read one by one, since each is one request either way."""
        return iter(())

    def read_event(self, context: Context, remote_id: str) -> ObservedEvent | None:
        """One event as it is now; None if it is deleted."""
        with contained("get event", context.id):
            return self._writer_at(context).event(context.id, remote_id)

    def apply(self, context: Context, change: Change) -> Written:
        with contained(f"{change.action.value} event", context.id, write=True):
            return self._apply(context, change)

    def _apply(self, context: Context, change: Change) -> Written:
        writer = self._writer_at(context)
        match change:
            case Create():
                return writer.create(context.id, change.desired)
            case Update():
                return writer.update(context.id, change)
            case Delete():
                return writer.delete(context.id, change)
            case _:
                assert_never(change)

    def _writer_at(self, context: Context) -> Writer:
        return Writer(self._client, self._place.at(context.target))

    def check(self, target: Target) -> Iterator[AccessFinding]:
        with contained("check", target.calendar_id):
            yield from self._check(target)

    def _check(self, target: Target) -> Iterator[AccessFinding]:
        email = self._client.key().email or "the service account"
        share = (
            f'In Google Calendar open "Settings and sharing" of this calendar, add {email} under "Share with specific '
            'people" and choose "Make changes to events".'
        )
        try:
            page = self._client.access(target.calendar_id)
            check_access(page, target.calendar_id)
        except ConnectorError as error:
            advice = f" {share}" if error.status in {0, 404} else ""
            yield AccessFinding(target=target.name, severity=Severity.PROBLEM, message=f"{error}{advice}")
            return
        name = page.get("summary") or target.calendar_id
        yield AccessFinding(
            target=target.name,
            severity=Severity.OK,
            message=f'"{name}" may be written by {email} ({page.get("accessRole", "role not told")}).',
        )
        zone = page.get("timeZone")
        campus = self._place.at(target.name).zone.key
        if zone and zone != campus:
            yield AccessFinding(
                target=target.name,
                severity=Severity.WARNING,
                message=(
                    f'"{name}" shows {zone}, the campus lives by {campus}: all-day events are right '
                    "all the same, but set the calendar's time zone in its settings."
                ),
            )

    def close(self) -> None:
        self._client.close()
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)

    def _observe(self, context: Context) -> Observation | ConnectorError:
        try:
            with contained("list events", context.id):
                return read_calendar(self._client, context.id, self._place.at(context.target))
        except ConnectorError as error:
            return error

    def _readers(self) -> ThreadPoolExecutor:
        with self._lock:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(
                    max_workers=max(1, self._settings.readers), thread_name_prefix="google"
                )
            return self._pool
