"""Accounts, sub-accounts and enrollment terms, asked through canvasapi and remembered for one pass.

They are few, so the cost of canvasapi's objects does not matter here; events never go this way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from connectors.canvas.client import CanvasClient
from connectors.canvas.failures import Call
from connectors.errors import AccessDeniedError, MalformedResponseError, MissingTermError, NotFoundError

_SIS = "sis_account_id:"
_SIS_TERM = "sis_term_id:"
_TERMS_SHOWN = 6
_AWKWARD = set("/?#%\\")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountName:
    """An account: its number, names, and the root account it belongs to (its own number for the root)."""

    id: int
    name: str
    root: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrollmentTerm:
    """A term of Canvas as a target refers to it; campus time, None where Canvas has no dates."""

    reference: str
    id: int
    name: str
    start: datetime | None
    end: datetime | None


class UnknownTermError(MissingTermError):
    """Canvas has no enrollment term of the name that the targets file gives."""

    advice = "Name one of these in the targets file."

    def __init__(self, reference: str, known: Sequence[str]) -> None:
        self.reference = self.term = reference
        shown = ", ".join(known[:_TERMS_SHOWN]) or "no term at all"
        more = f" and {len(known) - _TERMS_SHOWN} more" if len(known) > _TERMS_SHOWN else ""
        super().__init__(
            f"there is no enrollment term {reference}; Canvas has {shown}{more}.", operation="list terms"
        )


class Accounts:
    """Asks for accounts by number, ``self`` or ``sis_account_id:X``, each once."""

    def __init__(self, client: CanvasClient) -> None:
        self._client = client
        self._named: dict[str, AccountName] = {}
        self._names: dict[str, set[str]] | None = None

    def named(self, reference: str) -> AccountName:
        """The account of a reference."""
        if reference not in self._named:
            call = Call(operation="read account")
            if reference == "self":  # canvasapi has no way to ask for it
                self._named[reference] = _from_json(self._client.get("accounts/self", (), call).data, call)
            else:
                self._named[reference] = self._client.ask(lambda canvas: _account(canvas, reference), call)
        return self._named[reference]

    def root(self) -> int | None:
        """Number of the token's root account; None where the token belongs to no account's admin."""
        try:
            return self.named("self").root
        except (AccessDeniedError, NotFoundError):
            mine = self._client.ask(
                lambda canvas: list(canvas.get_accounts()), Call(operation="list accounts")
            )
            return min((_named(account).root for account in mine), default=None)

    def terms(self, account: str, references: tuple[str, ...], zone: ZoneInfo) -> list[EnrollmentTerm]:
        """Terms of the account's root, dates in the zone. Raises `UnknownTermError`."""
        root = self.named(account).root
        call = Call(operation="list terms")
        listed = self._client.ask(lambda canvas: list(canvas.get_account(root).get_enrollment_terms()), call)
        return [_term_named(reference, listed, zone) for reference in references]

    def names_of(self, account_id: str) -> set[str]:
        """Name and SIS id of an account below the token's root; empty where the token may not list them."""
        if self._names is None:
            self._names = self._all_names()
        return self._names.get(account_id, set())

    def _all_names(self) -> dict[str, set[str]]:
        root = self.named("self").root
        call = Call(operation="list sub-accounts")
        try:
            listed = self._client.ask(
                lambda canvas: list(canvas.get_account(root).get_subaccounts(recursive=True)), call
            )
        except (AccessDeniedError, NotFoundError):
            return {}
        return {
            str(one.id): {str(value) for value in (getattr(one, "name", ""), _sis_of(one)) if value}
            for one in listed
        }


def path_reference(reference: str) -> str:
    """A reference as part of a path; SIS ids with characters that a path cannot hold go as hex."""
    kind, _, value = reference.partition(":")
    if value and set(value) & _AWKWARD:
        return f"hex:{kind}:{value.encode().hex()}"
    return quote(reference, safe=":")


def _account(canvas: Any, reference: str) -> AccountName:
    """Ask canvasapi for an account: it takes SIS ids bare, with a flag of their own."""
    if reference.startswith(_SIS):
        return _named(canvas.get_account(quote(reference.removeprefix(_SIS), safe=""), use_sis_id=True))
    return _named(canvas.get_account(int(reference)))


def _named(account: Any) -> AccountName:
    root = getattr(account, "root_account_id", None) or account.id
    return AccountName(id=int(account.id), name=str(getattr(account, "name", "")), root=int(root))


def _from_json(raw: Any, call: Call) -> AccountName:
    if not isinstance(raw.get("id"), int):
        raise MalformedResponseError("the account has no id.", operation=call.operation)
    root = raw.get("root_account_id") or raw["id"]
    return AccountName(id=raw["id"], name=str(raw.get("name") or ""), root=int(root))


def _sis_of(account: Any) -> str:
    return str(getattr(account, "sis_account_id", None) or "")


def _term_named(reference: str, listed: list[Any], zone: ZoneInfo) -> EnrollmentTerm:
    wanted = reference.removeprefix(_SIS_TERM)
    by_sis = reference.startswith(_SIS_TERM)
    for term in listed:
        raw = getattr(term, "sis_term_id", None) if by_sis else term.id
        if str(raw) == wanted:
            return EnrollmentTerm(
                reference=reference,
                id=int(term.id),
                name=str(getattr(term, "name", "")),
                start=_moment(term, "start_at", zone),
                end=_moment(term, "end_at", zone),
            )
    raise UnknownTermError(reference, [_words_of(term) for term in listed])


def _words_of(term: Any) -> str:
    """A term as a targets file may name it: SIS id, else number."""
    sis = getattr(term, "sis_term_id", None)
    return f"{_SIS_TERM}{sis}" if sis else str(term.id)


def _moment(term: Any, name: str, zone: ZoneInfo) -> datetime | None:
    raw = getattr(term, name, None)
    return datetime.fromisoformat(raw).astimezone(zone) if isinstance(raw, str) and raw else None
