"""Calendars, their ACLs and the caller's list of them: what a set-up script or a preflight needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncd.sandbox.google.body import check_zone, merge_patch
from syncd.sandbox.google.call import Answer, json_answer
from syncd.sandbox.google.errors import condition_not_met, forbidden, invalid, not_found, required
from syncd.sandbox.google.rows import ROLES, Calendar, etag_of
from syncd.sandbox.google.selector import select

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from syncd.sandbox.google.context import Context

Json = dict[str, Any]
SCOPE_TYPES = ("default", "user", "group", "domain")


def _answer(context: Context, content: Json) -> Answer:
    return json_answer(select(context.selection, content), headers=(("etag", content["etag"]),))


def _resource(calendar: Calendar) -> Json:
    shown = {
        "kind": "calendar#calendar",
        "etag": calendar.etag,
        "id": calendar.id,
        "summary": calendar.summary,
        "description": calendar.description,
        "location": calendar.location,
        "timeZone": calendar.time_zone,
        "dataOwner": calendar.data_owner if calendar.id != calendar.data_owner else "",
    }
    return {name: value for name, value in shown.items() if value != ""}


def get(context: Context) -> Answer:
    """The calendar resource."""
    calendar, _ = context.calendar()
    return _answer(context, _resource(calendar))


def insert(context: Context) -> Answer:
    """A secondary calendar owned by the caller, with an id made here."""
    body = context.body
    if not body.get("summary"):
        raise required("Missing title.")
    calendar = context.world.add_calendar(
        summary=body["summary"],
        time_zone=check_zone(body.get("timeZone", "UTC")),
        owner=context.caller.email,
        description=body.get("description", ""),
        location=body.get("location", ""),
    )
    context.world.subscriptions.setdefault(context.caller.email, {})[calendar.id] = "owner"
    return _answer(context, _resource(calendar))


def _change(context: Context, body: Json) -> Answer:
    calendar, _ = context.calendar("owner")
    if context.if_match not in (None, "*", calendar.etag):
        raise condition_not_met()
    if not body.get("summary"):
        raise required("Missing title.")
    before = _resource(calendar)
    calendar.summary = body["summary"]
    calendar.description = body.get("description", "")
    calendar.location = body.get("location", "")
    calendar.time_zone = check_zone(body.get("timeZone", calendar.time_zone))
    if _resource(calendar) != before:
        calendar.stamp = context.world.stamp()
    return _answer(context, _resource(calendar))


def update(context: Context) -> Answer:
    """Replace the calendar's own fields."""
    return _change(context, context.body)


def patch(context: Context) -> Answer:
    """Merge into the calendar's own fields."""
    calendar, _ = context.calendar()
    return _change(context, merge_patch(_resource(calendar), context.body))


def delete(context: Context) -> Answer:
    """A secondary calendar with all its events."""
    calendar, _ = context.calendar("owner")
    if calendar.id == context.caller.email:
        raise invalid("Cannot delete a primary calendar.")
    del context.world.calendars[calendar.id]
    return Answer(status=204)


def clear(context: Context) -> Answer:
    """Only primary calendars can be cleared; the simulator does not do that."""
    context.calendar("owner")
    raise invalid("Cannot clear this calendar.")


def _rule(calendar: Calendar, rule: str) -> Json:
    kind, _, value = rule.partition(":")
    scope = {"type": kind, "value": value} if value else {"type": kind}
    etag = etag_of(calendar.stamp + calendar.sync_epoch)
    return {"kind": "calendar#aclRule", "etag": etag, "id": rule, "scope": scope, "role": calendar.acl[rule]}


def acl_list(context: Context) -> Answer:
    """All rules."""
    calendar, _ = context.calendar("writer")
    content = {
        "kind": "calendar#acl",
        "etag": etag_of(calendar.stamp + calendar.sync_epoch),
        "items": [_rule(calendar, rule) for rule in calendar.acl],
    }
    return _answer(context, content)


def acl_get(context: Context) -> Answer:
    """One rule."""
    calendar, _ = context.calendar("writer")
    if context.names[1] not in calendar.acl:
        raise not_found()
    return _answer(context, _rule(calendar, context.names[1]))


def _set_rule(context: Context, rule: str, role: object) -> Answer:
    calendar, _ = context.calendar("owner")
    if role not in ROLES:
        raise invalid("Invalid role.")
    context.world.set_role(calendar.id, rule, str(role))
    if context.call.params.flag("sendNotifications") is not False and rule.startswith(("user:", "group:")):
        context.world.mails["readers"] += 1
    return _answer(context, _rule(calendar, rule))


def acl_insert(context: Context) -> Answer:
    """Share; tells the grantee by mail unless sendNotifications=false."""
    scope = context.body.get("scope")
    if not isinstance(scope, dict) or scope.get("type") not in SCOPE_TYPES:
        raise required("Missing or invalid scope.")
    rule = scope["type"] if scope["type"] == "default" else f"{scope['type']}:{scope.get('value', '')}"
    return _set_rule(context, rule, context.body.get("role"))


def acl_change(context: Context) -> Answer:
    """Another role for a rule."""
    calendar, _ = context.calendar("owner")
    if context.names[1] not in calendar.acl:
        raise not_found()
    if context.if_match not in (None, "*", _rule(calendar, context.names[1])["etag"]):
        raise condition_not_met()
    return _set_rule(context, context.names[1], context.body.get("role", calendar.acl[context.names[1]]))


def acl_delete(context: Context) -> Answer:
    """Stop sharing."""
    calendar, _ = context.calendar("owner")
    if context.names[1] not in calendar.acl:
        raise not_found()
    if context.names[1] == f"user:{calendar.data_owner}":
        raise forbidden()
    context.world.set_role(calendar.id, context.names[1], "none")
    return Answer(status=204)


def _entry(context: Context, calendar: Calendar, role: str) -> Json:
    content = _resource(calendar) | {"kind": "calendar#calendarListEntry", "accessRole": role}
    content["etag"] = etag_of(calendar.stamp + 1)
    if calendar.id == context.caller.email:
        content["primary"] = True
    return content | {"selected": True, "defaultReminders": []}


def list_all(context: Context) -> Answer:
    """The caller's subscriptions: sharing alone adds nothing, so a service account sees an empty list."""
    mine = context.world.subscriptions.get(context.caller.email, {})
    entries = []
    for name in mine:
        calendar = context.world.calendars.get(name)
        role = calendar.role_of(context.caller.email) if calendar is not None else "none"
        if calendar is not None and role != "none":
            entries.append(_entry(context, calendar, role))
    stamp = max((calendar.stamp for calendar in context.world.calendars.values()), default=0)
    return _answer(context, {"kind": "calendar#calendarList", "etag": etag_of(stamp), "items": entries})


def list_get(context: Context) -> Answer:
    """One subscription."""
    if context.names[0] not in context.world.subscriptions.get(context.caller.email, {}):
        raise not_found()
    return _answer(context, _entry(context, *context.calendar()))


def list_insert(context: Context) -> Answer:
    """Subscribe to a calendar that the caller can see."""
    name = context.body.get("id")
    if not isinstance(name, str):
        raise required("Missing calendar id.")
    calendar, role = context.calendar(name=name)
    context.world.subscriptions.setdefault(context.caller.email, {})[calendar.id] = role
    return _answer(context, _entry(context, calendar, role))


def list_delete(context: Context) -> Answer:
    """Unsubscribe; the data owner cannot."""
    mine = context.world.subscriptions.get(context.caller.email, {})
    if context.names[0] not in mine:
        raise not_found()
    calendar, _ = context.calendar()
    if calendar.data_owner == context.caller.email:
        raise forbidden()
    del mine[calendar.id]
    return Answer(status=204)


METHODS: Mapping[str, Callable[[Context], Answer]] = {
    "calendars.get": get,
    "calendars.insert": insert,
    "calendars.update": update,
    "calendars.patch": patch,
    "calendars.delete": delete,
    "calendars.clear": clear,
    "acl.list": acl_list,
    "acl.get": acl_get,
    "acl.insert": acl_insert,
    "acl.update": acl_change,
    "acl.patch": acl_change,
    "acl.delete": acl_delete,
    "calendarList.list": list_all,
    "calendarList.get": list_get,
    "calendarList.insert": list_insert,
    "calendarList.delete": list_delete,
}
"""Methods by name."""
