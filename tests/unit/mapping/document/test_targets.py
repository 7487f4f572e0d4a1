"""The targets file becomes targets, or every fault in it is told with its line and target."""

from __future__ import annotations

import pytest

from mapping.document.targets import build_targets
from mapping.errors import InvalidCalendarError
from mapping.model import CanonicalCalendar, Copies, CourseFilter, Drift, Past, Shape, Target, Targets
from syncd.source.yaml_text import parse
from tests.support.college import calendar_of, college

KINDS = {
    "feed": frozenset({"calendar_id"}),
    "rooms": frozenset({"account", "courses", "account_calendars"}),
}
HEAD = "owner: moor.1\ntimezone: Europe/London\n"
FEED = "kind: feed, calendar_id: north@example.org"
ONE = f"- {{name: a, languages: [cy], {FEED}}}\n"
ROOMS = "kind: rooms, courses: [101], year: 2031-2032"


@pytest.fixture(scope="module")
def calendar() -> CanonicalCalendar:
    return calendar_of(college())


def read(text: str, calendar: CanonicalCalendar) -> Targets:
    document, problems = parse("targets.yaml", text.encode())
    assert document is not None, problems
    return build_targets(document, calendar, KINDS)


def target(fields: str, calendar: CanonicalCalendar) -> Target:
    (found,) = read(f"{HEAD}targets:\n- {{name: one, languages: [cy], {fields}}}\n", calendar).targets
    return found


def faults(text: str, calendar: CanonicalCalendar) -> list[str]:
    with pytest.raises(InvalidCalendarError) as caught:
        read(text, calendar)
    return [str(problem) for problem in caught.value.problems]


def target_faults(fields: str, calendar: CanonicalCalendar) -> list[str]:
    return faults(f"{HEAD}targets:\n- {{name: one, languages: [cy], {fields}}}\n", calendar)


def test_owner_and_zone_are_the_files_own(calendar: CanonicalCalendar) -> None:
    targets = read(f"{HEAD}targets:\n- {{name: one, languages: [cy], {FEED}}}\n", calendar)

    assert (targets.owner, targets.timezone) == ("moor.1", "Europe/London")


def test_a_calendar_of_many_people_is_routed_like_a_school_and_deletions_are_undone(
    calendar: CanonicalCalendar,
) -> None:
    feed = target(FEED, calendar)
    accounts = target("kind: rooms, account_calendars: [7, 'sis:N'], year: 2031-2032", calendar)

    assert (feed.place, feed.respect_deletions, feed.calendar_id) == ("school", False, "north@example.org")
    assert (accounts.place, accounts.respect_deletions) == ("school", False)
    assert accounts.account_calendars == ("7", "sis:N")


def test_courses_are_routed_as_courses_and_deletions_there_are_respected(calendar: CanonicalCalendar) -> None:
    listed = target(ROOMS, calendar)
    found = target("kind: rooms, account: 'sis:N', enrollment_term: [31A, 31B], year: 2031-2032", calendar)

    assert (listed.place, listed.respect_deletions, listed.courses) == ("course", True, (101,))
    assert (found.place, found.respect_deletions) == ("course", True)
    assert (found.account, found.enrollment_terms) == ("sis:N", ("31A", "31B"))


def test_what_is_left_out_is_as_documented(calendar: CanonicalCalendar) -> None:
    feed = target(FEED, calendar)

    assert (feed.drift, feed.copies, feed.past, feed.colours) == (Drift.REPAIR, Copies.ADOPT, Past.KEEP, True)
    assert (feed.years, feed.programmes, feed.terms, feed.school) == ((), (), (), None)
    assert (feed.include, feed.exclude, feed.shapes) == (frozenset(), frozenset(), {})


def test_every_choice_can_be_made(calendar: CanonicalCalendar) -> None:
    chosen = target(
        f"{FEED}, year: [2031-2032, 2032-2033], school: north, programme: [full-time, evening], "
        "terms: [michaelmas, m1], include: [papers-north], exclude: [closed], shapes: {papers: period}, "
        "drift: keep, copies: report, past: sync, colours: false, respect_deletions: true",
        calendar,
    )

    assert chosen.years == ("2031-2032", "2032-2033")
    assert (chosen.school, chosen.programmes, chosen.terms) == (
        "north",
        ("full-time", "evening"),
        ("michaelmas", "m1"),
    )
    assert (chosen.include, chosen.exclude) == (frozenset({"papers-north"}), frozenset({"closed"}))
    assert chosen.shapes == {"papers": Shape.PERIOD}
    assert (chosen.drift, chosen.copies, chosen.past) == (Drift.KEEP, Copies.REPORT, Past.SYNC)
    assert (chosen.colours, chosen.respect_deletions) == (False, True)


def test_one_value_may_stand_for_a_list_of_one(calendar: CanonicalCalendar) -> None:
    chosen = target(
        "kind: rooms, account: N, enrollment_term: 31A, year: 2031-2032, programme: full-time, terms: hilary",
        calendar,
    )

    assert (chosen.enrollment_terms, chosen.programmes, chosen.terms) == (
        ("31A",),
        ("full-time",),
        ("hilary",),
    )


def test_included_and_excepted_courses_are_patterns_beside_included_entries(
    calendar: CanonicalCalendar,
) -> None:
    chosen = target(
        "kind: rooms, account: N, enrollment_term: 31A, year: 2031-2032, "
        "include: [papers, {code: 'LAW*', sub_account: N2}], "
        "except: [{sis_id: 'M-*'}, {name: '*master*'}, {course: 9}]",
        calendar,
    )

    assert chosen.include == {"papers"}
    assert chosen.course_include == (CourseFilter(code="LAW*", sub_account="N2"),)
    assert chosen.course_except == (
        CourseFilter(sis_id="M-*"),
        CourseFilter(name="*master*"),
        CourseFilter(course=9),
    )


def test_an_audience_is_the_row_of_the_routing_table(calendar: CanonicalCalendar) -> None:
    assert target(f"{FEED}, audience: bursary", calendar).place == "bursary"


def test_defaults_fill_what_a_target_does_not_say(calendar: CanonicalCalendar) -> None:
    text = (
        f"{HEAD}defaults: {{languages: [en], drift: report}}\n"
        f"targets:\n- {{name: a, {FEED}}}\n- {{name: b, {FEED}, drift: keep}}\n"
    )
    first, second = read(text, calendar).targets

    assert (first.languages, first.drift) == (("en",), Drift.REPORT)
    assert (second.languages, second.drift) == (("en",), Drift.KEEP)


def test_a_wrong_default_is_told_at_its_own_line(calendar: CanonicalCalendar) -> None:
    text = f"{HEAD}defaults:\n  languages: [fr]\n  name: x\ntargets:\n- {{name: a, {FEED}}}\n"
    told = faults(text, calendar)

    assert "targets.yaml:4 [a]: unknown language 'fr'; known: cy, en" in told
    assert "targets.yaml:5: name cannot be a default; give it to each target" in told


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (FEED.replace("feed", "fede"), "unknown kind 'fede'; did you mean 'feed'?"),
        (f"{FEED}, schol: north", "unknown field 'schol'; did you mean 'school'?"),
        (f"{FEED}, school: nroth", "unknown school 'nroth'; did you mean 'north'?"),
        (f"{FEED}, programme: fulltime", "unknown programme 'fulltime'; did you mean 'full-time'?"),
        (f"{FEED}, programme: evening, terms: [hilary]", "unknown term 'hilary'; known: m1"),
        (f"{FEED}, terms: [hillary]", "unknown term 'hillary'; did you mean 'hilary'?"),
        (f"{FEED}, year: 2033-2034", "unknown academic year '2033-2034'; did you mean"),
        (
            f"{FEED}, include: [papers-nroth]",
            "unknown category or entry 'papers-nroth'; did you mean 'papers-north'?",
        ),
        (f"{FEED}, year: 2032-2033, include: [fees]", "unknown category or entry 'fees'"),
        (f"{FEED}, exclude: [closd]", "unknown category or entry 'closd'; did you mean 'closed'?"),
        (f"{FEED}, include: [closed], exclude: [closed]", "closed is both included and excluded; keep one"),
        (
            f"{FEED}, audience: members",
            "unknown audience with a row in routing.yaml 'members'; known: bursary",
        ),
        (f"{FEED}, audience: course", "unknown audience with a row in routing.yaml 'course'"),
        (f"{FEED}, shapes: {{paper: day}}", "unknown category 'paper'; did you mean 'papers'?"),
        (f"{FEED}, shapes: {{papers: dya}}", "shapes.papers: unknown value 'dya'; did you mean 'day'?"),
        (f"{FEED}, drift: repare", "drift: unknown value 'repare'; did you mean 'repair'?"),
        (f"{FEED}, copies: adapt", "copies: unknown value 'adapt'; did you mean 'adopt'?"),
        (f"{FEED}, past: kept", "past: unknown value 'kept'; did you mean 'keep'?"),
        (f"{FEED}, colours: NO", "colours: 'NO' is neither true nor false; write true or false"),
        ("kind: feed", "says no place; give one of calendar_id, account, courses, account_calendars"),
        ("kind: feed, calendar_id: null", "says no place; give one of calendar_id"),
        (
            f"{FEED}, courses: [1], year: 2031-2032",
            "courses and calendar_id in one target; make two targets of it",
        ),
        (
            "kind: feed, courses: [1], year: 2031-2032",
            "a target of kind feed has no courses; give calendar_id",
        ),
        ("kind: rooms, calendar_id: x", "a target of kind rooms has no calendar_id; give account, courses"),
        ("kind: rooms, courses: [1]", "year is missing; say which academic year is shown there"),
        ("kind: rooms, courses: [x], year: 2031-2032", "courses[0]: 'x' is not a whole number"),
        ("kind: rooms, courses: [0], year: 2031-2032", "courses[0]: '0' is not accepted"),
        ("kind: rooms, courses: [1, 1], year: 2031-2032", "courses: names '1' twice"),
        (
            "kind: rooms, account: N, year: 2031-2032",
            "enrollment_term is missing; without it courses of every term",
        ),
        (f"{ROOMS}, enrollment_term: 31A", "enrollment_term needs an account to look for courses in"),
        (f"{ROOMS}, include: [{{code: x}}]", "include by course needs an account to look for courses in"),
        (f"{ROOMS}, except: [{{code: x}}]", "except by course needs an account to look for courses in"),
        (f"{ROOMS}, except: [{{}}]", "except[0]: matches every course; give sis_id, code, name"),
        (f"{ROOMS}, except: [x]", "except[0]: expected fields"),
        (f"{ROOMS}, include: [{{sisid: x}}]", "unknown field 'sisid'; did you mean 'sis_id'?"),
        (f"{ROOMS}, include: [[x]]", "include[0]: expected text, found a list"),
    ],
)
def test_each_fault_of_a_target_is_told(fields: str, words: str, calendar: CanonicalCalendar) -> None:
    told = target_faults(fields, calendar)

    assert any(words in problem for problem in told), told
    assert all(problem.startswith("targets.yaml:4 [one]: ") for problem in told), told


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("timezone: Europe/London\ntargets: [a]\n", "owner is missing"),
        (
            f"owner: 'm;1'\ntimezone: Europe/London\ntargets: [{{name: a, languages: [cy], {FEED}}}]\n",
            "1: owner: 'm;1'",
        ),
        (f"{HEAD}targets: []\n", "3: targets is empty"),
        (f"{HEAD}targets:\n", "3: targets is empty"),
        (HEAD, "targets is missing"),
        (f"{HEAD}targets: {{a: b}}\n", "3: targets: expected a list like [a, b], found fields"),
        ("[]\n", "the file: expected fields"),
        (f"{HEAD}targets: [a]\n", "3: the entry: expected fields"),
        (f"{HEAD}targts: []\n", "unknown field 'targts'; did you mean 'targets'?"),
        (f"{HEAD}targets:\n- {{name: a, {FEED}}}\n", "4 [a]: languages is missing"),
        (f"{HEAD}targets:\n- {{name: a, languages: [], {FEED}}}\n", "4 [a]: languages is empty"),
        (f"{HEAD}targets:\n- {{name: a, languages: [cy, cy], {FEED}}}\n", "languages: names 'cy' twice"),
        (
            f"{HEAD}targets:\n- {{name: a, languages: [cym], {FEED}}}\n",
            "unknown language 'cym'; did you mean 'cy'?",
        ),
        (
            f"{HEAD}targets:\n{ONE}{ONE}",
            "5 [a]: the name 'a' already stands in line 4",
        ),
    ],
)
def test_each_fault_of_the_file_is_told(text: str, words: str, calendar: CanonicalCalendar) -> None:
    told = faults(text, calendar)

    assert any(words in problem for problem in told), told


@pytest.mark.parametrize(
    "zone", ["Europe/Londn", "../../etc/passwd", "/etc/localtime", "Europe", "", "UTC+5"]
)
def test_a_zone_that_does_not_exist_is_refused(zone: str, calendar: CanonicalCalendar) -> None:
    text = f"owner: moor\ntimezone: '{zone}'\ntargets:\n- {{name: a, languages: [cy], {FEED}}}\n"

    assert faults(text, calendar)[0].startswith("targets.yaml:2: timezone: unknown time zone")


def test_faults_of_all_targets_are_told_together(calendar: CanonicalCalendar) -> None:
    first = f"- {{name: a, languages: [fr], {FEED}, school: x}}\n"
    text = f"{HEAD}targets:\n{first}- {{nme: b, languages: [cy], {ROOMS}}}\n"
    told = "\n".join(faults(text, calendar))

    for words in (
        "[a]: unknown language 'fr'",
        "[a]: unknown school 'x'",
        "5: unknown field 'nme'",
        "name is missing",
    ):
        assert words in told


def test_kinds_may_be_named_without_their_addresses(calendar: CanonicalCalendar) -> None:
    document, _ = parse("t.yaml", f"{HEAD}targets:\n- {{name: a, languages: [cy], {FEED}}}\n".encode())
    assert document is not None

    assert build_targets(document, calendar, {"feed"}).targets[0].kind == "feed"
