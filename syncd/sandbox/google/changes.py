"""Rules about one write to one event: which version it is meant for, which status and sequence come out.

Values in, values out: nothing is stored here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from syncd.sandbox.google.body import DEFAULTS, ORGANIZER_ONLY, Content
from syncd.sandbox.google.errors import (
    condition_not_met,
    deleted,
    forbidden,
    invalid,
    non_organizer,
    not_found,
    service_account_attendees,
)
from syncd.sandbox.google.rows import CANCELLED, Row

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syncd.sandbox.google.access import Caller
    from syncd.sandbox.google.rows import Calendar
    from syncd.sandbox.google.switches import Switches

Json = dict[str, Any]
LOW_SEQUENCE = (
    "Invalid sequence value. The specified sequence number is below the current sequence number of the"
    " resource. Re-fetch the resource and use its sequence number on the following request."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """Who writes, and with which parameters: `mail` is sendUpdates, `if_match` the header."""

    caller: Caller
    if_match: str | None = None
    mail: str = "none"
    attachments: bool = False
    conference: bool = False
    labels: bool = False


def check_version(row: Row, wanted: str | None) -> None:
    """Raise ApiError (412) unless the row is a version that If-Match names."""
    if wanted is None or wanted.strip() == "*":
        return
    if row.etag not in (one.strip() for one in wanted.split(",")):
        raise condition_not_met()


def check_guests(content: Content, write: Write) -> None:
    """Raise ApiError (403) if a service account acting as itself sets attendees."""
    if content.fields.get("attendees") and write.caller.service:
        raise service_account_attendees()


def check_new(content: Content, calendar: Calendar) -> None:
    """Raise ApiError (400) for what no new event can be."""
    if content.status == CANCELLED:
        raise invalid("Invalid value for: cancelled is not a valid value")
    if content.fields.get("eventType") is not None and calendar.id != calendar.data_owner:
        raise invalid("Events of this type can only be created on a primary calendar.")


def check_change(before: Row, content: Content, body: Json, calendar: Calendar) -> None:
    """Raise ApiError (400, 403) for what can never be changed; keeps the event's type."""
    kind = before.fields.get("eventType", "default")
    if body.get("eventType", kind) != kind:
        raise invalid("The event type cannot be changed.")
    if kind != "default":
        content.fields["eventType"] = kind
    if before.organizer is not None and before.organizer.get("email") != calendar.id:
        for name in ORGANIZER_ONLY:
            default = DEFAULTS[name]
            if content.fields.get(name, default) != before.fields.get(name, default):
                raise non_organizer()


def keep_source(before: Row, content: Content, write: Write) -> None:
    """Put back the source link, which only the creator can see and change."""
    if write.caller.email != before.creator:
        content.fields.pop("source", None)
        if "source" in before.fields:
            content.fields["source"] = before.fields["source"]


def next_status(before: Row, sent: str | None, switches: Switches, *, patch: bool) -> str:
    """Status after the write. Raises ApiError where a deleted event may not come back."""
    if not before.cancelled:
        return sent or (before.status if patch else "confirmed")
    if sent == CANCELLED or (sent is None and (patch or not switches.put_without_status_revives)):
        return CANCELLED
    refusals = {"forbid": forbidden, "not_found": not_found, "gone": deleted}
    refusal = refusals.get(switches.revival)
    if refusal is not None:
        raise refusal()
    return sent or "confirmed"


def next_sequence(before: Row, content: Content, switches: Switches, *, patch: bool) -> int:
    """Sequence after the write, one more if the times changed. Raises ApiError (400)."""
    sent = content.sequence
    if sent is None and not patch and switches.put_without_sequence_is_zero:
        sent = 0
    if sent is not None and sent < before.sequence:
        raise invalid(LOW_SEQUENCE)
    if sent is not None and sent > before.sequence:
        return sent
    return before.sequence if same_times(before, content) else before.sequence + 1


def same_times(before: Row, content: Content) -> bool:
    """Whether the content falls on the same times."""
    return (content.start, content.end, content.fields.get("recurrence", [])) == (
        before.start,
        before.end,
        before.recurrence,
    )


def same_fields(before: Row, content: Content) -> bool:
    """Whether nothing but times, status and reminders may differ."""
    return _without_times(content.fields) == _without_times(before.fields)


def _without_times(fields: Mapping[str, Any]) -> Json:
    return {name: value for name, value in fields.items() if name not in ("start", "end")}


def next_reminders(
    sent: Json | None, before: Mapping[str, Mapping[str, Any]], email: str
) -> dict[str, Mapping[str, Any]]:
    """Reminders by account after the writer set the own ones; the default is not kept."""
    reminders = {other: value for other, value in before.items() if other != email}
    if sent is not None and sent != {"useDefault": True}:
        reminders[email] = sent
    return reminders


def mailed(guests: list[Json], mail: str, home: str) -> int:
    """How many guests get a message, by sendUpdates; `home` is the domain that is not external."""
    if mail == "externalOnly":
        return sum(not guest["email"].endswith(f"@{home}") for guest in guests)
    return len(guests) if mail == "all" else 0
