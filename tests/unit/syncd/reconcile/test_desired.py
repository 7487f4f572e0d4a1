"""Desired sets are kept from pass to pass: those of the latest calendars, and never another's."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import NoReturn

import pytest

from mapping.desired import desired_events, drawing_for
from mapping.model import CanonicalCalendar
from syncd.reconcile import desired
from syncd.reconcile.desired import DesiredSets, RenderedViews
from tests.unit.mapping.invented import TODAY, calendar, entry, target

ONE, OTHER = target(), target("course", name="other", kind="canvas")


def edition(number: int) -> CanonicalCalendar:
    """A calendar of one entry that stays and one that every edition moves."""
    made = calendar(entry("stays"), entry("moves", (TODAY + timedelta(number)).isoformat()))
    return replace(made, digest=f"edition-{number}")


def test_each_edition_gets_its_own_events_whatever_was_rendered_before() -> None:
    views = RenderedViews()
    for number in (1, 2, 1, 3, 1):
        sets = DesiredSets(edition(number), TODAY, views=views)
        for one in (ONE, OTHER):
            assert sets.desired(one) == desired_events(edition(number), one, drawing_for(one), TODAY)


def test_what_an_edit_leaves_is_the_same_event_and_what_is_in_force_is_not_rendered_again() -> None:
    views = RenderedViews()
    first, second, again = (
        DesiredSets(edition(number), TODAY, views=views).desired(ONE) for number in (1, 2, 1)
    )
    stays, moves = first
    assert (second[stays] is first[stays], second[moves] is first[moves]) == (True, False)
    assert again is first


def test_no_more_than_two_calendars_are_held() -> None:
    views = RenderedViews()
    rendered = [DesiredSets(edition(number), TODAY, views=views).desired(ONE) for number in range(5)]
    assert DesiredSets(edition(4), TODAY, views=views).desired(ONE) is rendered[4]
    assert DesiredSets(edition(3), TODAY, views=views).desired(ONE) is rendered[3]
    assert DesiredSets(edition(0), TODAY, views=views).desired(ONE) is not rendered[0]


def test_a_target_that_goes_by_the_name_of_another_has_its_own_set() -> None:
    sets = DesiredSets(edition(1), TODAY)
    hers = replace(ONE, exclude=frozenset({"moves"}))
    assert (len(sets.desired(ONE)), len(sets.desired(hers)), len(sets.desired(ONE))) == (2, 1, 2)
    assert sets.digest(ONE) != sets.digest(hers)


def test_what_was_rendered_ahead_is_not_rendered_again(monkeypatch: pytest.MonkeyPatch) -> None:
    views = RenderedViews()
    rendering = views.render_ahead(edition(1), (ONE, OTHER), TODAY)
    assert rendering is not None
    rendering.join()
    monkeypatch.setattr(desired, "rendered_view", None)
    for one in (ONE, OTHER):
        held = DesiredSets(edition(1), TODAY, views=views).desired(one)
        assert held == desired_events(edition(1), one, drawing_for(one), TODAY)


def test_what_cannot_be_rendered_is_told_to_whoever_asks_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> NoReturn:
        raise ValueError("no such phrase")

    views = RenderedViews()
    monkeypatch.setattr(desired, "rendered_view", refuse)
    rendering = views.render_ahead(edition(1), (ONE,), TODAY)
    assert rendering is not None
    rendering.join()
    with pytest.raises(ValueError, match="no such phrase"):
        DesiredSets(edition(1), TODAY, views=views).desired(ONE)


def test_of_more_views_than_are_kept_none_is_rendered_before_it_is_asked_for() -> None:
    many = [replace(ONE, name=str(at), exclude=frozenset({f"none-{at}"})) for at in range(33)]
    views = RenderedViews()
    assert views.render_ahead(edition(1), many, TODAY) is None
    assert views.render_ahead(edition(1), many[:-1], TODAY) is not None
