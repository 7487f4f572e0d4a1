"""The school calendars that the demo and the tests start from."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from syncd.sandbox.google.world import World

ZONE = "Asia/Almaty"
SCHOOLS = {
    "law": "School of Law",
    "economics": "School of Economics",
    "humanities": "School of Liberal Arts",
    "journalism": "International School of Journalism",
}
"""Name of the calendar's address to its title."""


def calendar_id(school: str) -> str:
    """Address of a school's calendar."""
    return f"{school}@group.calendar.google.com"


def seed_university(world: World, *, zone: str = ZONE) -> list[str]:
    """Four empty school calendars that the service account may write to; the answer is their ids."""
    with world.lock:
        for school, title in SCHOOLS.items():
            world.add_calendar(
                calendar_id(school),
                summary=title,
                time_zone=zone,
                writers=(world.service_account,),
            )
    return [calendar_id(school) for school in SCHOOLS]
