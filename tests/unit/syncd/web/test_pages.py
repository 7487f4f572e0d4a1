"""What people and operators read on the pages, of the shipped calendar in the middle of December 2025."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html import unescape
from html.parser import HTMLParser
from urllib.parse import quote_plus

import pytest

from mapping.model import CanonicalCalendar, Days, Record
from mapping.planning.guards import GuardHit, GuardLevel
from mapping.text.typography import plain
from syncd.config.settings import Settings
from syncd.reconcile.passes import Failure
from syncd.source.folder import load_calendar
from tests.support.made_sites import calendar_of
from tests.support.page_site import NOW, PILOT, SHARED, PageSite, page_site

DECEMBER = "/?lang=en&school=law&month=2025-12"
PAGES = (
    "/?lang={language}&school={school}&month=2026-05",
    "/?lang={language}&school={school}&view=year",
    "/?lang={language}&school={school}&view=terms",
    "/?lang={language}&school={school}&category=exams",
    "/event/2025-2026/exams-autumn?lang={language}&school={school}",
    "/status?lang={language}",
)


@pytest.fixture(scope="module")
def shipped() -> CanonicalCalendar:
    return load_calendar(None)[0]


@pytest.fixture(scope="module")
def site(shipped: CanonicalCalendar, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageSite]:
    with page_site(shipped, tmp_path_factory.mktemp("state")) as one:
        yield one


@pytest.fixture
def own_site(shipped: CanonicalCalendar, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageSite]:
    """One that a test may change."""
    with page_site(shipped, tmp_path_factory.mktemp("state")) as one:
        yield one


def text_of(page: str) -> str:
    """What is read, without marks."""
    return plain(" ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split()))


class Outline(HTMLParser):
    """Checks that tags close in order; collects ids, labels, and what a policy would forbid."""

    VOID = frozenset({"meta", "link", "br", "img", "input", "path"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.refers: list[str] = []
        self.faults: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids += [str(given["id"])] if "id" in given else []
        self.refers += [str(given[name]) for name in ("aria-labelledby", "for") if name in given]
        self.faults += [name for name in given if name.startswith("on") or name == "style"]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID and (not self.open or self.open.pop() != tag):
            self.faults.append(f"</{tag}>")


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_well_formed_and_labelled(page: str, language: str, site: PageSite) -> None:
    answer = site.get(page.format(language=language, school="journalism"))
    outline = Outline(answer.text)
    assert (answer.status, answer.headers["content-language"]) == (200, language)
    assert (outline.faults, outline.open) == ([], [])
    assert len(outline.ids) == len(set(outline.ids))
    assert set(outline.refers) <= set(outline.ids)
    assert "{" not in text_of(answer.text)


# --- for people -------------------------------------------------------------------------------------


def test_today_and_what_comes_next_stand_before_everything_that_can_be_chosen(site: PageSite) -> None:
    page = site.get(DECEMBER).text
    order = [
        page.index(mark)
        for mark in ("Today, Tue", "Coming next", "International School of Economics", '<form class="search"')
    ]
    assert order == sorted(order)
    today, _, rest = text_of(page).partition("Coming next")
    assert "Autumn exams and final assignments until Tue 30 December" in today
    assert rest.strip().startswith("Opens: Winter school course registration Thu 18 December")


def test_what_is_over_is_marked_and_what_is_to_come_is_not(site: PageSite) -> None:
    page = site.get(DECEMBER).text
    (row,) = re.findall(
        r"<tr[^>]*><td class=\"when\">[^<]*</td><td class=\"what\"><a[^>]*>Autumn classes end", page
    )
    assert 'class="past"' in row
    (row,) = re.findall(
        r"<tr[^>]*><td class=\"when\">[^<]*</td><td class=\"what\"><a[^>]*>Last day: Winter", page
    )
    assert 'class="past"' not in row


def test_no_month_is_skipped_in_either_direction(site: PageSite) -> None:
    month, seen = "2025-08", []
    while month:
        page = site.get(f"/?lang=en&school=law&month={month}").text
        seen.append(month)
        later = re.search(r'rel="next" href="[^"]*month=([0-9-]+)"', page)
        if len(seen) > 1:
            back = re.search(r'rel="prev" href="[^"]*month=([0-9-]+)"', page)
            assert back is not None
            assert back[1] == seen[-2]
        month = later[1] if later else ""
    assert seen == [
        f"{year}-{number:02}"
        for year, numbers in ((2025, range(8, 13)), (2026, range(1, 9)))
        for number in numbers
    ]


def test_a_month_without_the_calendar_shows_the_nearest_with_it(site: PageSite) -> None:
    assert "August 2026" in site.get("/?lang=en&school=law&month=2031-01").text
    assert "August 2025" in site.get("/?lang=en&school=law&month=1999-01").text


def test_a_day_off_tints_its_cell_and_today_is_marked(site: PageSite) -> None:
    page = site.get(DECEMBER).text
    assert re.search(r'<div class="day s2 h\d+ off today"><b>16</b><em>today</em>', page)
    assert re.search(r'<div class="day s7 h\d+ weekend"><b>21</b>', page)
    assert re.search(r'<div class="day s4 h\d+ out"><b>1</b>', page)


def test_every_event_links_to_its_own_page_which_is_there(site: PageSite) -> None:
    page = site.get("/?lang=en&school=journalism&view=terms").text
    links = set(re.findall(r'href="(event/[^"?]+)', page))
    assert len(links) > 80
    assert {site.get(f"/{link}?lang=ru").status for link in links} == {200}


def test_the_year_says_every_entry_of_the_school_once(site: PageSite) -> None:
    page = site.get("/?lang=en&school=law&view=year").text
    assert page.count(">Autumn course registration, years ") == 1
    assert "14\N{EN DASH}27" in page
    assert page.count('class="of-month"') == 13


def test_the_list_by_term_has_the_awards_that_stand_in_no_event(site: PageSite) -> None:
    page = site.get("/?lang=en&school=law&view=terms").text.partition('id="list"')[2]
    autumn, _, rest = plain(page).partition("Winter school \N{EN DASH} ")
    assert "Autumn semester \N{EN DASH} " in autumn
    assert "Rules without a date of their own" in autumn
    assert re.search(r'href="event/2025-2026/deans-list-autumn[^"]*">Dean', autumn)
    assert "Constitution Day" in rest


@pytest.mark.parametrize("question", ["exams final", "EXAMS", "емтихандар"])
def test_a_search_finds_words_of_titles_in_any_language_without_a_script(
    question: str, site: PageSite
) -> None:
    page = site.get(f"/?lang=en&school=law&q={quote_plus(question)}").text
    assert "Autumn exams and final assignments" in page.partition('id="list"')[2]
    assert "Graduation" not in page.partition('id="list"')[2].partition("</table>")[0]
    assert f'value="{question}"' in page


def test_a_category_shows_its_events_alone(site: PageSite) -> None:
    page = site.get("/?lang=en&school=law&category=exams").text
    rows = re.findall(r'<td class="kind">.*?</span>([^<]+)</td>', page)
    assert set(rows) == {"Final assignments and exams"}
    assert '<option value="exams" selected>' in page


def test_what_is_searched_for_is_shown_as_it_was_typed_and_never_run(site: PageSite) -> None:
    page = site.get("/?lang=en&q=%3Cscript%3Ealert(1)%3C/script%3E%22").text
    assert "<script" not in page
    assert "Nothing found." in page


def test_nothing_operational_stands_on_the_page_of_people(own_site: PageSite) -> None:
    failure = Failure(where="canvas", target="", sentence="read profile failed (HTTP 401)", transient=False)
    own_site.board.change(failures=(failure,), problem="the disk is full", problem_since=NOW, paused=True)
    page = own_site.get("/?lang=ru").text
    for word in ("401", "disk", "syncd", "pilot", "law-calendar", "утверждённому", "Вопросы", "status"):
        assert word not in re.sub(r'href="[^"]*"', "", page), word


# --- into one's own calendar ----------------------------------------------------------------------------


def test_the_feed_can_be_added_copied_and_scanned(shipped: CanonicalCalendar, own_site: PageSite) -> None:
    public = replace(shipped.university, page="https://calendar.example.edu/dates")
    own_site.served = replace(shipped, university=public)
    page = unescape(own_site.get(DECEMBER).text)
    address = "https://calendar.example.edu/dates/calendar/law.en.ics"
    assert f'value="{address}"' in page
    assert 'href="webcal://calendar.example.edu/dates/calendar/law.en.ics"' in page
    assert "calendar/r?cid=webcal%3A%2F%2Fcalendar.example.edu%2Fdates%2Fcalendar%2Flaw.en.ics" in page
    assert '<svg xmlns="http://www.w3.org/2000/svg"' in page
    assert "calendar/r?cid=bGF3QGdyb3VwLmNhbGVuZGFyLmdvb2dsZS5jb20" in page


def test_another_schools_google_calendar_is_not_offered(site: PageSite) -> None:
    assert "bGF3QGdyb3Vw" not in site.get("/?lang=en&school=economics").text


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("calendar.example.edu", "https://calendar.example.edu/calendar/law.en.ics"),
        ("localhost:8571", "http://localhost:8571/calendar/law.en.ics"),
        ("CALENDAR.example.edu:443", "https://calendar.example.edu/calendar/law.en.ics"),
    ],
)
def test_without_a_public_address_in_the_data_a_host_of_ours_gives_it(
    host: str, shown: str, own_site: PageSite
) -> None:
    own_site.settings = Settings(_env_file=None, http_hosts="calendar.example.edu")
    assert f'value="{shown}"' in own_site.get(DECEMBER, host=host).text


@pytest.mark.parametrize("host", ["evil.example.com", 'calendar.example.edu"><b>', "[::2]", ""])
def test_a_host_that_is_not_ours_is_never_shown(host: str, own_site: PageSite) -> None:
    page = own_site.get(DECEMBER, host=host).text
    assert "webcal:" not in page
    assert "evil" not in page
    assert 'href="calendar/law.en.ics"' in page


# --- an event ----------------------------------------------------------------------------------------------


def test_an_event_says_when_for_whom_whence_and_whom_to_ask(site: PageSite) -> None:
    answer = site.get("/event/2025-2026/classes-begin-autumn?lang=en&school=law")
    told = text_of(answer.text)
    assert "Autumn classes begin" in told
    assert "Date: Tuesday, 2 September 2025" in told
    assert "Source: academic calendar 2025\N{EN DASH}26, II.1 (minutes No. 205-1 of 5 August 2025)." in told
    assert "Questions: Registrar's Office." in told
    assert "Dean's List in autumn (spring results)" in told
    assert "Сабақ басталуы" in told, "its name in the other languages"
    assert 'href="../../?lang=en&amp;school=law&amp;month=2025-09"' in answer.text


def test_an_award_has_a_page_of_its_own(site: PageSite) -> None:
    told = text_of(site.get("/event/2025-2026/deans-list-autumn?lang=en&school=law").text)
    assert "On this page alone." in told
    assert "Questions:" in told


def test_an_event_says_in_how_many_calendars_it_stands_and_names_none(own_site: PageSite) -> None:
    days = Days.inclusive(date(2025, 12, 15), date(2025, 12, 30))
    record = Record(key="2025-2026:exams-autumn:main", remote_id="1", title="t", days=days, fingerprint="f")
    own_site.hold({"course_101": record, SHARED.calendar_id: record}, empty=("course_102",))
    told = text_of(own_site.get("/event/2025-2026/exams-autumn?lang=en&school=law").text)
    assert "Canvas: 1 of 2 courses. The rest follow by themselves." in told
    assert "Google Calendar: 1 of 1 calendars." in told
    assert "course_101" not in told
    assert "@group" not in told


@pytest.mark.parametrize(
    "path",
    ["/event/2025-2026/nothing", "/event/1999/exams-autumn", "/status/draft/2025-2026", "/status/draft/x"],
)
def test_what_is_not_there_is_not_found(path: str, site: PageSite) -> None:
    answer = site.get(path)
    assert (answer.status, answer.headers["content-type"].split(";")[0]) == (404, "text/plain")


# --- drafts ---------------------------------------------------------------------------------------------------


def test_a_draft_year_is_shown_under_status_and_nowhere_else(
    shipped: CanonicalCalendar, own_site: PageSite
) -> None:
    year = replace(shipped.years["2025-2026"], name="2026-2027")
    entries = tuple(replace(one, year="2026-2027") for one in year.entries)
    drafts = {"2026-2027": replace(year, entries=entries)}
    own_site.served = replace(shipped, drafts=drafts)
    assert "2026-2027" not in own_site.get("/?lang=en&view=year").text
    assert own_site.get("/event/2026-2027/exams-autumn").status == 404
    assert (
        'href="status/draft/2026-2027?lang=en&amp;school=economics"' in own_site.get("/status?lang=en").text
    )
    page = own_site.get("/status/draft/2026-2027?lang=en&school=law&view=terms")
    assert "Draft of 2026-2027: not approved and not published." in page.text
    assert "webcal" not in page.text
    link = "../../status/draft/2026-2027/event/2026-2027/exams-autumn"
    assert link in page.text
    told = own_site.get("/status/draft/2026-2027/event/2026-2027/exams-autumn?lang=en")
    assert "not approved and not published" in told.text
    assert "Where it stands" not in told.text


# --- for operators ----------------------------------------------------------------------------------------------


def test_the_status_says_what_is_in_step(site: PageSite) -> None:
    told = text_of(site.get("/status?lang=en").text)
    assert "Every calendar is as approved. Last checked 15 December, 17:00." in told
    assert "pilot 2 2 15 December, 17:00" in told


def test_with_a_failure_nothing_says_that_all_is_well(own_site: PageSite) -> None:
    dead = Failure(
        where="canvas",
        target="",
        sentence="read profile failed (HTTP 401).",
        transient=False,
        credential=True,
    )
    own_site.board.change(failures=(dead,))
    told = text_of(own_site.get("/status?lang=ru").text)
    assert "утверждённому" not in told
    assert "Требует внимания" in told
    assert "read profile failed (HTTP 401)" in told
    assert "Что сделать: Обновите ключ доступа" in told
    assert "Дословно от сервиса или от syncd (на английском): canvas: read profile failed" in told
    assert "own words" not in text_of(own_site.get("/status?lang=en").text)


def test_a_plan_that_waits_is_told_with_the_command_that_lets_it_through(own_site: PageSite) -> None:
    hit = GuardHit(
        guard="removed",
        level=GuardLevel.ALL,
        scope="2025-2026",
        found=9,
        limit=5,
        sentence="nine",
        subjects=frozenset(),
    )
    own_site.board.change(refused=(hit,), waiting_since=NOW, decide="syncd approve 1a2b")
    page = own_site.get("/status?lang=en").text
    assert "<code>syncd approve 1a2b</code>" in page
    assert "2025-2026: 9 entries removed, the limit is 5." in text_of(page)


# --- other universities -------------------------------------------------------------------------------------------


def test_a_language_written_from_right_to_left_turns_the_page(
    shipped: CanonicalCalendar, own_site: PageSite
) -> None:
    spec = replace(shipped.university.languages["en"], name="العربية", fallback=("en",))
    languages = {**shipped.university.languages, "ar": spec}
    own_site.served = replace(shipped, university=replace(shipped.university, languages=languages))
    page = own_site.get("/?lang=ar&school=law&month=2025-12").text
    assert '<html lang="ar" dir="rtl">' in page
    assert "ديسمبر 2025" in page
    assert "التقويم الأكاديمي" in page


def test_a_university_with_german_alone_has_a_german_page(own_site: PageSite) -> None:
    own_site.served = calendar_of("neckarstadt")
    for asked in ("/?lang=de", "/", "/?lang=kk"):
        page = own_site.get(asked).text
        assert '<html lang="de"' in page
        assert not re.search("[\u0400-\u04ff]", text_of(page)), "no stranger's words"
    assert "Oktober 2026" in own_site.get("/?month=2026-10").text


def test_a_deadline_is_said_with_its_minute_and_not_with_the_half_hour_before(own_site: PageSite) -> None:
    own_site.served = calendar_of("midland")
    page = text_of(own_site.get("/?month=2026-08").text)
    assert "Fri 28 August, 17:00" in plain(page)
    assert "16:30\N{EN DASH}17:00" not in page


def test_weeks_begin_on_sunday_where_the_week_does(shipped: CanonicalCalendar, own_site: PageSite) -> None:
    year = replace(shipped.years["2025-2026"], working_week=frozenset({7, 1, 2, 3, 4}))
    own_site.served = replace(shipped, years={"2025-2026": year}, digest="other")
    page = own_site.get(DECEMBER).text
    assert '<div class="weekdays"><span>Sun</span><span>Mon</span>' in page


def test_a_calendar_that_is_over_says_so_and_shows_its_last_month(own_site: PageSite) -> None:
    own_site.day = date(2026, 11, 29)
    page = own_site.get("/?lang=en&school=law").text
    assert "Nothing further in this calendar." in page
    assert "August 2026" in page


def test_a_university_without_schools_has_a_page_without_feeds(
    shipped: CanonicalCalendar, own_site: PageSite
) -> None:
    entries = tuple(
        replace(one, schools=())
        for one in shipped.years["2025-2026"].entries
        if not one.schools and not one.rule
    )
    year = replace(shipped.years["2025-2026"], entries=entries)
    own_site.served = replace(
        shipped, university=replace(shipped.university, schools={}), years={"2025-2026": year}, digest="bare"
    )
    own_site.target_list = (replace(PILOT, school=None),)
    assert "December 2025" in own_site.get("/?lang=en&month=2025-12").text


def test_before_the_first_calendar_the_pages_ask_for_patience(own_site: PageSite) -> None:
    own_site.served = None
    for path in ("/", "/event/a/b", "/status"):
        assert own_site.get(path).status == 503
