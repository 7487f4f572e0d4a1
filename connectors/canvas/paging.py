"""Lists of Canvas, read to their end, and how sure one may be that it was the end.

A list is never shorter without a reason: a lost `next` link, a page cut short or rows that shifted are
doubts, and a doubt is told, never passed over. Knows pages and ids, nothing of events.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.canvas.client import Answer, CanvasClient, Params
from connectors.canvas.failures import Call
from connectors.canvas.settings import ROWS_A_PAGE
from connectors.errors import IncompleteReadError, RejectedError

_READS = 3
"""Most reads of one list until two agree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """All rows of a list by id, as one pass over its pages showed them."""

    rows: Mapping[str, Mapping[str, Any]]
    pages: int
    date: datetime | None
    """The server's clock at the first page."""
    doubtful: bool = False
    """Rows shifted, or a page was shorter than the next one allows: another pass should agree."""


def read_until_two_agree(
    client: CanvasClient, path: str, params: Params, call: Call, *, always: bool = False
) -> Listing:
    """A list whose ids two passes running agree on, where one pass leaves doubts or ``always`` asks for it.

    ``always`` is about lists of several pages; one page cannot shift. Raises `IncompleteReadError`.
    """
    before: Listing | None = None
    trouble = _incomplete(call, f"it changed under {_READS} reads running.")
    for _ in range(_READS):
        try:
            listing = _Pass(client, path, params, call).read()
        except IncompleteReadError as error:
            before, trouble = None, error
            continue
        if not listing.doubtful and (listing.pages == 1 or not always):
            return listing
        if before is not None and listing.rows.keys() == before.rows.keys():
            return listing
        before = listing
    raise trouble


class _Pass:
    """One pass over all pages of a list."""

    def __init__(self, client: CanvasClient, path: str, params: Params, call: Call) -> None:
        self._client = client
        self._path = path
        self._asked = [*params, ("per_page", str(ROWS_A_PAGE))]
        self._call = call
        self._rows: dict[str, Mapping[str, Any]] = {}
        self._followed: set[str] = set()
        self._doubtful = False

    def read(self) -> Listing:
        """All rows. Raises `IncompleteReadError` where the list ends before its told end."""
        answer: Answer | None = self._client.get(self._path, self._asked, self._call, shape=list)
        date = answer.date if answer is not None else None
        pages = 0
        while answer is not None:
            pages += 1
            self._take(answer)
            answer = self._following(answer, pages)
        return Listing(rows=self._rows, pages=pages, date=date, doubtful=self._doubtful)

    def _take(self, answer: Answer) -> None:
        before = len(self._rows)
        for row in answer.data:
            self._rows[self._id(row)] = row
        self._doubtful |= len(self._rows) - before < len(answer.data)

    def _following(self, answer: Answer, pages: int) -> Answer | None:
        full = len(answer.data) >= (answer.per_page or ROWS_A_PAGE)
        if answer.next_url:
            self._doubtful |= not full
            return self._follow(answer.next_url)
        page = answer.page if answer.page is not None else pages
        if answer.last_page is not None and answer.last_page > page:
            raise _incomplete(self._call, f"page {page} of {answer.last_page} names no next one.")
        if not full or answer.last_page is not None:
            return None
        return self._beyond(answer, page + 1)

    def _follow(self, url: str) -> Answer:
        if url in self._followed:
            raise _incomplete(self._call, "its pages go round.")
        self._followed.add(url)
        try:
            return self._client.get(url, (), self._call, shape=list)
        except RejectedError as error:
            # Canvas asks to start anew where a bookmark has gone stale.
            raise _incomplete(self._call, error.message) from error

    def _beyond(self, answer: Answer, page: int) -> Answer | None:
        """A full last page: either the end, or a link was lost on the way. The page after it tells."""
        if not answer.numbered:
            self._doubtful = True
            return None
        beyond = self._client.get(self._path, [*self._asked, ("page", str(page))], self._call, shape=list)
        if all(self._id(row) in self._rows for row in beyond.data):
            return None
        self._doubtful = True
        return beyond

    def _id(self, row: Any) -> str:
        if isinstance(row, dict) and isinstance(row.get("id"), (int, str)) and row["id"] != "":
            return str(row["id"])
        raise _incomplete(self._call, "a row has no id.")


def _incomplete(call: Call, reason: str) -> IncompleteReadError:
    return IncompleteReadError(
        f"the list is not complete: {reason}", operation=call.operation, context=call.context
    )
