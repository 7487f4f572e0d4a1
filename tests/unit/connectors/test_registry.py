"""The kinds of target: one table, and the two others that name the same kinds."""

import base64

import pytest

from connectors.registry import KINDS, course_context, is_course
from mapping.shapes import DRAWINGS
from syncd.wiring import BUILDERS


def test_every_kind_can_be_drawn_and_built() -> None:
    assert KINDS.keys() == DRAWINGS.keys() == BUILDERS.keys()


def test_a_person_is_shown_the_event_in_canvas() -> None:
    link = KINDS["canvas"].web_link("https://canvas.example.edu/", "course_7", "12")
    assert link == "https://canvas.example.edu/calendar?include_contexts=course_7&event_id=12"


def test_there_is_no_link_to_a_service_whose_address_is_unknown() -> None:
    assert KINDS["canvas"].web_link("", "course_7", "12") == ""


def test_a_person_is_shown_the_event_in_google_calendar() -> None:
    _, eid = KINDS["google"].web_link("", "law@group.calendar.google.com", "abc").split("eid=")
    assert base64.urlsafe_b64decode(eid + "==") == b"abc law@group.calendar.google.com"


@pytest.mark.parametrize(("context", "course"), [(course_context(7), True), ("account_7", False)])
def test_a_course_is_told_by_its_name(context: str, course: bool) -> None:
    assert is_course(context) is course
