"""One change in one context, and its answer held against the wish.

A create is sent once; what became of a lost one, only a read tells. Updates and deletes may be repeated.
A refusal is asked about before it is believed: Canvas answers 403 for a deleted event as well.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from connectors.canvas.client import Answer, CanvasClient
from connectors.canvas.failures import Call, lost
from connectors.canvas.single_events import as_answered, event_path, find_row, judged
from connectors.canvas.translate import (
    Place,
    Row,
    create_form,
    date_fields,
    deviation,
    hashes_to,
    is_deleted,
    is_locked,
    skips_midnight,
    update_form,
    wished_fields,
)
from connectors.errors import (
    AccessDeniedError,
    ConflictError,
    ConnectorError,
    LockedError,
    MalformedResponseError,
    NotFoundError,
)
from connectors.port import Written
from mapping.model import ALL_FIELDS, DesiredEvent, Field, ObservedEvent, Update
from mapping.planning.compare import differences


class Writer:
    """Writes with one token."""

    def __init__(self, client: CanvasClient, place: Place) -> None:
        self._client = client
        self._place = place

    def create(self, context: str, desired: DesiredEvent) -> Written:
        """POST once. Raises `UnclearOutcomeError` where the answer is lost: the event may exist."""
        call = Call(operation="create event", context=context, repeatable=False)
        form = create_form(desired, context, self._place)
        try:
            answer = self._client.write("POST", "calendar_events", form, call)
        except AccessDeniedError as error:
            raise judged(self._client, error) from error
        row = _row_in(answer.data, "")
        if row is None:
            raise lost(call, "the answer is not an event.")
        return self._checked(row, answer, context, desired, names=ALL_FIELDS, known=False)

    def update(self, context: str, change: Update) -> Written:
        """PUT the fields the change names. Raises `ConflictError` where the event is gone."""
        desired, before = change.desired, change.observed
        named = {one.name for one in change.fields} or {one.name for one in differences(before, desired)}
        # A change of owner is one of the marker alone.
        names = {name if name in ALL_FIELDS else Field.MARKER for name in named} or ALL_FIELDS
        tail = self._peoples_part(context, before, desired)
        fields = wished_fields(desired, context, self._place, names=names, tail=tail)
        if not before.genuine:
            # Made by an import or a person, so perhaps without a zone and an `all_day_date`: on any save
            # Canvas would then move it to midnight in the zone of the token's user.
            fields["time_zone_edited"] = self._place.zone.key
        if (
            Field.DAYS in names
            and desired.days.count == 1
            and not desired.days.clock
            and skips_midnight(desired.days.start, self._place.zone)
        ):
            # Canvas clears the flag of a start that is not 00:00, and a flag set later leaves `all_day_date`,
            # which calendar feeds show, at the day before the move. Cleared first, flag and day come together.
            self._put(context, before.remote_id, {"all_day": "false"})
        row, answer = self._put(context, before.remote_id, fields)
        return self._checked(row, answer, context, desired, names=names, known=True)

    def delete(self, context: str, remote_id: str) -> Written:
        """DELETE; an event that is gone already counts as done."""
        call = Call(operation="delete event", context=context)
        try:
            answer = self._client.write("DELETE", event_path(remote_id), (), call)
        except (AccessDeniedError, NotFoundError) as error:
            found = find_row(self._client, context, remote_id)
            if found is not None:
                raise _refused(self._client, error, found[0]) from error
            return Written(event=None)
        row = _row_in(answer.data, remote_id)
        if row is not None and not is_deleted(row):
            return Written(
                event=None, deviation="Canvas answered the delete with an event that is still there"
            )
        return Written(event=None)

    def _put(self, context: str, remote_id: str, fields: dict[str, str]) -> tuple[Row, Answer]:
        call = Call(operation="update event", context=context)
        try:
            answer = self._client.write("PUT", event_path(remote_id), update_form(fields), call)
        except (AccessDeniedError, NotFoundError) as error:
            found = find_row(self._client, context, remote_id)
            if found is None:
                raise _gone(call, remote_id) from error
            raise _refused(self._client, error, found[0]) from error
        row = _row_in(answer.data, remote_id)
        if row is None:
            raise lost(call, "the answer is not the event.")
        if is_deleted(row):
            raise _gone(call, remote_id)
        return row, answer

    def _peoples_part(self, context: str, before: ObservedEvent, desired: DesiredEvent) -> str:
        tail = before.tail
        if not before.body_known:
            found = find_row(self._client, context, before.remote_id)
            if found is None:
                raise _gone(Call(operation="update event", context=context), before.remote_id)
            tail = as_answered(*found, context, self._place).tail
        # Without its wrapper and line our own text looks like people's; it must not be kept twice.
        ours = before.marker is None and hashes_to(tail, desired.body_hash, self._place)
        return "" if ours else tail

    def _checked(
        self,
        row: Row,
        answer: Answer,
        context: str,
        desired: DesiredEvent,
        *,
        names: Collection[Field],
        known: bool,
    ) -> Written:
        """The answer as an event, with what differs from the wish; dates are put right once.

        ``known``: the event was asked for by its id, so that the answer is about that one.
        """
        event = self._answered(row, answer, context, known=known)
        found = deviation(event, desired, context, self._place, names=names)
        other_rules = event.offset is not None and event.offset.differs
        if Field.DAYS not in found.names or other_rules or not (known or _bears_our_mark(event, desired)):
            # Under other zone rules the same dates would come back the same once more; and a create's answer without
            # our mark may be about somebody else's event, as one that a proxy kept is.
            return Written(event=event, deviation=found.words)
        fields = date_fields(desired.days, self._place.zone)
        try:
            event = as_answered(*self._put(context, event.remote_id, fields), context, self._place)
        except ConnectorError as error:
            # The change itself is done and confirmed; only its repair is not.
            return Written(event=event, deviation=f"{found.words}; not put right: {error}", sent=2)
        found = deviation(event, desired, context, self._place, names=names)
        return Written(event=event, deviation=found.words, sent=2)

    def _answered(self, row: Row, answer: Answer, context: str, *, known: bool) -> ObservedEvent:
        """The event of a success. One that cannot be read is a lost answer: the change is made by then."""
        try:
            return as_answered(row, answer, context, self._place)
        except MalformedResponseError as error:
            operation = "update event" if known else "create event"
            raise lost(Call(operation=operation, context=context, repeatable=known), error.message) from error


def _row_in(data: Any, remote_id: str) -> Row | None:
    """The event in an answer; a series answers with a list. '' takes any event."""
    for row in data if isinstance(data, list) else [data]:
        number = row.get("id") if isinstance(row, dict) else None
        if isinstance(number, (int, str)) and number and remote_id in {"", str(number)}:
            found: Row = row
            return found
    return None


def _bears_our_mark(event: ObservedEvent, desired: DesiredEvent) -> bool:
    return event.genuine and event.marker is not None and event.marker.key == desired.key


def _refused(client: CanvasClient, error: ConnectorError, row: Row) -> ConnectorError:
    """What a refusal to an event that is there means."""
    if isinstance(error, AccessDeniedError) and is_locked(row):
        return LockedError(
            f"event {row.get('id')} is locked.",
            operation=error.operation,
            context=error.context,
            status=error.status,
        )
    return judged(client, error)


def _gone(call: Call, remote_id: str) -> ConflictError:
    return ConflictError(
        f"event {remote_id} is not there any more.", operation=call.operation, context=call.context
    )
