"""A change is told by the title people will see, or the one they saw last."""

from __future__ import annotations

from mapping.model import Create, Delete, Update, Why
from tests.support.events import COURSE, desired, observed

WISH = desired(title="New title")
BEFORE = observed(WISH, title="Old title")


def test_what_is_written_is_told_by_its_new_title() -> None:
    new = Create(context=COURSE, why=Why.FILL, desired=WISH)
    edited = Update(context=COURSE, why=Why.EDIT, desired=WISH, observed=BEFORE, fields=())
    assert (new.title, edited.title) == ("New title", "New title")


def test_what_is_deleted_is_told_by_the_title_it_had() -> None:
    gone = Delete(context=COURSE, why=Why.ORPHAN, key=WISH.key, observed=BEFORE)
    assert gone.title == "Old title"


def test_what_is_written_leaves_its_mark_and_what_is_deleted_none() -> None:
    new = Create(context=COURSE, why=Why.FILL, desired=WISH)
    gone = Delete(context=COURSE, why=Why.ORPHAN, key=WISH.key, observed=BEFORE)
    assert (new.mark, gone.mark) == (str(WISH.fingerprint), "")
