"""The plan as a dean gets it: few sheets of A4, legible at every width, in each of the registrar's languages."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from mapping.model import Days
from syncd.sandbox.pair import Pair
from tests.system.browser import Browser
from tests.system.test_page import BROKEN, SHEET, SPILLED, faults_of
from tests.unit.syncd.reporting.plan.plans import PILOT, course, move, report, text_of
from tests.unit.syncd.reporting.plan.plans import event as made_event

pytestmark = pytest.mark.system

LANGUAGES = ("kk", "ru", "en", "ar")
TODAY = "2025-08-20"
ENTRY, OLD, NEW = "re-registration-autumn", "2025-09-13", "2025-09-10"


PARTED = """
(() => [...document.querySelectorAll('.move')].filter(one => {
  const range = document.createRange(); range.selectNodeContents(one);
  const lines = new Set([...range.getClientRects()].map(box => Math.round(box.top))).size;
  one.style.whiteSpace = 'nowrap';
  const fits = one.offsetWidth <= one.parentElement.clientWidth;
  one.style.whiteSpace = '';
  return lines > 1 && fits;
}).map(one => one.textContent))()
"""
"""Moves of dates that a line end parts although a line has room for all of it."""


@dataclass(frozen=True, slots=True)
class Registrar:
    """A site of the demo's university, whose plans are saved as pages."""

    folder: Path
    variables: dict[str, str]

    def syncd(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "syncd", *words],
            env=os.environ | self.variables,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode in {0, 2, 3}, done.stderr
        return done.stdout

    def pages(self, name: str) -> None:
        for language in LANGUAGES:
            page = self.folder / f"{name}-{language}.html"
            self.syncd("--dry-run", "--format", "html", "--language", language, "--out", str(page))


@pytest.fixture(scope="module")
def registrar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registrar]:
    """The first fill's plan, then, with all calendars filled, that of one moved deadline."""
    folder = tmp_path_factory.mktemp("plans")
    with Pair.seeded() as pair:
        with as_file(files("data")) as shipped:
            shutil.copytree(
                shipped, folder / "calendar", ignore=shutil.ignore_patterns("*.py*", "__pycache__")
            )
        variables = pair.write_site(folder / "site", calendar_dir=str(folder / "calendar"))
        one = Registrar(
            folder, variables | {"SYNCD_TODAY": TODAY, "SYNCD_ENV_FILE": str(folder / "site" / ".env")}
        )
        one.pages("fill")
        digest = json.loads(one.syncd("--dry-run", "--format", "json"))["digest"]
        one.syncd("--once", "--approve", digest)
        (file,) = [
            path
            for path in (folder / "calendar").rglob("*.yaml")
            if f"id: {ENTRY}\n" in path.read_text("utf-8")
        ]
        before, found, rest = file.read_text("utf-8").partition(f"id: {ENTRY}\n")
        assert OLD in rest
        file.write_text(before + found + rest.replace(f"end: {OLD}", f"end: {NEW}", 1), "utf-8")
        one.pages("move")
        yield one


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("browser")) as one:
        yield one


@pytest.fixture(scope="module")
def pictures(root: Path) -> Path:
    folder = root / "build" / "plans"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "most"), [("move", 4), ("fill", 12)])
def test_a_plan_is_few_sheets_of_paper(
    registrar: Registrar, browser: Browser, pictures: Path, name: str, most: int, language: str
) -> None:
    browser.like(media="print")
    browser.open((registrar.folder / f"{name}-{language}.html").as_uri(), width=SHEET)
    assert 1 <= browser.paper(pictures / f"{name}-{language}.pdf") <= most
    assert browser.ask(BROKEN) == []


def test_a_moved_deadline_is_as_few_sheets_in_sixty_targets(
    browser: Browser, pictures: Path, tmp_path: Path
) -> None:
    wanted = made_event("2031-2032:papers-michaelmas:main", "Drop deadline", date(2031, 12, 16))
    before = Days(date(2031, 12, 19), date(2031, 12, 20))
    names = [f"faculty-{number}" for number in range(60)]
    places = [replace(course(number), target=name) for number, name in enumerate(names)]
    made = report(
        ((place, move(place, wanted, before)) for place in places),
        targets=tuple(names),
        target_values={name: replace(PILOT, name=name) for name in names},
    )
    page = tmp_path / "sixty.html"
    page.write_text(text_of(made, "html"), encoding="utf-8")
    browser.like()
    browser.open(page.as_uri())
    assert browser.ask("document.body.textContent.includes('faculty-59')")
    assert 1 <= browser.paper(pictures / "sixty.pdf") <= 4


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["move", "fill"])
def test_a_plan_is_whole_at_any_width_and_sound_in_light_and_dark(
    registrar: Registrar, browser: Browser, axe: str, pictures: Path, name: str, language: str
) -> None:
    faults = []
    for width in (320, 390, 768, 1280):
        browser.like(prefers_color_scheme="light")
        browser.open((registrar.folder / f"{name}-{language}.html").as_uri(), width=width)
        faults += [f"{width}: {one}" for script in (SPILLED, BROKEN, PARTED) for one in browser.ask(script)]
        browser.picture(pictures / f"{name}-{language}-{width}.png")
    # Judged at the last width; its layout holds every part.
    faults += faults_of(browser, axe)
    browser.like(prefers_color_scheme="dark")
    faults += faults_of(browser, axe)
    browser.picture(pictures / f"{name}-{language}-dark.png")
    assert faults == []
