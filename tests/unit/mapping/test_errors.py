"""Errors end as sentences: what happened, where, what to do."""

from __future__ import annotations

from mapping.errors import InvalidCalendarError, OwnershipConflictError, Problem
from mapping.model import Place


def problems(count: int) -> list[Problem]:
    return [Problem(place=Place(file="a.yaml", line=at), message=f"fault {at}") for at in range(1, count + 1)]


def test_an_invalid_calendar_tells_its_first_fifty_problems_and_how_many_more_there_are() -> None:
    told = str(InvalidCalendarError(problems(52))).splitlines()
    assert told[0].startswith("52 problems in the data files")
    assert (told[1].strip(), told[50].strip()) == ("a.yaml:1: fault 1", "a.yaml:50: fault 50")
    assert told[51:] == ["  ... and 2 more"]


def test_fifty_problems_are_all_told() -> None:
    error = InvalidCalendarError(problems(50))
    assert (len(error.problems), len(str(error).splitlines())) == (50, 51)
    assert "more" not in str(error)


def test_an_id_held_by_anothers_event_is_told_with_its_calendar_its_key_and_what_to_do() -> None:
    told = str(OwnershipConflictError(context="law@example", key="2031:exam:main", remote_id="s1"))
    assert told.startswith("law@example: the id of 2031:exam:main is held by an event that is not ours")
    assert told.endswith("Remove that event by hand (its id: s1), or exclude the entry for this target.")
