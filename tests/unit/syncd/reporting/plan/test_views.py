"""A plan for readers: what changes, where, whom it may reach, in four forms; no word of people steers a form."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest

from mapping.model import Change, Context, Days, Field, FieldChange, Finding, FindingKind, Update
from mapping.planning.claims import Clash
from mapping.planning.guards import GuardHit, GuardLevel
from syncd.reconcile.discovery import TermWait
from syncd.reconcile.passes import Failure
from syncd.reconcile.report import CycleReport
from syncd.reporting.columns import width
from syncd.reporting.plan import render_plan
from syncd.state.plans import Edition
from tests.unit.syncd.reporting.plan.plans import PILOT, course, create, delete, event, move, report, text_of

NASTY = "<script>alert(1)</script> | *bold* [x](y) \u202e\x1b[31m"
DEADLINE = "2031-2032:papers-michaelmas:main"
VIEWS = ("text", "json", "markdown", "html")


def moved(count: int = 41, students: int = 47) -> CycleReport:
    """A deadline three days earlier in many courses."""
    wanted = event(DEADLINE, "Drop deadline", date(2031, 12, 16))
    before = Days(date(2031, 12, 19), date(2031, 12, 20))
    return report((one, move(one, wanted, before)) for one in (course(n, students) for n in range(count)))


def nasty() -> CycleReport:
    one = course(1)
    return report(
        [(one, create(one, event(DEADLINE, NASTY, date(2031, 12, 16))))],
        findings=[
            Finding(
                kind=FindingKind.PROBABLY_SAME, context="course_1", key=DEADLINE, title=NASTY, detail=NASTY
            )
        ],
        failures=[Failure(where="course_2", target="pilot", sentence=f"answered {NASTY}", transient=True)],
    )


# --- text -----------------------------------------------------------------------------------------------


def test_the_same_change_in_many_courses_is_told_once_with_its_reach() -> None:
    text = text_of(moved(), "text")
    (line,) = [one for one in text.splitlines() if one.startswith("  ~")]
    assert "Tue 16 Dec 2031" in line
    assert "Drop deadline" in line
    assert "date: Fri 19 Dec 2031 -> Tue 16 Dec 2031 (3 days earlier)" in text
    assert "41 courses, about 1,927 students, up to 1,927 messages" in text
    assert "marker" not in text


def test_the_summary_stands_first_and_last() -> None:
    lines = text_of(moved(), "text").splitlines()
    assert lines[0] == "1 deadline moves, in 41 places: 19 -> 16 December"
    assert lines[1].startswith("Plan 0123456789ab: 0 to create, 41 to update")
    assert lines[-3:] == lines[:3]


def test_what_repeats_stands_in_the_heading_of_its_target() -> None:
    text = text_of(moved(), "text", detailed=True)
    assert "\npilot: 41 courses, about 1,927 students, up to 1,927 messages\n  ~ " in text
    assert text.count("students") == 1


@pytest.mark.parametrize("detailed", [False, True])
def test_no_line_is_longer_than_a_terminal_and_none_breaks_a_word(*, detailed: bool) -> None:
    word = "қайта-тіркелу-шағын"
    long = " ".join([word] * 12)
    one = course(1)
    made = report(
        [(one, create(one, event(DEADLINE, long, date(2031, 12, 16), date(2032, 1, 30))))],
        failures=[Failure(where="course_2", target="pilot", sentence=long, transient=True)],
    )
    text = text_of(made, "text", detailed=detailed)
    assert max(map(width, text.splitlines())) <= 80
    # Twice in the headlines, once in the change, once in the failure.
    assert text.count(word) == 4 * 12


def test_the_summary_counts_and_names_the_plan() -> None:
    one, other = course(1), course(2)
    gone = Days(date(2031, 12, 1), date(2031, 12, 2))
    made = report(
        [
            (one, create(one, event(DEADLINE, "New", date(2031, 12, 16)))),
            (other, delete(other, "2031-2032:old:main", "Old", gone)),
        ]
    )
    last = " ".join(text_of(made, "text").rpartition("\nPlan ")[2].split())
    assert f"Plan {last}".startswith(
        "Plan 0123456789ab: 1 to create, 0 to update, 1 to delete, 0 unchanged; 2 calendars of 1 target."
    )
    assert "up to 30 messages" in last


def test_colours_are_for_terminals_alone() -> None:
    assert "\x1b" not in text_of(moved(), "text")
    assert "\x1b[33m~" in text_of(moved(), "text", colour=True)


def test_titles_of_people_cannot_steer_a_terminal() -> None:
    text = text_of(nasty(), "text")
    assert "\x1b" not in text
    assert "\u202e" not in text


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_tells_what_a_person_must_decide_and_how(view: str) -> None:
    hit = GuardHit(
        guard="removed",
        level=GuardLevel.EDIT,
        scope="y",
        found=11,
        limit=10,
        sentence="11 entries removed",
        subjects=frozenset("x"),
    )
    made = report(hits=(hit,), refused=(hit,), clashes=(Clash(context="course_5", targets=("a", "b")),))
    told = text_of(made, view)
    assert "11 entries removed" in told
    assert "course_5" in told.replace("\\_", "_")
    if view != "json":
        assert "syncd approve 0123456789ab" in told  # whole, also where lines are short
        assert "approve" not in text_of(report(hits=(hit,)), view).replace("Approved", "").replace(
            "approved", ""
        )


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_tells_what_was_left_alone_and_what_failed(view: str) -> None:
    made = report(
        findings=[
            Finding(kind=FindingKind.DELETION_RESPECTED, context="course_1", key=DEADLINE, title="Exam")
        ],
        failures=[
            Failure(where="course_2", target="pilot", sentence="list failed: no answer", transient=True)
        ],
        left_behind={"course_9": 4},
    )
    told = text_of(made, view)
    for piece in ("Exam", "course_1", "list failed", "course_9"):
        assert piece in told.replace("\\_", "_")


@pytest.mark.parametrize("view", ["text", "markdown", "html"])
def test_a_waiting_edit_is_said_to_wait(view: str) -> None:
    made = report(edition=Edition.WAITING)
    assert "waits for a person" in text_of(made, view)


@pytest.mark.parametrize("view", ["text", "markdown", "html"])
def test_a_plan_of_a_draft_says_how_much_of_it_nobody_has_confirmed(view: str) -> None:
    calendar = report().calendar
    assert calendar is not None
    name, year = next(iter(calendar.years.items()))
    first, *rest = year.entries
    doubtful = replace(year, entries=(replace(first, unconfirmed=("dates",)), *rest))
    made = report(calendar=replace(calendar, years={**calendar.years, name: doubtful}), drafts=(name,))
    told = text_of(made, view).replace("\\_", "_")
    assert "as if published" in " ".join(told.split())
    assert f"{name}: 1 date is not confirmed." in re.sub(r"</?span[^>]*>", "", told)
    assert "not confirmed" not in text_of(report(calendar=calendar, drafts=(name,)), view)


# --- JSON -------------------------------------------------------------------------------------------------


def test_json_is_the_plan_as_programs_rely_on_it() -> None:
    plan = json.loads(text_of(moved(2, 10), "json"))
    assert plan["digest"] == "0123456789ab"
    assert plan["summary"] == {
        "create": 0, "update": 2, "delete": 0, "unchanged": 0, "targets": 1, "contexts": 2, "messages": 20,
    }  # fmt: skip
    first = plan["changes"][0]
    assert {
        name: first[name] for name in ("target", "context", "action", "entry", "key", "title", "start", "end")
    } == {
        "target": "pilot",
        "context": "course_0",
        "action": "update",
        "entry": "papers-michaelmas",
        "key": DEADLINE,
        "title": "Drop deadline",
        "start": "2031-12-16",
        "end": "2031-12-16",
    }
    assert first["fields"]["days"] == ["2031-12-19", "2031-12-16"]


def test_json_has_the_changes_as_readers_count_them_too() -> None:
    (change,) = json.loads(text_of(moved(2, 10), "json"))["groups"]
    assert change == {
        "what": "deadline-moves", "action": "update", "why": "edit", "year": "2031-2032", "entry": "papers-michaelmas",
        "title": "Drop deadline", "before": "2031-12-19", "after": "2031-12-16", "fields": ["days", "marker"],
        "targets": ["pilot"], "contexts": 2, "students": 20, "messages": 20,
    }  # fmt: skip


@pytest.mark.parametrize("view", ["text", "markdown", "json"])
def test_one_entry_is_shown_alone_under_the_digest_of_all(view: str) -> None:
    one = course(1)
    made = report(
        [
            (one, create(one, event(DEADLINE, "Papers", date(2031, 12, 16)))),
            (one, create(one, event("2031-2032:more:main", "More", date(2031, 12, 10)))),
        ]
    )
    told = text_of(made, view, entry="more")
    assert "More" in told
    assert "Papers" not in told
    assert "0123456789ab" in told


@pytest.mark.parametrize("view", ["text", "markdown", "html"])
def test_a_plan_without_changes_says_that_nothing_would_change(view: str) -> None:
    told = text_of(report(), view)
    assert told.count("Nothing would change.") == 1
    assert "Ничего не изменится." in text_of(report(), view, language="ru")
    assert not told.startswith("\n")


@pytest.mark.parametrize("view", ["text", "markdown", "html"])
def test_of_an_entry_that_stays_as_it_is_nothing_is_said_about_the_others(view: str) -> None:
    one = course(1)
    made = report([(one, create(one, event(DEADLINE, "Papers", date(2031, 12, 16))))])
    told = text_of(made, view, entry="more")
    assert "more: no change." in told
    assert "Nothing would change." not in told


@pytest.mark.parametrize("view", ["text", "markdown", "html"])
def test_what_exists_in_english_alone_is_introduced_in_the_readers_language(view: str) -> None:
    made = report(
        clashes=(Clash(context="course_1", targets=("pilot", "other")),),
        term_waits=(TermWait(target="pilot", term="2025A", first_day=date(2031, 9, 1)),),
        failures=[Failure(where="course_2", target="pilot", sentence="answered 500", transient=True)],
    )
    told = text_of(made, view, language="ru").replace("\u00a0", " ")
    assert told.count("Дословно от сервиса или от syncd (на английском):") == 3
    assert "own words" not in text_of(made, view)
    assert "Дословно" not in text_of(report(), view, language="ru")


def test_an_empty_plan_is_json_too() -> None:
    assert json.loads(text_of(report(), "json"))["changes"] == []


# --- Markdown -----------------------------------------------------------------------------------------------


def test_markdown_escapes_what_people_wrote() -> None:
    told = text_of(nasty(), "markdown")
    assert "<script" not in told.replace("\\<script", "")
    (row,) = [line for line in told.splitlines() if line.startswith("| new |")]
    assert row.count(" | ") == 4
    assert "\\*bold\\*" in row


# --- HTML ----------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """What a browser would see: tags with their attributes, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def read(self) -> str:
        """Its text with plain blanks."""
        return "".join(self.words).replace("\u00a0", " ")

    def of_class(self, name: str) -> int:
        return sum(name in (attributes.get("class") or "").split() for _, attributes in self.tags)


def test_the_page_has_no_script_and_reaches_for_nothing() -> None:
    page = Page(text_of(nasty(), "html"))
    assert "script" not in {tag for tag, _ in page.tags}
    assert not [
        (name, value)
        for _, found in page.tags
        for name, value in found.items()
        if name in {"src", "style"}
        or name.startswith("on")
        or (name == "href" and not str(value).startswith("#"))
    ]


def test_its_policy_allows_its_own_style_and_nothing_else() -> None:
    text = text_of(report(), "html")
    (style,) = re.findall("<style>(.*?)</style>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = [
        found["content"]
        for _, found in Page(text).tags
        if found.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_a_page_begins_with_what_happens_and_folds_its_places() -> None:
    text = text_of(moved(), "html").replace("\u00a0", " ")
    page = Page(text)
    assert "1 deadline moves, in 41 places: 19 → 16 December" in page.read
    assert text.index("1 deadline moves") < text.index("December 2031")
    assert [tag for tag, found in page.tags if tag == "details" and "open" not in found]
    assert text.count("Drop deadline") == 3, "once in the list, twice in the grid"


def test_a_first_fill_has_a_list_of_contents_and_every_link_of_it_leads_somewhere() -> None:
    one = course(1)
    made = report(
        (one, create(one, event(f"2031-2032:x{month}:main", "New", date(2032, month, 10))))
        for month in range(1, 7)
    )
    page = Page(text_of(made, "html"))
    ids = {found["id"] for _, found in page.tags if "id" in found}
    links = {str(found["href"])[1:] for tag, found in page.tags if tag == "a"}
    assert len(links) == 6
    assert links <= ids
    assert "a" not in {tag for tag, _ in Page(text_of(moved(), "html")).tags}


def test_what_waits_for_a_person_does_not_read_as_an_error() -> None:
    hit = GuardHit(
        guard="publish",
        level=GuardLevel.EDIT,
        scope="",
        found=1,
        limit=0,
        sentence="edited",
        subjects=frozenset("x"),
    )
    told = text_of(report(hits=(hit,), refused=(hit,)), "html").casefold()
    assert "refused" not in told
    assert "waits for approval" in told


@pytest.mark.parametrize(
    ("language", "headline"),
    [
        ("kk", "1 мерзім өзгереді, 41 жерде: 19 → 16 желтоқсан"),
        ("ru", "переносится 1 срок, в 41 месте: 19 → 16 декабря"),
        ("de", "1 Frist wird verschoben, an 41 Orten: 19. → 16. Dezember"),
        ("fr", "1 date limite déplacée, à 41 endroits: 19 → 16 décembre"),
        ("zh", "1 个截止日期变更, 在 41 处: 12月19日 → 12月16日"),
    ],
)
def test_the_page_is_in_the_reader_s_language(language: str, headline: str) -> None:
    text = text_of(moved(), "html", language=language)
    assert f'<html lang="{language}"' in text
    assert headline in Page(text).read
    assert "What would change" not in text


@pytest.mark.parametrize("language", ["kk", "ru", "en", "de", "es", "ar"])
def test_a_move_of_dates_is_in_one_piece_and_no_day_can_break(language: str) -> None:
    text = text_of(moved(), "html", language=language)
    moves = re.findall('<span class="move">([^<]*)</span>', text)
    assert len(moves) == 3, "in the heading, beside the title, and with weekdays below it"
    assert {move.count(" ") for move in moves} == {1}, "a line too narrow for all of it ends before the arrow"
    arrow = "\N{LEFTWARDS ARROW}" if language == "ar" else "\N{RIGHTWARDS ARROW}"
    assert all(f" {arrow}\u00a0" in move for move in moves), "as its days are read"


def test_a_span_is_told_with_its_month_and_year_once_and_dashes_of_a_page() -> None:
    one = course(1)
    span = event(DEADLINE, "Papers", date(2031, 12, 15), date(2031, 12, 30))
    made = report([(one, create(one, span))])
    said = {code: Page(text_of(made, "html", language=code)).read for code in ("en", "de")}
    assert "Mon 15 Dec \N{EN DASH} Tue 30 Dec 2031" in said["en"]
    assert "Mo., 15. \N{EN DASH} Di., 30. Dez. 2031" in said["de"]
    assert "Mon\u00a015\u00a0Dec\u00a0\N{EN DASH} Tue" in text_of(made, "html"), (
        "a line may end after the dash alone"
    )
    assert "Mon 15 Dec - Tue 30 Dec 2031" in text_of(made, "text")
    assert "Mo., 15. - Di., 30. Dez. 2031" in text_of(made, "text", language="de")


def test_an_entry_whose_first_and_last_day_change_is_called_by_its_own_name() -> None:
    one = course(1)
    ends = event("2031-2032:papers-michaelmas:main", "Last day: Papers", date(2031, 12, 30))
    opens = event("2031-2032:papers-michaelmas:opening", "Opens: Papers", date(2031, 12, 15))
    both = report((one, create(one, wanted)) for wanted in (ends, opens))
    alone = report([(one, create(one, ends))])
    assert "Last day:" not in text_of(both, "text")
    assert "Last day: Papers" in text_of(alone, "text")
    reworded = move(one, opens, opens.days)
    assert isinstance(reworded, Update)
    reworded = replace(reworded, fields=(FieldChange(name=Field.TEXT, old="", new=""),))
    moved_end = report(
        [(one, move(one, ends, Days(date(2031, 12, 27), date(2031, 12, 28)))), (one, reworded)]
    )
    assert "Last day: Papers" in text_of(moved_end, "text")


def test_arabic_is_written_from_the_right_and_commands_are_not() -> None:
    hit = GuardHit(
        guard="publish",
        level=GuardLevel.EDIT,
        scope="",
        found=1,
        limit=0,
        sentence="edited",
        subjects=frozenset("x"),
    )
    text = text_of(report(hits=(hit,), refused=(hit,)), "html", language="ar")
    assert '<html lang="ar" dir="rtl">' in text
    assert '<code dir="ltr">syncd publish' in text


def test_english_stands_from_left_to_right_also_on_a_page_in_arabic() -> None:
    failed = Failure(where="course_2", target="pilot", sentence="answered 500.", transient=True)
    told = text_of(report(failures=[failed]), "html", language="ar")
    assert '<li><span lang="en" dir="ltr">course_2: answered 500.</span></li>' in told


def test_a_new_title_is_told_in_the_reader_s_language_where_a_place_has_it() -> None:
    day = date(2031, 12, 19)

    def renamed(target: str, number: int, old: str, new: str) -> tuple[Context, Change]:
        place = replace(course(number), target=target)
        change = move(place, event(DEADLINE, new, day), Days.inclusive(day, day))
        assert isinstance(change, Update)
        return place, replace(change, fields=(FieldChange(name=Field.TITLE, old=old, new=new),))

    abroad = replace(PILOT, name="abroad", languages=("cy",))
    made = report(
        [renamed("abroad", 1, "Hen deitl", "Papurau"), renamed("pilot", 2, "Old title", "Papers")],
        targets=("abroad", "pilot"),
        target_values={"abroad": abroad, "pilot": PILOT},
    )
    text = text_of(made, "text", language="en")
    assert "Old title -> Papers" in text
    assert "Hen deitl" not in text


def test_review_notes_of_the_entries_concerned_are_shown_and_no_others() -> None:
    one = course(1)
    told = text_of(report([(one, create(one, event(DEADLINE, "Papers", date(2031, 12, 16))))]), "html")
    assert "Ends on the last Friday: check." in told
    assert "Ends on the last Friday" not in text_of(report(), "html")


def test_pages_are_made_in_pieces() -> None:
    pieces: list[Any] = list(render_plan(moved(), "html"))
    assert len(pieces) > 10


@pytest.mark.parametrize("view", ["text", "markdown", "html"])
def test_of_a_calendar_that_is_over_it_is_said_how_to_try_things_out(view: str) -> None:
    told = " ".join(text_of(report(past=True), view).split())
    assert "The whole calendar lies in the past." in told
    assert "--today" in told
    assert "lies in the past" not in text_of(report(), view)


@pytest.mark.parametrize("view", ["text", "markdown", "html"])
def test_what_could_not_be_read_is_named_where_its_sentence_does_not(view: str) -> None:
    nameless = Failure(where="canvas", target="", sentence="read profile failed (HTTP 401).", transient=False)
    named = Failure(where="course_7", target="pilot", sentence="course_7 cannot be read.", transient=False)
    told = text_of(report(failures=(nameless, named)), view).replace("\\", "")
    assert "canvas: read profile failed (HTTP 401)." in told
    assert "course_7: course_7" not in told


@pytest.mark.parametrize("view", ["text", "markdown", "html"])
def test_a_plan_of_what_could_not_be_read_does_not_say_that_nothing_would_change(view: str) -> None:
    unread = tuple(
        Failure(where=f"course_{number}", target="pilot", sentence="cannot be read.", transient=True)
        for number in range(5)
    )
    told = text_of(report(failures=unread), view).replace("\\", "")
    assert "Nothing would change." not in told
    assert "so nothing is planned there: course_0, course_1, course_2, ..." in " ".join(told.split())
