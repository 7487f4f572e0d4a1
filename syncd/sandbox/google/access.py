"""Who calls: accounts, their access tokens and the scopes each method needs. No calendar roles here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from syncd.sandbox.google.errors import insufficient_scope, invalid_credentials, login_required

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    from syncd.sandbox.google.call import Params

PREFIX = "https://www.googleapis.com/auth/calendar"
TOKEN_LIFE_S = 3599

_WRITE = ("", ".events", ".events.owned", ".app.created")
_READ = (
    *_WRITE,
    ".readonly",
    ".events.readonly",
    ".events.owned.readonly",
    ".events.public.readonly",
    ".events.freebusy",
)
SCOPES: Mapping[str, tuple[str, ...]] = {
    "events.list": _READ,
    "events.get": _READ,
    "events.instances": _READ,
    "events.insert": _WRITE,
    "events.import": _WRITE,
    "events.quickAdd": _WRITE,
    "events.update": _WRITE,
    "events.patch": _WRITE,
    "events.delete": _WRITE,
    "events.move": ("", ".events", ".events.owned"),
    "calendars.get": ("", ".readonly", ".calendars", ".calendars.readonly", ".app.created"),
    "calendars.insert": ("", ".calendars", ".app.created"),
    "calendars.update": ("", ".calendars", ".app.created"),
    "calendars.patch": ("", ".calendars", ".app.created"),
    "calendars.delete": ("", ".calendars", ".app.created"),
    "calendars.clear": ("", ".calendars"),
    "acl.list": ("", ".acls", ".acls.readonly"),
    "acl.get": ("", ".acls", ".acls.readonly", ".readonly"),
    "acl.insert": ("", ".acls"),
    "acl.update": ("", ".acls"),
    "acl.patch": ("", ".acls"),
    "acl.delete": ("", ".acls"),
    "calendarList.list": ("", ".readonly", ".calendarlist", ".calendarlist.readonly"),
    "calendarList.get": ("", ".readonly", ".calendarlist", ".calendarlist.readonly", ".app.created"),
    "calendarList.insert": ("", ".calendarlist"),
    "calendarList.delete": ("", ".calendarlist", ".app.created"),
}
"""Scopes that allow a method, without the prefix; any one is enough."""
OWNED = frozenset({".events.owned", ".events.owned.readonly", ".app.created"})
"""Scopes good for the caller's own calendars only."""
PUBLIC = ".events.public.readonly"
FREE_BUSY = ".events.freebusy"


@dataclass(slots=True, kw_only=True)
class Account:
    """Somebody who can call.

    `keys`: public keys by their id, for signing assertions. `delegated`: scopes granted to a service account
    for acting as users of the domain.
    """

    email: str
    service: bool = False
    keys: dict[str, RSAPublicKey] = field(default_factory=dict)
    delegated: frozenset[str] = frozenset()
    revoked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The account behind one request. `service`: acting as itself, hence without attendees."""

    email: str
    scopes: frozenset[str]
    service: bool = False

    def require(self, method: str) -> None:
        """Raise ApiError (403) unless a scope allows the method."""
        if not self._granted(method):
            raise insufficient_scope()

    def _granted(self, method: str) -> set[str]:
        return {short for short in SCOPES[method] if PREFIX + short in self.scopes}

    def role(self, method: str, role: str, *, public: bool) -> str:
        """The role that a narrow scope leaves of the one on a calendar. Raises ApiError (403)."""
        granted = self._granted(method)
        if granted - OWNED - {PUBLIC, FREE_BUSY} or (role == "owner" and granted & OWNED):
            return role
        if PUBLIC in granted and public:
            return "reader"
        if FREE_BUSY in granted:
            return "freeBusyReader"
        raise insufficient_scope()


@dataclass(slots=True)
class Grant:
    """A token in circulation; `expires` in seconds since 1970, None: never."""

    caller: Caller
    expires: float | None = None
    revoked: bool = False


@dataclass(slots=True)
class Access:
    """Accounts by address and tokens by their text."""

    accounts: dict[str, Account] = field(default_factory=dict)
    grants: dict[str, Grant] = field(default_factory=dict)

    def grant(self, token: str, caller: Caller, expires: float | None = None) -> None:
        """Put a token in circulation."""
        self.grants[token] = Grant(caller, expires)

    def revoke_token(self, token: str, unknown: Caller) -> None:
        """From now on this token is 401, also one never seen before (`unknown`: whose it would be)."""
        self.grants.setdefault(token, Grant(unknown)).revoked = True

    def revoke_account(self, email: str) -> None:
        """All its tokens are 401 and it gets no new one."""
        if email in self.accounts:
            self.accounts[email].revoked = True
        for grant in self.grants.values():
            if grant.caller.email == email:
                grant.revoked = True

    def restore_account(self, email: str) -> None:
        """The account gets new tokens again; the old ones stay dead."""
        self.accounts[email].revoked = False

    def caller(
        self, headers: Mapping[str, str], params: Params, now: float, unknown: Caller | None
    ) -> Caller:
        """Whose token it is; `unknown` stands behind tokens nobody granted. Raises ApiError (401)."""
        token = token_of(headers, params)
        if token is None:
            raise login_required()
        grant = self.grants.get(token)
        if grant is None:
            if unknown is None or self._is_revoked(unknown.email):
                raise invalid_credentials()
            return unknown
        if grant.revoked or (grant.expires is not None and grant.expires <= now):
            raise invalid_credentials()
        return grant.caller

    def _is_revoked(self, email: str) -> bool:
        return email in self.accounts and self.accounts[email].revoked


def token_of(headers: Mapping[str, str], params: Params) -> str | None:
    """The bearer token of a request, from the header or the query."""
    kind, _, token = headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and token.strip():
        return token.strip()
    return params.text("oauth_token") or params.text("access_token")
