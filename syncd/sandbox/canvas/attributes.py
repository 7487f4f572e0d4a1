"""An event's writable attributes: which a request may set, how they are read, which values are refused.

What dates then do to each other stands in `dates.py`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from syncd.sandbox.canvas import errors
from syncd.sandbox.canvas.params import flag, text
from syncd.sandbox.canvas.sanitise import made_relative, sanitised
from syncd.sandbox.canvas.zones import cast_moment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from syncd.sandbox.canvas.world import World

TEXTS = {
    "title": "title",
    "location_name": "location_name",
    "location_address": "location_address",
    "time_zone_edited": "zone",
    "comments": "comments",
    "series_uuid": "series_uuid",
    "cancel_reason": "cancel_reason",
}
"""Parameter to attribute; all other parameters are dropped silently or read elsewhere."""

FLAGS = ("important_dates", "blackout_date")
STRING_LIMIT = 255
DESCRIPTION_LIMIT = 500 * 1024 - 1


def read_attributes(world: World, params: Mapping[str, Any], zone: ZoneInfo, host: str) -> dict[str, Any]:
    """What a request wants to set, by attribute of `Event`; dates under `start`, `end` and `all_day`.

    Absent parameters are absent. Raises CanvasRefusal for values that validation refuses.
    """
    wanted: dict[str, Any] = {name: text(params[key]) for key, name in TEXTS.items() if key in params}
    wanted |= {name: flag(params[name]) for name in FLAGS if name in params}
    if "description" in params:
        raw = text(params["description"])
        wanted["description"] = None if raw is None else sanitised(made_relative(raw, host))
    for key, name in (("start_at", "start"), ("end_at", "end")):
        if key in params:
            wanted[name] = _moment(world, params[key], zone, key)
    if "all_day" in params:
        wanted["all_day"] = flag(params["all_day"])
    _validate(world, wanted)
    return wanted


def _moment(world: World, value: Any, zone: ZoneInfo, key: str) -> datetime | None:
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(microsecond=0)
    raw = text(value)
    if not raw:
        return None
    moment = cast_moment(raw, zone)
    if moment is None and world.switches.bad_event_dates_refused:
        raise errors.invalid(key, "invalid")
    return moment


def _validate(world: World, wanted: Mapping[str, Any]) -> None:
    for name, limit in (
        ("title", STRING_LIMIT),
        ("description", DESCRIPTION_LIMIT),
        ("comments", STRING_LIMIT),
    ):
        if len(wanted.get(name) or "") > limit:
            raise errors.invalid(name, "too_long")
    if world.switches.long_locations_crash:
        for name in ("location_name", "location_address"):
            if len(wanted.get(name) or "") > STRING_LIMIT:
                raise errors.crash(world.next_id("report"))
