"""The pages as a browser draws them: nothing overflows, everything is legible, keys and readers find their way."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from mapping.planning.guards import GuardHit, GuardLevel
from syncd.reconcile.passes import Failure
from syncd.source.folder import load_calendar
from tests.support.page_site import NOW, PageSite, page_site
from tests.system.browser import Browser

pytestmark = pytest.mark.system

LANGUAGES = ("kk", "ru", "en")
WIDTHS = (320, 390, 768, 1280)
JUDGED = (320, 768, 1280)
"""Widths at which axe judges: each layout that there is."""
SHOWN = (320, 390, 1280)
SHEET = 695
"""Pixels across what an A4 sheet has between its margins."""
MONTH = "/?lang={language}&school={school}&month=2025-12"
PAGES = {
    "month": MONTH,
    "may": "/?lang={language}&school=journalism&month=2026-05",
    "year": "/?lang={language}&school={school}&view=year",
    "terms": "/?lang={language}&school={school}&view=terms",
    "search": "/?lang={language}&school={school}&category=exams",
    "event": "/event/2025-2026/classes-begin-autumn?lang={language}&school={school}",
    "status": "/status?lang={language}",
}
SPILLED = """
(() => {
  const shown = [...document.querySelectorAll('body *')].filter(one => one.checkVisibility() && !one.closest('.aside, thead'));
  const wide = shown.filter(one => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0 &&
    !['INPUT', 'SELECT', 'OPTION'].includes(one.tagName) && getComputedStyle(one).display != 'inline');
  return wide.map(one => one.className + ': ' + one.textContent.trim().slice(0, 40));
})()
"""
BROKEN = """
(() => {
  const range = document.createRange(), broken = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode;
    const around = text.parentElement;
    if (!text.data.trim() || !around.checkVisibility() || around.closest('.aside, thead, input, select, dd')) continue;
    const spans = /\\p{N}+(?:[-\u2013][\\p{L}\\p{N}]+)+|[\\p{L}\\p{N}]+/gu;
    for (const word of text.data.matchAll(spans)) {
      range.setStart(text, word.index); range.setEnd(text, word.index + word[0].length);
      const lines = new Set([...range.getClientRects()].map(one => Math.round(one.top)));
      if (lines.size > 1) broken.push(word[0]);
    }
  }
  return broken;
})()
"""


@pytest.fixture(scope="module")
def pictures(root: Path) -> Path:
    folder = root / "build" / "pages"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageSite]:
    """The shipped calendar in the middle of December 2025, with a plan that waits and a service that fails."""
    calendar, _ = load_calendar(None)
    with page_site(calendar, tmp_path_factory.mktemp("state")) as one:
        hit = GuardHit(
            guard="fill-messages",
            level=GuardLevel.ALL,
            scope="pilot",
            found=1200,
            limit=1000,
            sentence="filling",
            subjects=frozenset(),
        )
        dead = Failure(
            where="canvas",
            target="",
            sentence="read profile failed (HTTP 401): Invalid access token.",
            transient=False,
            credential=True,
        )
        one.board.change(
            refused=(hit,), waiting_since=NOW, decide="syncd approve 1a2b3c4d5e6f", failures=(dead,)
        )
        yield one


@pytest.fixture(scope="module")
def base(site: PageSite) -> Iterator[str]:
    with site.listening() as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("profile")) as running:
        yield running


def address(base: str, page: str = "month", language: str = "en", school: str = "law") -> str:
    return base + PAGES[page].format(language=language, school=school)


def faults_of(browser: Browser, axe: str) -> list[str]:
    """What axe finds against WCAG 2.2 A and AA and its own best practices, each with the first place."""
    browser.ask(f"if (!window.axe) {{ {axe} }} 0")
    found = browser.wait_for(
        "axe.run(document, {resultTypes: ['violations'], elementRef: false}).then(told => "
        "told.violations.map(one => one.id + ' (' + one.nodes.length + '): ' + one.nodes[0].html.slice(0, 120)))"
    )
    return list(found)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_stands_right_at_any_width_in_light_and_dark(
    page: str, language: str, base: str, browser: Browser, axe: str, pictures: Path
) -> None:
    """Nothing spills over, no word is broken, axe finds nothing; pictures are left for whoever wants to look."""
    faults = []
    for width in WIDTHS:
        browser.like(prefers_color_scheme="light")
        browser.open(address(base, page, language), width=width)
        if browser.ask("document.documentElement.scrollWidth") > width:
            faults.append(f"{width}: wider than the window")
        faults += [f"{width}: {one}" for script in (SPILLED, BROKEN) for one in browser.ask(script)]
        for scheme in ("light", "dark"):
            browser.like(prefers_color_scheme=scheme)
            if width in JUDGED:
                faults += [f"{width} {scheme}: {one}" for one in faults_of(browser, axe)]
            if width in SHOWN:
                browser.picture(pictures / f"{page}-{language}-{width}-{scheme}.png")
    assert faults == []


def test_what_is_wrong_is_found(base: str, browser: Browser, axe: str) -> None:
    browser.like(prefers_color_scheme="light")
    browser.open(address(base), width=1280)
    browser.ask(
        "document.querySelector('h1').innerHTML = '<span>Akademisch</span>';"
        "const sheet = new CSSStyleSheet(); sheet.replaceSync('h1 { width: 3rem; overflow-wrap: anywhere } "
        ".wall { width: 2000px } .soft { color: #ccc !important }'); document.adoptedStyleSheets = [sheet];"
        "document.querySelector('label').remove(); 0"
    )
    assert browser.ask(BROKEN) == ["Akademisch"]
    assert browser.ask(SPILLED) != []
    found = {one.partition(" ")[0] for one in faults_of(browser, axe)}
    assert {"color-contrast", "label"} <= found


@pytest.mark.parametrize(
    ("school", "language"),
    [
        *((school, "kk") for school in ("economics", "law", "humanities", "journalism")),
        ("journalism", "ru"),
        ("law", "en"),
    ],
)
def test_the_year_prints_on_one_sheet(
    school: str, language: str, base: str, browser: Browser, pictures: Path
) -> None:
    browser.like()
    browser.open(address(base, "year", language, school))
    paper = pictures / f"year-{school}-{language}.pdf"
    assert browser.paper(paper) == 1
    first = re.search(rb"/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]", paper.read_bytes())
    assert first is not None
    assert float(first[1]) > float(first[2]), "landscape"


def test_a_month_and_its_list_print_on_one_sheet(base: str, browser: Browser, pictures: Path) -> None:
    browser.like()
    browser.open(address(base, school="economics"))
    assert browser.paper(pictures / "month.pdf") == 1
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("pdftotext is not installed here")
    told = subprocess.run(
        [program, str(pictures / "month.pdf"), "-"], capture_output=True, text=True, check=True
    ).stdout
    assert "December 2025" in told
    assert "Last day: Winter school course registration" in told.replace("\n", " ")
    assert "Add to Google Calendar" not in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_fullest_month_prints_without_a_broken_word_and_its_list_on_one_sheet(
    language: str, base: str, browser: Browser, pictures: Path
) -> None:
    browser.like(media="print")
    browser.open(address(base, "may", language), width=SHEET)
    assert browser.ask(BROKEN) == []
    assert browser.paper(pictures / f"may-{language}.pdf") == 2


def test_the_stylesheet_is_let_through_by_the_pages_own_policy(base: str, browser: Browser) -> None:
    browser.like(prefers_color_scheme="light")
    for page in PAGES:
        browser.open(address(base, page))
        assert browser.ask("getComputedStyle(document.body).backgroundColor") == "rgb(253, 252, 249)"
        assert browser.ask("document.scripts.length") == 0


def test_the_page_is_whole_and_searched_without_scripts(base: str, browser: Browser) -> None:
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.open(address(base))
        assert ("heading", "December 2025") in browser.names()
        browser.open(f"{base}/?lang=en&school=law&q=project+defences")
        assert ("heading", "Found: 2") in browser.names()
    finally:
        browser.call("Emulation.setScriptExecutionDisabled", value=False)


def test_the_search_form_is_let_through_by_the_pages_own_policy(base: str, browser: Browser) -> None:
    browser.open(address(base))
    browser.call("Runtime.evaluate", expression="q.value = 'project defences'; q.form.requestSubmit()")
    browser.loaded()
    assert browser.ask("document.getElementById('shown').textContent") == "Found: 2"


def test_on_a_phone_today_is_read_without_scrolling(base: str, browser: Browser) -> None:
    browser.open(address(base, language="kk"), width=390, height=844)
    assert browser.ask("document.querySelector('.agendas').getBoundingClientRect().bottom") <= 844
    assert browser.ask("document.querySelector('.schools').getBoundingClientRect().top") >= browser.ask(
        "document.querySelector('.agendas').getBoundingClientRect().bottom"
    )


def test_a_bar_lies_over_exactly_its_days(base: str, browser: Browser) -> None:
    browser.like()
    browser.open(address(base))
    script = """
    (() => {
      const bar = [...document.querySelectorAll('.bar')].find(b => b.textContent == 'Autumn project defences');
      const days = [...bar.closest('.week').querySelectorAll('.day')];
      const box = bar.getBoundingClientRect();
      return days.filter(d => { const one = d.getBoundingClientRect(); const middle = (one.left + one.right) / 2;
        return box.left < middle && middle < box.right && one.top < box.top && box.bottom < one.bottom
        }).map(d => d.textContent.trim());
    })()
    """
    assert browser.ask(script) == ["8", "9", "10", "11", "12", "13"]


def test_the_keyboard_reaches_the_list_first_and_then_everything_in_order(
    base: str, browser: Browser
) -> None:
    browser.open(address(base))
    browser.press("Tab")
    assert browser.ask("document.activeElement.textContent") == "Skip to the list of events"
    browser.ask(
        "window.stops = [...document.querySelectorAll('a, button, input:not([type=hidden]), select, summary')]"
        ".filter(one => one.tabIndex >= 0); 0"
    )
    reached = []
    for _ in range(browser.ask("stops.length") - 1):
        browser.press("Tab")
        reached.append(browser.ask("stops.indexOf(document.activeElement)"))
        assert browser.ask("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert reached == list(range(1, len(reached) + 1))


def test_a_screen_reader_is_told_the_month_once_in_words(base: str, browser: Browser) -> None:
    browser.open(address(base))
    told = browser.names()
    assert ("heading", "Academic calendar MNU Law School") in told
    assert ("navigation", "Schools") in told
    assert [name for role, name in told if role == "StaticText"].count("Autumn project defences") == 1
