"""A change is told by the title people will see, or the one they saw last."""

from __future__ import annotations

from mapping.model import Action, Change, Why
from tests.support.events import COURSE, desired, observed

WISH = desired(title="New title")


def change(action: Action, **given: object) -> Change:
    return Change(context=COURSE, action=action, why=Why.EDIT, key=WISH.key, **given)  # type: ignore[arg-type]


def test_what_is_written_is_told_by_its_new_title() -> None:
    before = observed(WISH, title="Old title")
    assert change(Action.UPDATE, desired=WISH, observed=before).title == "New title"


def test_what_is_deleted_is_told_by_the_title_it_had() -> None:
    assert change(Action.DELETE, observed=observed(WISH, title="Old title")).title == "Old title"


def test_a_change_of_nothing_known_has_no_title() -> None:
    assert change(Action.DELETE).title == ""
