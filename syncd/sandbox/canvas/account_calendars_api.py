"""Account calendars: which there are, and whether people see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncd.sandbox.canvas.calls import Reply, reply
from syncd.sandbox.canvas.pages import numbered_page
from syncd.sandbox.canvas.params import flag
from syncd.sandbox.canvas.rights import has_right, is_associated, may_read_account_calendar

if TYPE_CHECKING:
    from syncd.sandbox.canvas.calls import Call
    from syncd.sandbox.canvas.model import Account


def list_my_account_calendars(call: Call) -> Reply:
    """GET /account_calendars: visible ones that concern the caller, wrapped and counted."""
    active = [account for account in call.world.accounts.values() if account.state == "active"]
    rows = [a for a in active if a.calendar_visible and is_associated(call.world, call.user, a)]
    page = numbered_page(call, rows)
    shown = [_calendar(call, account) for account in page.rows]
    answer = reply({"account_calendars": shown, "total_results": len(rows)})
    answer.headers = page.headers
    return answer


def list_account_calendars(call: Call) -> Reply:
    """GET /accounts/:id/account_calendars: the account and its first-level children, a bare list."""
    account = call.account(right="manage_account_calendar_visibility")
    children = [a for a in call.world.accounts.values() if a.parent_id == account.id and a.state == "active"]
    page = numbered_page(call, [account, *children])
    answer = reply([_calendar(call, one) for one in page.rows])
    answer.headers = page.headers
    return answer


def show_account_calendar(call: Call) -> Reply:
    """GET /account_calendars/:id."""
    account = call.account()
    if not may_read_account_calendar(call.world, call.user, account):
        raise call.refuse()
    return reply(_calendar(call, account))


def update_account_calendar(call: Call) -> Reply:
    """PUT /account_calendars/:id with `visible` and `auto_subscribe`."""
    account = call.account(right="manage_account_calendar_visibility")
    if "visible" in call.params:
        account.calendar_visible = flag(call.params["visible"])
    if "auto_subscribe" in call.params:
        account.auto_subscribe = flag(call.params["auto_subscribe"])
    return reply(_calendar(call, account))


def _calendar(call: Call, account: Account) -> dict[str, Any]:
    writes = has_right(call.world, call.user, account.id, "manage_account_calendar_events")
    return {
        "id": account.id,
        "name": account.name,
        "parent_account_id": account.parent_id,
        "root_account_id": account.root_id,
        "visible": account.calendar_visible,
        "auto_subscribe": account.auto_subscribe,
        "sub_account_count": sum(one.parent_id == account.id for one in call.world.accounts.values()),
        "asset_string": f"account_{account.id}",
        "type": "account",
        "calendar_event_url": f"{call.base}/accounts/{account.id}/calendar_events/{{{{ id }}}}",
        "can_create_calendar_events": writes,
        "create_calendar_event_url": f"{call.base}/accounts/{account.id}/calendar_events",
        "new_calendar_event_url": f"{call.base}/accounts/{account.id}/calendar_events/new",
    }
