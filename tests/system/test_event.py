"""The shipped calendar's events as a phone's browser draws them: most need no scrolling, none is wider than the screen."""

import json
from pathlib import Path

import pytest

from syncd.source.folder import load_calendar
from tests.system.browser import Browser
from tests.unit.data.test_phone import events

pytestmark = pytest.mark.system

WIDTH, HEIGHT = 360, 740
LANGUAGES = ("kk", "ru", "en")
PAGE = """<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<style>
  body { margin: 0; font: 16px/1.5 Lato, "Noto Sans", sans-serif; }
  article { padding: 0 16px; overflow-wrap: normal; }
</style>
"""
"""Type and margins as Canvas gives a text on a phone; the size of the letters is what its mobile browsers start from."""
MEASURE = """
JSON.stringify([...document.querySelectorAll("article")].map(one => [
  one.querySelector("section").getBoundingClientRect().height,
  one.scrollWidth,
  [...one.querySelectorAll("details")].every(inner => !inner.open)
]))
"""


def test_nine_of_ten_events_fit_one_screen_in_every_language(tmp_path: Path) -> None:
    calendar = load_calendar(None)[0]
    shown = {
        first: {
            f"{event.entry} {event.body_hash}": event.body
            for event in events(calendar, first, *(one for one in LANGUAGES if one != first))
        }
        for first in LANGUAGES
    }
    bodies = [body for of_language in shown.values() for body in of_language.values()]
    page = tmp_path / "events.html"
    page.write_text(PAGE + "".join(f"<article>{body}</article>\n" for body in bodies), encoding="utf-8")
    with Browser(tmp_path / "profile") as browser:
        browser.open(page.as_uri(), width=WIDTH, height=HEIGHT)
        measured = json.loads(browser.ask(MEASURE))
    assert len(measured) == len(bodies) > 300
    assert all(is_folded for _, _, is_folded in measured)
    assert max(width for _, width, _ in measured) <= WIDTH
    heights = [height for height, _, _ in measured]
    for of_language in shown.values():
        own, heights = heights[: len(of_language)], heights[len(of_language) :]
        fitting = sum(height <= HEIGHT for height in own)
        assert fitting >= 0.9 * len(own)
