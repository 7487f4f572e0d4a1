"""Parts of an event that tie it to people and services: attendees, attachments, conference, source link."""

from __future__ import annotations

import zlib
from typing import Any

from syncd.sandbox.google.errors import invalid, required

Json = dict[str, Any]
ATTACHMENTS_LIMIT = 25


def _objects(sent: Any, name: str) -> list[Json]:
    if sent is None:
        return []
    if not isinstance(sent, list) or not all(isinstance(one, dict) for one in sent):
        raise invalid(f"Invalid value for: {name}")
    return sent


def read_attendees(sent: Any) -> list[Json]:
    """Guests with the response status that answers show. Raises ApiError (400)."""
    guests = _objects(sent, "attendees")
    for guest in guests:
        email = guest.get("email")
        if not isinstance(email, str) or "@" not in email:
            raise invalid("Invalid attendee email.")
    return [{"responseStatus": "needsAction", **guest} for guest in guests]


def read_attachments(sent: Any) -> list[Json]:
    """Files with the id that answers show. Raises ApiError (400)."""
    files = _objects(sent, "attachments")
    if len(files) > ATTACHMENTS_LIMIT:
        raise invalid("There can be at most 25 attachments per event.")
    if any(not isinstance(one.get("fileUrl"), str) for one in files):
        raise required("Missing attachment file URL.")
    return [{"fileId": f"f{zlib.crc32(one['fileUrl'].encode()):08x}", **one} for one in files]


def read_source(sent: Any) -> Json:
    """The link back to where an event came from. Raises ApiError (400)."""
    if not sent:
        return {}
    url = sent.get("url") if isinstance(sent, dict) else None
    if not isinstance(url, str) or not url.startswith(("http://", "https://")):
        raise invalid("Invalid source URL.")
    return {key: value for key, value in sent.items() if key in ("url", "title")}


def read_conference(sent: Any) -> Json:
    """Conference details; a request to create one succeeds at once. Raises ApiError (400)."""
    if not sent:
        return {}
    if not isinstance(sent, dict):
        raise invalid("Invalid conference data.")
    wish = sent.get("createRequest")
    if not wish or sent.get("conferenceId"):
        return sent
    if not isinstance(wish, dict) or not isinstance(wish.get("requestId"), str):
        raise invalid("Invalid conference type value.")
    code = f"{zlib.crc32(wish['requestId'].encode()):08x}"
    return {
        "createRequest": {**wish, "status": {"statusCode": "success"}},
        "entryPoints": [{"entryPointType": "video", "uri": f"https://meet.google.com/{code}"}],
        "conferenceSolution": {"key": {"type": "hangoutsMeet"}, "name": "Google Meet"},
        "conferenceId": code,
    }
