"""The status page as a browser draws it: nothing overflows, everything is legible, keys and readers find their way."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from syncd.sandbox.pair import Pair
from tests.supervised.conftest import Service, Unit, prefix, site_of
from tests.supervised.test_web import IN_STEP, Site
from tests.system.browser import Browser

__all__ = ["prefix"]
pytestmark = pytest.mark.system

AUTUMN = "?lang={language}&school={school}&month=2025-12"
WIDTHS = {"wide": 1440, "laptop": 1024, "tablet": 768, "phone": 360}
CONTRAST = """
(() => {
  const channel = v => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4 };
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const numbers = text => text.match(/[\\d.]+/g).map(Number);
  const ground = element => {
    for (let one = element; one; one = one.parentElement) {
      const colour = numbers(getComputedStyle(one).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const poor = [];
  for (const element of document.querySelectorAll("body *")) {
    if (element.closest(".out") || !element.checkVisibility()) continue;
    if (![...element.childNodes].some(one => one.nodeType == 3 && one.data.trim())) continue;
    const pair = [light(numbers(getComputedStyle(element).color)), light(ground(element))].sort((a, b) => b - a);
    const ratio = (pair[0] + 0.05) / (pair[1] + 0.05);
    if (ratio < 4.5) poor.push(element.textContent.trim().slice(0, 40) + " " + ratio.toFixed(2));
  }
  return poor;
})()
"""


@pytest.fixture(scope="module")
def pictures(root: Path) -> Path:
    folder = root / "build" / "pages"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def site(prefix: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A service with a plan that waits, in the middle of December."""
    with Pair.seeded() as pair:
        service = Service(Unit.read("syncd.service"), tmp_path_factory.mktemp("machine"), prefix)
        site_of(pair, service)
        service.settings |= {
            "SYNCD_HTTP_LISTEN": "127.0.0.1:0",
            "SYNCD_TODAY": "2025-12-16",
            "SYNCD_GUARDS__FILL_MESSAGES": "1",
        }
        service.start().until(IN_STEP)
        try:
            yield Site(service)
        finally:
            service.close()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("profile")) as running:
        yield running


def address(site: Site, language: str = "en", school: str = "law") -> str:
    return f"http://127.0.0.1:{site.port}/" + AUTUMN.format(language=language, school=school)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_nothing_is_wider_than_the_window(
    language: str, width: str, site: Site, browser: Browser, pictures: Path
) -> None:
    browser.like()
    browser.open(address(site, language), width=WIDTHS[width])
    browser.picture(pictures / f"{language}-{width}.png")
    assert browser.ask("document.documentElement.scrollWidth") <= WIDTHS[width]
    cut = "[...document.querySelectorAll('.bar')].filter(b => b.scrollWidth > b.clientWidth + 1).length"
    assert browser.ask(cut) == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("school", ["law", "journalism"])
def test_every_word_stands_out_from_its_ground(
    school: str, scheme: str, site: Site, browser: Browser, pictures: Path
) -> None:
    browser.like(prefers_color_scheme=scheme)
    browser.open(address(site, school=school))
    browser.picture(pictures / f"{school}-{scheme}.png")
    assert browser.ask(CONTRAST) == []


def test_the_stylesheet_is_let_through_by_the_pages_own_policy(site: Site, browser: Browser) -> None:
    browser.like(prefers_color_scheme="light")
    browser.open(address(site))
    assert browser.ask("getComputedStyle(document.body).backgroundColor") == "rgb(253, 252, 249)"
    assert browser.ask("document.scripts.length") == 0


def test_the_page_is_whole_without_scripts(site: Site, browser: Browser) -> None:
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.open(address(site))
        assert ("heading", "December 2025") in browser.names()
    finally:
        browser.call("Emulation.setScriptExecutionDisabled", value=False)


def test_a_bar_lies_over_exactly_its_days(site: Site, browser: Browser) -> None:
    browser.like()
    browser.open(address(site))
    script = """
    (() => {
      const bar = [...document.querySelectorAll('.bar')].find(b => b.textContent == 'Autumn project defences');
      const days = [...bar.closest('tbody').querySelectorAll('.days td')];
      const box = bar.parentElement.getBoundingClientRect();
      return days.filter(d => { const one = d.getBoundingClientRect(); const middle = (one.left + one.right) / 2;
        return box.left < middle && middle < box.right }).map(d => d.textContent.trim());
    })()
    """
    assert browser.ask(script) == ["8", "9", "10", "11", "12", "13"]


def test_the_keyboard_reaches_the_list_first_and_then_every_link_in_order(
    site: Site, browser: Browser
) -> None:
    browser.open(address(site))
    browser.press("Tab")
    assert browser.ask("document.activeElement.textContent") == "Skip to the list of the month"
    reached = []
    for _ in range(browser.ask("document.links.length") - 1):
        browser.press("Tab")
        reached.append(browser.ask("[...document.links].indexOf(document.activeElement)"))
        assert browser.ask("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert reached == list(range(1, len(reached) + 1))


def test_a_screen_reader_is_told_the_month_once_in_words(site: Site, browser: Browser) -> None:
    browser.open(address(site))
    told = browser.names()
    assert ("heading", "Academic calendar") in told
    assert ("navigation", "Schools") in told
    assert [name for role, name in told if role == "StaticText"].count("Autumn project defences") == 1


def test_the_month_and_its_list_print_on_one_sheet_of_a4(
    site: Site, browser: Browser, pictures: Path
) -> None:
    browser.like()
    browser.open(address(site, school="economics"))
    sheets = browser.paper(pictures / "month.pdf")
    assert 2 <= sheets <= 4
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("pdftotext is not installed here")
    first = subprocess.run(
        [program, "-l", "1", str(pictures / "month.pdf"), "-"], capture_output=True, text=True, check=True
    ).stdout
    assert "December 2025" in first
    assert "Last day: Winter school course registration" in first.replace("\n", " ")
    assert "Where it is published" not in first


def test_prometheus_finds_the_metrics_clean(site: Site) -> None:
    program = shutil.which("promtool")
    if program is None:
        pytest.skip("promtool is not installed here")
    told = subprocess.run(
        [program, "check", "metrics"],
        input=site.get("/metrics")[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (told.returncode, told.stdout, told.stderr) == (0, "", "")
