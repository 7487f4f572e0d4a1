"""Parts of an event that tie it to people and services: attendees, attachments, conference, source link."""

from __future__ import annotations

import zlib
from typing import Any

from syncd.sandbox.google.errors import invalid, required

Json = dict[str, Any]
ATTACHMENTS_LIMIT = 25


def _objects(told: Any, name: str) -> list[Json]:
    if told is None:
        return []
    if not isinstance(told, list) or not all(isinstance(one, dict) for one in told):
        raise invalid(f"Invalid value for: {name}")
    return told


def read_attendees(told: Any) -> list[Json]:
    """Guests with the response status that answers show. Raises ApiError (400)."""
    guests = _objects(told, "attendees")
    for guest in guests:
        email = guest.get("email")
        if not isinstance(email, str) or "@" not in email:
            raise invalid("Invalid attendee email.")
    return [{"responseStatus": "needsAction", **guest} for guest in guests]


def read_attachments(told: Any) -> list[Json]:
    """Files with the id that answers show. Raises ApiError (400)."""
    files = _objects(told, "attachments")
    if len(files) > ATTACHMENTS_LIMIT:
        raise invalid("There can be at most 25 attachments per event.")
    if any(not isinstance(one.get("fileUrl"), str) for one in files):
        raise required("Missing attachment file URL.")
    return [{"fileId": f"f{zlib.crc32(one['fileUrl'].encode()):08x}", **one} for one in files]


def read_source(told: Any) -> Json:
    """The link back to where an event came from. Raises ApiError (400)."""
    if not told:
        return {}
    url = told.get("url") if isinstance(told, dict) else None
    if not isinstance(url, str) or not url.startswith(("http://", "https://")):
        raise invalid("Invalid source URL.")
    return {key: value for key, value in told.items() if key in ("url", "title")}


def read_conference(told: Any) -> Json:
    """Conference details; a request to create one succeeds at once. Raises ApiError (400)."""
    if not told:
        return {}
    if not isinstance(told, dict):
        raise invalid("Invalid conference data.")
    wish = told.get("createRequest")
    if not wish or told.get("conferenceId"):
        return told
    if not isinstance(wish, dict) or not isinstance(wish.get("requestId"), str):
        raise invalid("Invalid conference type value.")
    code = f"{zlib.crc32(wish['requestId'].encode()):08x}"
    return {
        "createRequest": {**wish, "status": {"statusCode": "success"}},
        "entryPoints": [{"entryPointType": "video", "uri": f"https://meet.google.com/{code}"}],
        "conferenceSolution": {"key": {"type": "hangoutsMeet"}, "name": "Google Meet"},
        "conferenceId": code,
    }
