"""One change in one calendar, decided against the event as it is at this moment.

The decisions a 409, a 412 or a tombstone calls for, and no others: what should stand in a calendar was
decided before. Every write carries our id or the etag just read, so each may be repeated, and a write whose
answer was lost is found done when it is looked at again.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from connectors.errors import (
    AccessDeniedError,
    ConflictError,
    MalformedResponseError,
    NotFoundError,
    RejectedError,
    UnclearOutcomeError,
)
from connectors.google_calendar.caller import Json
from connectors.google_calendar.client import GoogleClient
from connectors.google_calendar.description import LIMIT, divide
from connectors.google_calendar.failures import GoneError, IdTakenError, OthersFieldsError, StaleError
from connectors.google_calendar.translate import (
    GENERATIONS,
    Place,
    changed_fields,
    deviation,
    differing,
    ident_of,
    is_deleted,
    new_event,
    observed,
    repeats,
    replaced_event,
    revived_event,
)
from connectors.port import Written
from mapping.errors import OwnershipConflictError
from mapping.identity import same_words
from mapping.model import ALL_FIELDS, Delete, DesiredEvent, Fate, Field, ObservedEvent, Update, Why
from mapping.planning.ownership import untouched

LOOKS: Final = 4
"""Times an event is read again because it changed under our hands: the first look and three more."""


class Writer:
    """Makes changes. Keeps nothing between them."""

    def __init__(self, client: GoogleClient, place: Place) -> None:
        self._client = client
        self._place = place

    # --- create -----------------------------------------------------------------------------

    def create(self, calendar: str, desired: DesiredEvent) -> Written:
        """Insert under the derived id; where that id was burnt by a deletion, under the next generation's."""
        for generation in range(GENERATIONS):
            event = new_event(desired, calendar, self._place, generation)
            try:
                answer = self._client.insert(calendar, event)
            except IdTakenError:
                settled = self._settle(calendar, desired, event)
                if settled is not None:
                    return settled
            else:
                return self._written(calendar, answer, desired, ALL_FIELDS, event)
        raise ConflictError(
            f"every id for {desired.key} is used up by deletions.", operation="insert event", context=calendar
        )

    def _settle(self, calendar: str, desired: DesiredEvent, event: Json) -> Written | None:
        """Decide about an id that is taken already; None where it can never be used again."""
        for _ in range(LOOKS):
            row = self._look(calendar, event["id"])
            if row is None:
                return None
            try:
                if is_deleted(row):
                    return self._revive(calendar, row, desired, event)
                return self._take_over(calendar, row, desired)
            except StaleError:
                continue
        raise _unsteady("insert event", calendar, desired.key)

    def _revive(self, calendar: str, row: Json, desired: DesiredEvent, event: Json) -> Written | None:
        """Bring a deleted event back; None where Google will not have it."""
        revived = revived_event(row, event, desired)
        try:
            answer = self._client.replace(calendar, row["id"], revived, etag=row.get("etag") or "")
        except (AccessDeniedError, NotFoundError, RejectedError, IdTakenError):
            return None
        if is_deleted(answer):
            return None
        return self._written(calendar, answer, desired, ALL_FIELDS, revived)

    def _take_over(self, calendar: str, row: Json, desired: DesiredEvent) -> Written:
        """A living event under our id: ours is brought up to date, another one is left alone."""
        now = observed(row, calendar, self._place)
        marker = now.marker
        ours = marker is not None and now.genuine and now.writable
        if marker is None or not ours or (marker.owner, marker.key) != (self._place.owner, desired.key):
            raise OwnershipConflictError(context=calendar, key=desired.key, remote_id=now.remote_id)
        return self._bring_up_to_date(calendar, row, desired, ALL_FIELDS)

    # --- update -----------------------------------------------------------------------------

    def update(self, calendar: str, change: Update) -> Written:
        """Write the fields the change names into the event as it is now, people's part kept."""
        seen, desired = change.observed, change.desired
        names = {one.name for one in change.fields}
        for _ in range(LOOKS):
            row = self._look(calendar, seen.remote_id)
            if row is None or is_deleted(row):
                raise ConflictError(
                    "the event is gone since it was read.", operation="update event", context=calendar
                )
            self._check_still_the_same(calendar, seen, observed(row, calendar, self._place), change.key)
            try:
                return self._bring_up_to_date(calendar, row, desired, names)
            except (StaleError, NotFoundError):
                continue
        raise _unsteady("update event", calendar, change.key)

    def _bring_up_to_date(
        self, calendar: str, row: Json, desired: DesiredEvent, names: Collection[Field]
    ) -> Written:
        ident = ident_of(row, calendar, desired.key, self._place.owner)
        if ident is None:
            raise ConflictError(
                f"its id was not derived from {desired.key}.", operation="update event", context=calendar
            )
        names = differing(row, desired, calendar, self._place, names=names, ident=ident)
        if not names:
            return Written(event=observed(row, calendar, self._place))
        event = replaced_event(row, desired, calendar, self._place, names=names, ident=ident)
        if Field.TEXT in names and len(event["description"]) > LIMIT:
            raise RejectedError(
                f"the text of {desired.entry} and what people wrote below its line are longer together than "
                f"the {LIMIT} characters Google keeps.",
                operation="update event",
                context=calendar,
            )
        try:
            answer = self._client.replace(calendar, row["id"], event, etag=row.get("etag") or "")
        except OthersFieldsError:
            fields = changed_fields(row, desired, calendar, self._place, names=names, ident=ident)
            answer = self._client.patch(
                calendar, row["id"], _as_patch(fields, row), etag=row.get("etag") or ""
            )
        return self._written(calendar, answer, desired, names, event)

    # --- delete -----------------------------------------------------------------------------

    def delete(self, calendar: str, change: Delete) -> Written:
        """Delete the event if it is still the one that was read; one that is gone already is fine."""
        seen = change.observed
        for _ in range(LOOKS):
            row = self._look(calendar, seen.remote_id)
            if row is None or is_deleted(row):
                return Written(event=None)
            now = observed(row, calendar, self._place)
            self._check_still_the_same(calendar, seen, now, change.key)
            if change.why is Why.COPY and not untouched(now):
                raise _another(calendar, "a person changed it since it was read")
            try:
                self._client.delete(calendar, seen.remote_id, etag=now.version)
            except GoneError:
                return Written(event=None)
            except (StaleError, NotFoundError):
                continue
            return Written(event=None)
        raise _unsteady("delete event", calendar, change.key)

    # --- looking ----------------------------------------------------------------------------

    def fate(self, calendar: str, event_id: str) -> Fate:
        """What became of an event. One moved to another calendar looks deleted from here."""
        row = self._look(calendar, event_id)
        return Fate.DELETED if row is None or is_deleted(row) else Fate.PRESENT

    def event(self, calendar: str, event_id: str) -> ObservedEvent | None:
        """The event as it is now; None where it is deleted."""
        row = self._look(calendar, event_id)
        return None if row is None or is_deleted(row) else observed(row, calendar, self._place)

    def _look(self, calendar: str, event_id: str) -> Json | None:
        """The event, a tombstone too; None where there is none to be read in a calendar that is there."""
        try:
            return self._client.get(calendar, event_id)
        except NotFoundError:
            # A calendar we lost answers the same: ask it, then the event once more.
            self._client.access(calendar)
        try:
            return self._client.get(calendar, event_id)
        except NotFoundError:
            return None

    def _check_still_the_same(self, calendar: str, seen: ObservedEvent, now: ObservedEvent, key: str) -> None:
        if now.marker is not None and now.genuine:
            owners = {self._place.owner} | ({seen.marker.owner} if seen.marker is not None else set())
            if now.marker.key == key and now.marker.owner in owners:
                return
            raise _another(calendar, "its marker is another's")
        if seen.marker is not None or now.marker is not None:
            raise _another(calendar, "its marker is gone or altered since it was read")
        if not same_words(now.title, seen.title) and now.days != seen.days:
            raise _another(calendar, "it has no marker, and title and days changed since it was read")

    def _written(
        self, calendar: str, answer: Json, desired: DesiredEvent, names: Collection[Field], sent: Json
    ) -> Written:
        try:
            event = observed(answer, calendar, self._place)
        except MalformedResponseError as error:
            # The change is made by then: an answer that cannot be read is a lost one.
            raise UnclearOutcomeError(error.message, operation="write event", context=calendar) from error
        return Written(
            event=event,
            deviation=deviation(
                event, desired, names=names, sent_tail=divide(sent.get("description") or "").tail
            ),
        )


def _as_patch(fields: Json, row: Json) -> Json:
    """Fields for a merge: what the other kind of date says, all-day or timed, must be taken away by name."""
    patch = dict(fields)
    for name in {"start", "end"} & fields.keys():
        patch[name] = {"date": None, "dateTime": None, "timeZone": None, **fields[name]}
    if "start" in patch and repeats(row):
        patch["recurrence"] = None
    return patch


def _another(calendar: str, reason: str) -> ConflictError:
    return ConflictError(f"{reason}; it was left alone.", operation="write event", context=calendar)


def _unsteady(operation: str, calendar: str, key: str) -> ConflictError:
    return ConflictError(f"{key} changed again each time it was read.", operation=operation, context=calendar)
