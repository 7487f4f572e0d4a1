"""The state behind the simulator: calendars, accounts, quota, switches, clock, and all that was done.

Thread safe through `lock`, which every reader and writer holds for the length of one act. Rules of the API
live in the modules that use it.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from random import Random
from typing import TYPE_CHECKING

from syncd.sandbox.google.access import Access, Account, Caller
from syncd.sandbox.google.errors import not_found
from syncd.sandbox.google.listing import gone
from syncd.sandbox.google.quota import Quota
from syncd.sandbox.google.rows import Calendar, Deed, Row
from syncd.sandbox.google.switches import Switches

if TYPE_CHECKING:
    from collections.abc import Callable

SERVICE_ACCOUNT = "calendar-writer@sandbox.iam.gserviceaccount.com"
OWNER = "calendars@university.example"
ID_LETTERS = "0123456789abcdefghijklmnopqrstuv"


class World:
    """One Google, as far as calendars go.

    `clock` tells seconds since 1970; `advance` lets it run ahead. `service_account` stands behind access
    tokens that nobody granted (unless a switch forbids it). `deeds`: every effective write in order; `mails`
    counts what went out to guests and new readers.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.time,
        seed: int = 0,
        service_account: str = SERVICE_ACCOUNT,
    ) -> None:
        self.lock = threading.RLock()
        self.clock = clock
        self.service_account = service_account
        self.random = Random(seed)  # noqa: S311 - ids and shuffling, no secrets
        self.clear()

    def clear(self) -> None:
        """Start anew: no calendars, no tokens, all switches at their defaults."""
        with self.lock:
            self.ahead_s = 0.0
            self.switches = Switches()
            self.access = Access()
            self.quota = Quota()
            self.calendars: dict[str, Calendar] = {}
            self.subscriptions: dict[str, dict[str, str]] = {}
            self.deeds: list[Deed] = []
            self.mails: Counter[str] = Counter()
            self._stamp = 0
            self.add_account(Account(email=self.service_account, service=True))

    def now(self) -> float:
        """Seconds since 1970."""
        return self.clock() + self.ahead_s

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        with self.lock:
            self.ahead_s += seconds

    def stamp(self) -> int:
        """Milliseconds for a new version: never twice the same, even if the clock stands or goes back."""
        self._stamp = max(round(self.now() * 1000), self._stamp + 1)
        return self._stamp

    def new_id(self, length: int = 26) -> str:
        """An identifier as the server makes them."""
        return "".join(self.random.choices(ID_LETTERS, k=length))

    def add_account(self, account: Account) -> Account:
        """Make an account known."""
        with self.lock:
            self.access.accounts[account.email] = account
            return account

    def grant_token(self, token: str, email: str, scopes: str) -> None:
        """Put an access token of an account in circulation; scopes are separated by blanks."""
        with self.lock:
            account = self.access.accounts.get(email) or self.add_account(Account(email=email))
            caller = Caller(email=email, scopes=frozenset(scopes.split()), service=account.service)
            self.access.grant(token, caller)

    def stranger(self) -> Caller | None:
        """Who stands behind a token that nobody granted."""
        if not self.switches.accept_any_token:
            return None
        scopes = frozenset(self.switches.any_token_scopes.split())
        return Caller(email=self.service_account, scopes=scopes, service=True)

    def revoke_token(self, token: str) -> None:
        """Every request with this token is 401 from now on."""
        with self.lock:
            stranger = Caller(email=self.service_account, scopes=frozenset(), service=True)
            self.access.revoke_token(token, stranger)

    def revoke_account(self, email: str | None = None) -> None:
        """All tokens of an account (the service account by default) die, `/token` refuses new ones."""
        with self.lock:
            self.access.revoke_account(email or self.service_account)

    def restore_account(self, email: str | None = None) -> None:
        """The account can get new tokens again."""
        with self.lock:
            self.access.restore_account(email or self.service_account)

    def delete_keys(self, email: str | None = None) -> None:
        """Delete all keys of an account (the service account by default); tokens already given stay good."""
        with self.lock:
            self.access.accounts[email or self.service_account].keys.clear()

    def add_calendar(
        self,
        calendar_id: str | None = None,
        *,
        summary: str,
        time_zone: str = "UTC",
        owner: str = OWNER,
        writers: tuple[str, ...] = (),
        description: str = "",
        location: str = "",
    ) -> Calendar:
        """A calendar of `owner` that `writers` may write to; without an id the server makes one."""
        with self.lock:
            made = calendar_id or f"c_{self.new_id()}@group.calendar.google.com"
            calendar = Calendar(
                id=made,
                summary=summary,
                time_zone=time_zone,
                data_owner=owner,
                stamp=self.stamp(),
                description=description,
                location=location,
                acl={f"user:{owner}": "owner", **{f"user:{writer}": "writer" for writer in writers}},
            )
            self.calendars[made] = calendar
            return calendar

    def set_role(self, calendar_id: str, rule: str, role: str) -> None:
        """Change the ACL: `rule` is `default`, `user:x`, `group:x` or `domain:x`. All sync tokens die."""
        with self.lock:
            calendar = self.calendars[calendar_id]
            if role == "none":
                calendar.acl.pop(rule, None)
            else:
                calendar.acl[rule] = role
            calendar.sync_epoch += 1

    def grant_access(self, calendar_id: str, email: str, role: str = "writer") -> None:
        """Share a calendar with an account."""
        self.set_role(calendar_id, f"user:{email}", role)

    def revoke_access(self, calendar_id: str, email: str | None = None) -> None:
        """Stop sharing: the calendar is 404 for the account (the service account by default)."""
        self.set_role(calendar_id, f"user:{email or self.service_account}", "none")

    def visible(self, calendar_id: str, email: str) -> tuple[Calendar, str]:
        """A calendar and the caller's role on it. Raises ApiError (404)."""
        if calendar_id == "primary":
            calendar_id = email
        if calendar_id == email and email not in self.calendars:
            self.add_calendar(email, summary=email, owner=email)
        calendar = self.calendars.get(calendar_id)
        role = calendar.role_of(email) if calendar is not None else "none"
        if calendar is None or role == "none" or calendar_id in self.switches.lost_calendars:
            raise not_found()
        return calendar, role

    def gone(self, row: Row) -> bool:
        """Whether a deleted event can no longer be read."""
        return gone(row, self.switches, self.now())

    def record(self, kind: str, calendar: Calendar, by: str, before: Row | None, after: Row) -> None:
        """Store a version and remember who made it."""
        calendar.put(after)
        self.deeds.append(
            Deed(
                number=len(self.deeds) + 1,
                kind=kind,
                calendar=calendar.id,
                event=after.id,
                by=by,
                before=before,
                after=after,
            )
        )

    def events(self, calendar_id: str, *, deleted: bool = False) -> list[Row]:
        """Events of a calendar in order of creation, live ones only unless `deleted`."""
        with self.lock:
            rows = self.calendars[calendar_id].rows.values()
            return [row for row in rows if deleted or not row.cancelled]

    def writes(self, *, by: str | None = None, calendar: str | None = None) -> int:
        """How many effective writes there were."""
        with self.lock:
            return sum(
                1 for deed in self.deeds if by in (None, deed.by) and calendar in (None, deed.calendar)
            )

    def expire_sync_tokens(self, calendar_id: str) -> None:
        """All sync tokens of a calendar die: 410."""
        with self.lock:
            self.calendars[calendar_id].sync_epoch += 1

    def expire_page_tokens(self, calendar_id: str) -> None:
        """All page tokens of a calendar die."""
        with self.lock:
            self.calendars[calendar_id].page_epoch += 1
