"""The ways into a reader's own calendar: addresses of the feed, its QR code, and the school's Google calendar."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, urlencode

import segno

from mapping.model import Target

_GOOGLE = "google"
_ADD = "https://calendar.google.com/calendar/r"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """``file``: the feed as the page links it. The rest is '' where the site's public address is not known."""

    file: str
    address: str = ""
    webcal: str = ""
    google: str = ""
    qr: str = ""
    """An SVG picture."""
    shared: tuple[str, ...] = ()
    """Addresses of the school's shared Google calendars."""


def subscription(
    *, root: str, base: str, school: str, language: str, targets: Iterable[Target]
) -> Subscription:
    """Of a school in a language. ``base``: the site's public address without a slash at its end, '' if unknown."""
    name = f"calendar/{quote(school)}.{quote(language)}.ics"
    shared = tuple(map(_shared, _calendar_ids(targets, school)))
    if not base:
        return Subscription(file=f"{root}{name}", shared=shared)
    address = f"{base}/{name}"
    webcal = f"webcal://{address.partition('://')[2]}"
    return Subscription(
        file=f"{root}{name}",
        address=address,
        webcal=webcal,
        google=f"{_ADD}?{urlencode({'cid': webcal})}",
        qr=_qr(address),
        shared=shared,
    )


def _calendar_ids(targets: Iterable[Target], school: str) -> list[str]:
    """Calendars for a school's readers: no office's."""
    found = (
        one.calendar_id
        for one in targets
        if one.kind == _GOOGLE and one.calendar_id and one.school == school and one.place == "school"
    )
    return list(dict.fromkeys(found))


def _shared(calendar_id: str) -> str:
    """The address that adds a calendar to the reader's own: Google names it there in Base64 without padding."""
    cid = base64.urlsafe_b64encode(calendar_id.encode()).decode().rstrip("=")
    return f"{_ADD}?{urlencode({'cid': cid})}"


@lru_cache(maxsize=256)
def _qr(text: str) -> str:
    """Without inline style, which the page forbids itself; colours are the stylesheet's."""
    out = io.BytesIO()
    segno.make(text, error="m").save(
        out, kind="svg", xmldecl=False, svgns=True, nl=False, omitsize=True, svgclass="qr", lineclass="dark"
    )
    return out.getvalue().decode()
