"""What a token may do at a target, asked before anything is written, in plain words for an administrator.

Every line answers one question: who we are, which contexts the target names, which rights are there, and
whether people can see what would be written. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from connectors.canvas.accounts import path_reference
from connectors.canvas.client import CanvasClient
from connectors.canvas.discovery import Discoverer
from connectors.canvas.failures import Call
from connectors.canvas.reading import Reader
from connectors.errors import AccessDeniedError, ConnectorError, NotFoundError, offset_words
from connectors.port import AccessFinding, Discovery, Observation, Severity
from connectors.registry import is_course
from mapping.model import Context, ObservedEvent, Target

_COURSE_RIGHTS = ("manage_calendar", "read_course_content")
_SWEEP_RIGHTS = (*_COURSE_RIGHTS, "read_course_list", "read_sis")
_WISHED = frozenset({"read_sis"})
"""Rights without which only conveniences are missing."""
_CALENDAR_RIGHT = "manage_account_calendar_events"
_READ_PROBES = 10
"""Courses read as a test, at most: they fit one list."""


class Checker:
    """Answers for one target at a time."""

    def __init__(self, client: CanvasClient, reader: Reader, *, profile_zone: str, zone: ZoneInfo) -> None:
        self._client = client
        self._reader = reader
        self._profile_zone = profile_zone
        self._zone = zone
        self._discoverer = Discoverer(client)
        self._subscribed_by_hand = False

    def check(self, target: Target) -> Iterator[AccessFinding]:
        """All lines for a target."""
        yield self._profile(target)
        if target.account:
            yield from self._rights(target, target.account, _SWEEP_RIGHTS)
        discovery = next(self._discoverer.discover([target]))
        yield from self._contexts(target, discovery)
        courses = [context for context in discovery.contexts if is_course(context.id)]
        if target.courses and not target.account:
            yield from self._rights_in_courses(target)
        yield from self._readable(target, courses[:_READ_PROBES])
        if target.account and target.enrollment_terms:
            yield from self._terms(target)
        for context in discovery.contexts:
            if context.id.startswith("account_"):
                yield from self._account_calendar(target, context)

    def _profile(self, target: Target) -> AccessFinding:
        words = f"the token's user has the time zone {self._profile_zone or 'unknown'}"
        if self._profile_zone != self._zone.key:
            words += f", the campus {self._zone.key}: no harm, dates are written in the campus zone"
        return _ok(target, f"{words}.")

    def _rights(self, target: Target, account: str, rights: Sequence[str]) -> Iterator[AccessFinding]:
        try:
            granted = self._ask_rights(f"accounts/{path_reference(account)}/permissions", rights)
        except ConnectorError as error:
            yield _problem(target, f"the rights in account {account} cannot be asked: {error}")
            return
        yield from _missing(target, f"account {account}", granted, rights)

    def _rights_in_courses(self, target: Target) -> Iterator[AccessFinding]:
        """The rights in the accounts of listed courses; a teacher's token is in none, which is no fault."""
        accounts: dict[str, int] = {}
        for number in target.courses:
            try:
                accounts.setdefault(str(self._discoverer.course(number).get("account_id")), number)
            except ConnectorError:
                continue
        for account, number in accounts.items():
            try:
                granted = self._ask_rights(f"accounts/{account}/permissions", _COURSE_RIGHTS)
            except ConnectorError:
                granted = {}
            if granted.get("manage_calendar"):
                yield _ok(target, f"the token may write calendars in account {account}.")
            else:
                yield _warning(
                    target,
                    f"the token has no manage_calendar in account {account} (course {number}): "
                    "that is enough only if its user is a teacher there.",
                )

    def _ask_rights(self, path: str, rights: Sequence[str]) -> dict[str, bool]:
        params = [("permissions[]", right) for right in rights]
        granted = self._client.get(path, params, Call(operation="read permissions")).data
        return {right: granted.get(right) is True for right in rights}

    def _contexts(self, target: Target, discovery: Discovery) -> Iterator[AccessFinding]:
        for error in discovery.errors:
            yield _problem(target, str(error))
        count = len(discovery.contexts)
        if count == 0 and not discovery.errors:
            yield _problem(target, "nothing was found: no course or account calendar fits this target.")
        elif count:
            yield _ok(target, f"{count:,} calendar{'' if count == 1 else 's'} found.")
        for context in discovery.contexts:
            state = "" if context.id.startswith("account_") else _state(context)
            yield _ok(target, f"{context.id} {context.name}{state}")

    def _readable(self, target: Target, courses: Sequence[Context]) -> Iterator[AccessFinding]:
        if not courses:
            return
        ours: list[tuple[Context, ObservedEvent]] = []
        for context, outcome in self._reader.read(courses, {}, {}):
            if isinstance(outcome, ConnectorError):
                yield _problem(target, f"{context.id} {context.name} cannot be read: {outcome}")
            elif isinstance(outcome, Observation):
                ours += [(context, event) for event in outcome.events if event.genuine and event.offset]
        yield from _zone_rules(target, ours)

    def _terms(self, target: Target) -> Iterator[AccessFinding]:
        try:
            terms = self._discoverer.accounts.terms(target.account, target.enrollment_terms, self._zone)
        except ConnectorError as error:
            yield _warning(target, f"the terms of Canvas cannot be compared: {error}")
            return
        for term in terms:
            if term.start is None or term.end is None:
                yield _warning(
                    target,
                    f"the Canvas term {term.reference} ({term.name}) has no dates to compare: "
                    "make sure by hand that it is the term meant.",
                )
            else:
                yield _ok(
                    target,
                    f"the Canvas term {term.reference} ({term.name}) lasts "
                    f"{term.start:%Y-%m-%d} to "
                    f"{term.end:%Y-%m-%d}.",
                )

    def _account_calendar(self, target: Target, context: Context) -> Iterator[AccessFinding]:
        account = context.id.removeprefix("account_")
        yield from self._rights(target, account, (_CALENDAR_RIGHT,))
        visible = self._visible(account)
        if visible is None:
            yield _warning(target, f"it cannot be told whether people see the calendar of {context.name}.")
        elif visible:
            yield _ok(target, f"the calendar of {context.name} is visible to people.")
            if self._subscribed_by_hand:
                yield _warning(
                    target,
                    f"people see the calendar of {context.name} only after adding it: its subscription is manual. "
                    'In Canvas, Admin, "Account Calendars", choose "Auto subscribe" where everyone should see it.',
                )
        else:
            yield _problem(
                target,
                f"the calendar of {context.name} ({context.id}) is hidden: nobody would see its events. "
                "Make it visible in the account's settings.",
            )

    def _visible(self, account: str) -> bool | None:
        """Whether people see the calendar; None where the token may not know."""
        call = Call(operation="read account calendars")
        try:
            listed = self._client.get(f"accounts/{account}/account_calendars", (), call, shape=list).data
        except (AccessDeniedError, NotFoundError):
            return self._visible_to_us(account)
        except ConnectorError:
            return None
        for row in listed:
            if isinstance(row, dict) and str(row.get("id")) == account:
                self._subscribed_by_hand = row.get("auto_subscribe") is False
                return row.get("visible") is True
        return None

    def _visible_to_us(self, account: str) -> bool | None:
        call = Call(operation="read account calendars")
        try:
            calendars = self._client.get("account_calendars", [("per_page", "100")], call).data
        except ConnectorError:
            return None
        listed = calendars.get("account_calendars")
        for row in listed if isinstance(listed, list) else []:
            if isinstance(row, dict) and str(row.get("id")) == account:
                self._subscribed_by_hand = row.get("auto_subscribe") is False
                return True
        return None


def _zone_rules(target: Target, ours: Sequence[tuple[Context, ObservedEvent]]) -> Iterator[AccessFinding]:
    """Our zone rules against those that Canvas applied to the event of ours that was saved last.

    The others may still lie as older rules put them.
    """
    if not ours:
        return
    context, event = max(ours, key=lambda one: one[1].stamp)
    offset = event.offset
    assert offset is not None  # noqa: S101 - the caller chose those that show one
    if not offset.differs:
        yield _ok(
            target, f"Canvas applies {offset_words(offset.ours)} on {offset.day}, as our zone rules do."
        )
        return
    yield _problem(
        target,
        f"on {offset.day} Canvas applies {offset_words(offset.theirs)} in {context.id}, where our zone rules say "
        f'{offset_words(offset.ours)}: "{event.title}" is seen at another hour or day than is meant. Bring the zone '
        "rules of whichever is older up to date, then `syncd retry`; until then nothing is repaired there.",
    )


def _missing(
    target: Target, where: str, granted: dict[str, bool], rights: Sequence[str]
) -> Iterator[AccessFinding]:
    lacking = [right for right in rights if not granted[right]]
    for right in lacking:
        words = f"the token lacks {right} in {where}."
        yield _warning(target, words) if right in _WISHED else _problem(target, words)
    if not lacking:
        yield _ok(target, f"the token has all rights it needs in {where}: {', '.join(rights)}.")


def _state(context: Context) -> str:
    published = "published" if context.published else "not published"
    return f" ({published}, about {context.students} students)"


def _ok(target: Target, message: str) -> AccessFinding:
    return AccessFinding(target=target.name, severity=Severity.OK, message=message)


def _warning(target: Target, message: str) -> AccessFinding:
    return AccessFinding(target=target.name, severity=Severity.WARNING, message=message)


def _problem(target: Target, message: str) -> AccessFinding:
    return AccessFinding(target=target.name, severity=Severity.PROBLEM, message=message)
