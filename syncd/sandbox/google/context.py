"""What a method of the API gets to see of its call, and the few steps that all of them share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from syncd.sandbox.google.errors import required_access_level
from syncd.sandbox.google.rows import Calendar, at_least

if TYPE_CHECKING:
    from syncd.sandbox.google.access import Caller
    from syncd.sandbox.google.call import Call
    from syncd.sandbox.google.selector import Selection
    from syncd.sandbox.google.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """A call that passed credentials, scopes and quota.

    `method`: for example events.list. `names`: the variable parts of its path, decoded.
    """

    world: World
    method: str
    call: Call
    caller: Caller
    names: tuple[str, ...]
    body: dict[str, Any]
    selection: Selection

    def calendar(self, needed: str = "freeBusyReader", *, name: str | None = None) -> tuple[Calendar, str]:
        """The calendar in the path (or `name`) and the caller's role. Raises ApiError (403, 404)."""
        calendar, role = self.world.visible(name or self.names[0], self.caller.email)
        role = self.caller.role(
            self.method, role, public=at_least(calendar.acl.get("default", "none"), "reader")
        )
        if not at_least(role, needed):
            raise required_access_level(needed)
        return calendar, role

    @property
    def if_match(self) -> str | None:
        """The version that a write is meant for."""
        return self.call.headers.get("if-match")
