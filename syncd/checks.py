"""What `syncd check` finds out, as plain lines: data, days off, settings, targets, access, claims.

Asks and tells; writes nothing anywhere and prints nothing. What is found wrong in one place never hides
what is wrong in another.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from connectors.errors import ConnectorError, MissingTermError
from connectors.port import Connector, KnowsTerms, Severity, TellsTime
from mapping.comparison import (
    compare_years,
    foreign_years,
    foreign_years_of_document,
    looks_copied,
    own_years,
)
from mapping.document.types import LONG_TITLE
from mapping.drafts import first_term_day, unconfirmed_words
from mapping.errors import InvalidCalendarError
from mapping.model import AcademicYear, CanonicalCalendar, Context, Days, Kind, Target, Targets
from mapping.planning.claims import settle_claims
from mapping.routing import years_of
from mapping.rules import unsaid_words
from syncd.config.credentials import open_to_the_group
from syncd.config.env_file import early_calendar_folder, early_setting
from syncd.config.settings import UNIX, Settings, load_settings
from syncd.config.zone_data import in_use
from syncd.errors import RefusedError, SettingsError
from syncd.exits import DECIDE, FAILED, INVALID
from syncd.reconcile.binding import check_endpoint, check_owner
from syncd.reporting.english import counted, days
from syncd.reporting.horizon import horizon
from syncd.reporting.odd_hours import odd_hours
from syncd.reporting.preview import read_aloud, sample
from syncd.reporting.status import not_stored_lines
from syncd.source.folder import load_calendar, load_served
from syncd.source.holidays_check import compare_days_off
from syncd.state.store import State
from syncd.web.listener import folder_problem
from syncd.wiring import build_connectors, calendar_folder, load_site_targets, state_address, today_of

MOST_SKEW_S = 120.0
"""Seconds by which this machine's clock may differ from the services'."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One finding. ``code``: the exit code it calls for, 0 where it is no problem."""

    about: str
    severity: Severity
    message: str
    code: int = 0


@dataclass(slots=True)
class Check:
    """Goes as far as what is sound allows; every step yields lines and keeps what the next one needs."""

    settings: Settings | None = None
    calendar: CanonicalCalendar | None = None
    targets: Targets | None = None
    day: date | None = None
    """The day to pretend, in place of what the settings say."""
    connectors: dict[str, Connector] = field(default_factory=dict)
    _found: dict[str, tuple[Context, ...]] = field(default_factory=dict)
    _complete: bool = True

    def offline(self) -> Iterator[Line]:
        """Everything that needs no network."""
        yield from self._settings()
        yield from self._data()
        yield from self._targets()
        yield from self._hours()
        yield from self._connectors()

    def online(self) -> Iterator[Line]:
        """Each target's access, then what only all of them together show. After `offline`."""
        if self.targets is None or self.settings is None:
            return
        state = State.open_for_reading(state_address(self.settings))
        try:
            yield from self._binding(state, self.targets.owner)
            for target in self.targets.targets:
                if target.kind in self.connectors:
                    yield from self._access(self.connectors[target.kind], target)
            yield from self._claims(state)
            for line in not_stored_lines(state.events):
                yield _note("not stored", line.strip())
        finally:
            state.close()

    def close(self) -> None:
        for connector in self.connectors.values():
            connector.close()

    # --- without network --------------------------------------------------------------------------

    @property
    def questions(self) -> int:
        """Questions to the registrar in the years that were read, drafts included."""
        if self.calendar is None:
            return 0
        years = self.calendar.with_drafts().years.values()
        return sum(len(entry.review) for year in years for entry in year.entries)

    def _settings(self) -> Iterator[Line]:
        yield _ok("zones", f"the zone rules are those of {in_use()}.")
        try:
            settings = load_settings()
            self.settings = settings.model_copy(update={"today": self.day or settings.today})
        except SettingsError as error:
            yield from (_invalid("settings", problem) for problem in error.problems)
            return
        if self.settings.http_listen and not self.settings.page_hosts:
            yield _note(
                "settings",
                "SYNCD_HTTP_LISTEN is on and SYNCD_HTTP_HOSTS is not set, so the page is answered under any name. Name "
                "the hosts that people ask for it, such as calendar.example.edu: others then get 421.",
            )
        if self.settings.http_listen.startswith(UNIX):
            path = Path(self.settings.http_listen.removeprefix(UNIX))
            if problem := folder_problem(path):
                yield _invalid("settings", f"SYNCD_HTTP_LISTEN: {path} cannot be used ({problem}).")
        for path in open_to_the_group(self.settings):
            yield _note("settings", f"{path} can be read by its group; chmod 600 it unless that is meant.")

    def _data(self) -> Iterator[Line]:
        folder = early_calendar_folder()
        if not early_setting("CALENDAR_DIR"):
            yield _note(
                "calendar", "SYNCD_CALENDAR_DIR is not set, so this is about the calendar inside the package."
            )
        try:
            self.calendar, source = load_calendar(folder)
        except InvalidCalendarError as error:
            yield from (_invalid("calendar", str(problem)) for problem in error.problems)
            yield from _missing_file(tuple(map(str, error.problems)), folder)
            yield from self._without_unread_drafts(folder)
            return
        yield from _years(self.calendar)
        yield _ok(
            "calendar",
            f"{counted(len(source.files), 'file')} {'was' if len(source.files) == 1 else 'were'} read.",
        )
        yield from (_note("calendar", line) for line in horizon(self.calendar, self._today()))
        yield from (_note("calendar", f"{sentence}.") for sentence in self.calendar.taken)
        yield from self._days_off(self.calendar)
        yield from self._reading(self.calendar)

    def _reading(self, calendar: CanonicalCalendar) -> Iterator[Line]:
        """One entry as people will read it, in every place and language."""
        entry = sample(calendar)
        if entry is None:
            return
        for where, text in read_aloud(calendar, entry, self._today()):
            yield _ok("how it reads", f"{where}:\n{text}")
        yield _ok("how it reads", f"Others: syncd preview ENTRY; this was {entry.id}.")

    def _without_unread_drafts(self, folder: Path | None) -> Iterator[Line]:
        """Where only drafts are at fault, the rest is looked at all the same: it is what is served."""
        try:
            self.calendar, _ = load_served(folder)
        except InvalidCalendarError:
            return
        names = ", ".join(sorted(self.calendar.unread_drafts))
        yield _note("calendar", f"Only the draft {names} is concerned; the other years go on being served.")
        yield from _years(self.calendar)

    def _today(self) -> date:
        """The day asked for, else the clock's: a zone matters little to the end of a year."""
        given = self.settings.today if self.settings is not None else None
        return given or self.day or datetime.now(tz=UTC).date()

    def _days_off(self, calendar: CanonicalCalendar) -> Iterator[Line]:
        try:
            found = compare_days_off(calendar)
        except InvalidCalendarError as error:
            yield from (_invalid("days off", str(problem)) for problem in error.problems)
            return
        yield from (_note("days off", f"{difference}.") for difference in found)
        if not found and calendar.university.country:
            yield _ok("days off", "they agree with the holidays package.")

    def _targets(self) -> Iterator[Line]:
        if self.settings is None or self.calendar is None:
            return
        try:
            calendar_folder(self.settings)
        except SettingsError as error:
            yield from (_invalid("settings", problem) for problem in error.problems)
        if self.settings.targets_file is None and early_calendar_folder() is not None:
            yield _note(
                "targets",
                "SYNCD_TARGETS_FILE names no file, so nothing is published yet; targets.yaml beside the calendar "
                "shows what to say there.",
            )
            return
        try:
            self.targets = load_site_targets(self.settings, self.calendar)
        except SettingsError as error:
            yield from (_invalid("settings", problem) for problem in error.problems)
        except InvalidCalendarError as error:
            yield from (_invalid("targets", str(problem)) for problem in error.problems)
        else:
            owner, zone = self.targets.owner, self.targets.timezone
            count = counted(len(self.targets.targets), "target")
            yield _ok("targets", f"{count}, owner {owner}, zone {zone}.")

    def _hours(self) -> Iterator[Line]:
        """Times that a day does not have or has twice, in the zones of those who show them."""
        if self.calendar is None:
            return
        targets = self.targets.targets if self.targets is not None else ()
        for name, year in self.calendar.with_drafts().years.items():
            for said in odd_hours(self.calendar, year.entries, targets):
                yield _note("calendar", f"{name}: {said}")

    def _connectors(self) -> Iterator[Line]:
        """One kind after the other, so that every missing credential is told at once."""
        if self.settings is None or self.targets is None:
            return
        for kind in sorted({target.kind for target in self.targets.targets}):
            of_kind = tuple(target for target in self.targets.targets if target.kind == kind)
            only = replace(self.targets, targets=of_kind)
            try:
                self.connectors.update(build_connectors(self.settings, only, stop=threading.Event()))
            except SettingsError as error:
                yield from (_invalid("settings", problem) for problem in error.problems)

    # --- over the network ---------------------------------------------------------------------------

    def _binding(self, state: State, owner: str) -> Iterator[Line]:
        try:
            check_owner(state.ledger, owner)
        except RefusedError as error:
            yield _refused("state", str(error))
        for kind, connector in list(self.connectors.items()):
            try:
                account = connector.account()
            except ConnectorError as error:
                yield _failed(kind, str(error))
                self._complete = False
                del self.connectors[kind]
                continue
            user = f"; the credential is that of user {account.user}" if account.user else ""
            yield _ok(kind, f"{account.endpoint} answers{user}.")
            yield from _clock(kind, connector)
            try:
                check_endpoint(state.ledger, kind, account)
            except RefusedError as error:
                yield _refused("state", str(error))

    def _access(self, connector: Connector, target: Target) -> Iterator[Line]:
        if (wait := self._term_wait(connector, target)) is not None:
            yield _note(target.name, wait)
            self._complete = False
            return
        try:
            for finding in connector.check(target):
                code = FAILED if finding.severity == Severity.PROBLEM else 0
                yield Line(about=target.name, severity=finding.severity, message=finding.message, code=code)
            yield from self._terms(connector, target)
            discovery = next(iter(connector.discover([target])))
        except ConnectorError as error:
            yield _failed(target.name, str(error))
            self._complete = False
            return
        self._found[target.name] = discovery.contexts
        self._complete = self._complete and discovery.complete

    def _term_wait(self, connector: Connector, target: Target) -> str | None:
        """The sentence for a term that the service does not have yet and need not have; None otherwise."""
        if self.calendar is None or self.targets is None or self.settings is None:
            return None
        first = first_term_day(self.calendar, target)
        if not isinstance(connector, KnowsTerms) or first is None:
            return None
        try:
            connector.terms_of(target)
        except MissingTermError as error:
            if today_of(self.settings, self.targets)() < first:
                term = error.term.rpartition(":")[2]
                return f"waiting for term {term}, which begins on {first.isoformat()} in the calendar."
        except ConnectorError:
            pass
        return None

    def _terms(self, connector: Connector, target: Target) -> Iterator[Line]:
        """A service's own term must overlap the data's: courses of last year would be filled otherwise."""
        if self.calendar is None or not target.enrollment_terms or not isinstance(connector, KnowsTerms):
            return
        ours = list(terms_of_target(self.calendar, target))
        for term in connector.terms_of(target):
            if term.start is None or term.end is None or not ours:
                continue
            theirs = Days.inclusive(min(term.start.date(), term.end.date()), term.end.date())
            if not any(theirs.overlaps(one) for one in ours):
                known = ", ".join(days(one) for one in ours)
                yield _refused(
                    target.name,
                    f"the term {term.reference} ({term.name}) lasts {days(theirs)}, which has no day in common "
                    f"with {', '.join(target.terms) or 'the year'} in the data ({known}); "
                    "correct enrollment_term, year or terms in the targets file.",
                )

    def _claims(self, state: State) -> Iterator[Line]:
        """Contexts that two targets claim, and contexts with events of ours that none claims any more."""
        if self.targets is None:
            return
        claims = settle_claims(self._found, self.targets.targets)
        yield from (_refused("targets", str(clash)) for clash in claims.clashes)
        if not self._complete:
            return
        claimed = {context.id for context in claims.contexts}
        claimed.update(clash.context for clash in claims.clashes)
        for context, count in sorted(left_behind(state, claimed, self.connectors).items()):
            stay = "stays" if count == 1 else "stay"
            yield _note(
                "left behind",
                f"{context}: no target claims it any more; {counted(count, 'event')} of ours {stay} there.",
            )


def _years(calendar: CanonicalCalendar) -> Iterator[Line]:
    """Each year: whether it is a draft, what is open in it, and whether it is another year's copy."""
    years = calendar.with_drafts().years
    names = list(years)
    for name, year in years.items():
        reviews = sum(len(entry.review) for entry in year.entries)
        asked = f", {counted(reviews, 'question')} to the registrar (syncd check --review)" if reviews else ""
        copied = next(
            (other for other in names[: names.index(name)] if _is_copy(calendar, years[other], year)), ""
        )
        if copied:
            yield _invalid(
                "calendar",
                f"{name}: most entries lie on the very days of {copied}, so this is no new year; "
                f"correct its dates (syncd compare {copied} {name}).",
            )
        else:
            draft = "a draft, shown and never written; " if name in calendar.drafts else ""
            are = "is" if len(year.entries) == 1 else "are"
            yield _ok("calendar", f"{name}: {draft}{counted(len(year.entries), 'entry')} {are} sound{asked}.")
        doubts = unconfirmed_words(year)
        if doubts:
            waits = "" if name in calendar.drafts else " The year waits for a person until they are."
            yield _note("calendar", f"{name}: {doubts} (syncd entries --year {name}).{waits}")
        long = sorted(
            entry.id for entry in year.entries if any(len(one) > LONG_TITLE for one in entry.title.values())
        )
        if long:
            yield _note(
                "calendar",
                f"{name}: titles of more than {LONG_TITLE} characters, which no phone shows whole: "
                f"{', '.join(long)}; keep the title short and put the full row into the field text.",
            )
        open_ = [entry.id for entry in year.entries if entry.kind is Kind.ANNOUNCED]
        if open_:
            yield _note("calendar", f"{name}: the day of {', '.join(open_)} is still to be announced.")
        rules = {entry.id: entry.rule for entry in year.entries if entry.rule is not None}
        for entry_id, step in unsaid_words(rules):
            yield _note(
                "calendar",
                f"{name}: {entry_id} says after_this at its step {step}, from which nothing counts, so nobody reads it; it "
                "belongs to the step that another one names as its after.",
            )
        if cited := foreign_years_of_document(year):
            own = " and ".join(map(str, sorted(own_years(year))))
            yield _note(
                "calendar",
                f"{name}: the document that every event cites (title or short in year.yaml) names a year other than "
                f"{own}: {', '.join(map(str, cited))}.",
            )
        foreign = foreign_years(year)
        if foreign:
            listed = "; ".join(f"{id_} ({', '.join(map(str, found))})" for id_, found in foreign.items())
            own = " and ".join(map(str, sorted(own_years(year))))
            yield _note("calendar", f"{name}: title or text names a year other than {own}: {listed}.")


def _missing_file(problems: tuple[str, ...], folder: Path | None) -> Iterator[Line]:
    """Names of several entries that lead nowhere are seldom that many slips: a file of the year is gone."""
    years = Counter(
        problem.partition("/")[0] for problem in problems if "unknown entry" in problem and "/" in problem
    )
    for year, count in years.items():
        if folder is not None and count > 1 and (folder / year).is_dir():
            there = ", ".join(sorted(path.name for path in (folder / year).glob("*.yaml")))
            yield _note(
                "calendar",
                f"{year}: {count} entries that others name are not there; is a file missing? There are {there}.",
            )


def _is_copy(calendar: CanonicalCalendar, old: AcademicYear, new: AcademicYear) -> bool:
    return looks_copied(compare_years(calendar.university, old, new), old, new)


def _clock(kind: str, connector: Connector) -> Iterator[Line]:
    """This machine's clock against the service's: days and tokens go by it."""
    skew_s = connector.skew_s if isinstance(connector, TellsTime) else None
    if skew_s is not None and abs(skew_s) > MOST_SKEW_S:
        way = "behind" if skew_s > 0 else "ahead of"
        yield _failed(
            kind,
            f"this machine's clock is {abs(skew_s) / 60:,.0f} minutes {way} the service's: set it (NTP). By a wrong "
            "clock what is past, what is due and whether a token is good are judged wrongly.",
        )


def terms_of_target(calendar: CanonicalCalendar, target: Target) -> Iterator[Days]:
    """The data's terms that a target shows."""
    for year in years_of(calendar, target):
        for (programme, term), span in year.terms.items():
            if target.programmes and programme not in target.programmes:
                continue
            if not target.terms or term in target.terms:
                yield span


def left_behind(state: State, claimed: set[str], kinds: Mapping[str, object]) -> dict[str, int]:
    """Contexts on record that nobody claims, of the kinds that answer, with the number of our events there."""
    notes = state.events.notes()
    return {
        name: count
        for name, count in state.events.counts().items()
        if name not in claimed and name in notes and notes[name].kind in kinds
    }


def worst(lines: list[Line]) -> int:
    """The exit code of all lines together."""
    codes = {line.code for line in lines}
    return next((code for code in (INVALID, DECIDE, FAILED) if code in codes), 0)


def _ok(about: str, message: str) -> Line:
    return Line(about=about, severity=Severity.OK, message=message)


def _note(about: str, message: str) -> Line:
    return Line(about=about, severity=Severity.WARNING, message=message)


def _invalid(about: str, message: str) -> Line:
    return Line(about=about, severity=Severity.PROBLEM, message=message, code=INVALID)


def _refused(about: str, message: str) -> Line:
    return Line(about=about, severity=Severity.PROBLEM, message=message, code=DECIDE)


def _failed(about: str, message: str) -> Line:
    return Line(about=about, severity=Severity.PROBLEM, message=message, code=FAILED)
