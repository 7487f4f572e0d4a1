"""The token's own user and profiles, and what the deployment tells about itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncd.sandbox.canvas.calls import Reply, reply
from syncd.sandbox.canvas.rights import is_admin_of

if TYPE_CHECKING:
    from syncd.sandbox.canvas.calls import Call
    from syncd.sandbox.canvas.model import User


def show_user(call: Call) -> Reply:
    """GET /users/:id."""
    return reply(_user(call, _readable(call)))


def show_profile(call: Call) -> Reply:
    """GET /users/:id/profile; `time_zone` is an IANA name."""
    person = _readable(call)
    profile = _user(call, person) | {
        "title": None,
        "bio": None,
        "primary_email": f"{person.login_id}@example.edu",
        "login_id": person.login_id,
        "integration_id": None,
        "time_zone": call.world.zone_of(person).key,
        "locale": person.locale,
        "calendar": {"ics": f"{call.base}/feeds/calendars/user_{person.id}.ics"},
    }
    return reply(profile)


def _readable(call: Call) -> User:
    person = call.person()
    if person is not call.user and not is_admin_of(call.world, call.user, call.world.root.id):
        raise call.refuse()
    return person


def _user(call: Call, person: User) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "sortable_name": person.name,
        "short_name": person.name,
        "locale": person.locale,
        "effective_locale": call.world.locale_of(person),
    }


def show_environment(call: Call) -> Reply:
    """GET /settings/environment (the path is unconfirmed)."""
    return reply({"calendar_contexts_limit": call.world.switches.calendar_contexts_limit})
