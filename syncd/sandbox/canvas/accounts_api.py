"""Accounts, their terms, sub-accounts and permissions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncd.sandbox.canvas import errors
from syncd.sandbox.canvas.calls import Reply, reply
from syncd.sandbox.canvas.contexts import find_term
from syncd.sandbox.canvas.pages import numbered_page
from syncd.sandbox.canvas.params import flag, listed
from syncd.sandbox.canvas.rights import has_right, is_admin_of
from syncd.sandbox.canvas.zones import text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syncd.sandbox.canvas.calls import Call
    from syncd.sandbox.canvas.model import Account, Term


def account_json(call: Call, account: Account) -> dict[str, Any]:
    """An account; SIS ids only for those who may read them."""
    shown: dict[str, Any] = {
        "id": account.id,
        "name": account.name,
        "workflow_state": account.state,
        "parent_account_id": account.parent_id,
        "root_account_id": None if account.parent_id is None else account.root_id,
        "uuid": f"account-{account.id}",
        "default_time_zone": account.default_zone,
    }
    if has_right(call.world, call.user, account.id, "read_sis"):
        shown |= {"sis_account_id": account.sis_id, "integration_id": None}
    return shown


def list_accounts(call: Call) -> Reply:
    """GET /accounts: those in which the caller has a role."""
    rows = [a for a in call.world.accounts.values() if a.id in call.user.roles and a.state == "active"]
    page = numbered_page(call, rows)
    answer = reply([account_json(call, account) for account in page.rows])
    answer.headers = page.headers
    return answer


def show_account(call: Call) -> Reply:
    """GET /accounts/:id."""
    account = call.account()
    if not is_admin_of(call.world, call.user, account.id):
        raise call.refuse()
    return reply(account_json(call, account))


def list_sub_accounts(call: Call) -> Reply:
    """GET /accounts/:id/sub_accounts, `recursive` for all below."""
    account = call.account(right="manage_account_settings")
    below = call.world.accounts_below(account.id) - {account.id}
    rows = [call.world.accounts[number] for number in sorted(below)]
    if not flag(call.params.get("recursive")):
        rows = [row for row in rows if row.parent_id == account.id]
    page = numbered_page(call, rows)
    answer = reply([account_json(call, row) for row in page.rows])
    answer.headers = page.headers
    return answer


def show_account_permissions(call: Call) -> Reply:
    """GET /accounts/:id/permissions?permissions[]=..., for any account that exists."""
    account = call.account()
    return reply(_permissions(call, account.id))


def show_course_permissions(call: Call) -> Reply:
    """GET /courses/:id/permissions?permissions[]=..., account roles alone."""
    return reply(_permissions(call, call.course().account_id))


def _permissions(call: Call, account_id: int) -> Mapping[str, bool]:
    asked = listed(call.params.get("permissions"))
    return {right: has_right(call.world, call.user, account_id, right) for right in asked}


def term_json(call: Call, term: Term) -> dict[str, Any]:
    """A term; its SIS id only for those who may read it."""
    shown: dict[str, Any] = {
        "id": term.id,
        "name": term.name,
        "start_at": text_of(term.start_at),
        "end_at": text_of(term.end_at),
        "created_at": text_of(term.created_at),
        "workflow_state": term.state,
        "grading_period_group_id": None,
    }
    if has_right(call.world, call.user, term.root_id, "read_sis"):
        shown |= {"sis_term_id": term.sis_id, "sis_import_id": None}
    return shown


def list_terms(call: Call) -> Reply:
    """GET /accounts/:root/terms, the latest start first."""
    account = _root(call)
    states = set(listed(call.params.get("workflow_state")) or ["active"])
    rows = [
        t
        for t in call.world.terms.values()
        if t.root_id == account.id and (t.state in states or "all" in states)
    ]
    rows.sort(
        key=lambda term: (term.start_at is not None, term.start_at, -term.id) if term.start_at else (False,),
        reverse=True,
    )
    page = numbered_page(call, rows)
    overrides = "overrides" in listed(call.params.get("include"))
    extra: dict[str, Any] = {"overrides": {}} if overrides else {}
    answer = reply({"enrollment_terms": [term_json(call, term) | extra for term in page.rows]})
    answer.headers = page.headers
    return answer


def show_term(call: Call) -> Reply:
    """GET /accounts/:root/terms/:id."""
    _root(call)
    term = find_term(call.world, call.route["term"])
    if term is None:
        raise errors.not_found()
    return reply(term_json(call, term))


def _root(call: Call) -> Account:
    account = call.account()
    if account.parent_id is not None:
        raise errors.with_message("Terms only belong to root_accounts.")
    if not is_admin_of(call.world, call.user, account.id):
        raise call.refuse()
    return account
