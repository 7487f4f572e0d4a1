"""Lists of Canvas, read to their end, and how sure one may be that it was the end.

A list is never shorter without a reason: a lost `next` link, a page cut short or rows that shifted are
doubts, and a doubt is told, never passed over. Knows pages and ids, nothing of events.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.canvas.client import Answer, CanvasClient
from connectors.canvas.failures import Call
from connectors.canvas.quoting import Params
from connectors.canvas.settings import ROWS_A_PAGE
from connectors.errors import IncompleteReadError, RejectedError, TooLargeError, TooSlowError

_MOST_AHEAD = 200
"""Pages asked for together, whatever the service says of how many there are."""
_SECOND = re.compile(r"([?&]page=)2(?=&|$)")
_READS = 3
"""Most reads of one list until two agree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLimits:
    """What one pass over a list may come to as a whole, however small its pages are.

    ``attempts``: of each page, None for the usual number.
    """

    pages: int
    rows: int
    size: int
    """Bytes of all bodies, unpacked."""
    seconds: float
    """Of all answers together, waits for quota left out."""
    attempts: int | None = None


SWEEP = ListLimits(pages=3_000, rows=200_000, size=1 << 30, seconds=1_800.0)
"""Courses of an account: thirty thousand a term and a margin."""


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
    client: CanvasClient,
    path: str,
    params: Params,
    call: Call,
    *,
    always: bool = False,
    limits: ListLimits = SWEEP,
    pool: Executor | None = None,
    expected: int = 0,
) -> Listing:
    """A list whose ids two passes running agree on, where one pass leaves doubts or ``always`` asks for it.

    ``always`` is about lists of several pages; one page cannot shift. ``pool``: asks for numbered pages together once
    the first one has told how many there are. ``expected``: rows that there are at least, where it tells nothing of
    that. Raises `IncompleteReadError`, `TooLargeError` and `TooSlowError`.
    """
    before: Listing | None = None
    trouble = _incomplete(call, f"it changed under {_READS} reads running.")
    for _ in range(_READS):
        try:
            listing = _Pass(client, path, params, call, limits, pool, expected).read()
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

    def __init__(
        self,
        client: CanvasClient,
        path: str,
        params: Params,
        call: Call,
        limits: ListLimits,
        pool: Executor | None,
        expected: int,
    ) -> None:
        self._client = client
        self._path = path
        self._asked = [*params, ("per_page", str(ROWS_A_PAGE))]
        self._call = call
        self._limits = limits
        self._size = 0
        self._seconds = 0.0
        self._rows: dict[str, Mapping[str, Any]] = {}
        self._followed: set[str] = set()
        self._doubtful = False
        self._pool = pool
        self._expected = expected
        self._ahead: dict[str, Future[Answer]] = {}
        """Pages that were asked for before the one before them had named them, by address."""

    def read(self) -> Listing:
        """All rows. Raises `IncompleteReadError` where the list ends before its told end."""
        first = self._get(self._path, self._asked)
        answer: Answer | None = first
        pages = 0
        try:
            self._ask_ahead(first)
            while answer is not None:
                pages += 1
                self._take(answer)
                self._check_limits(answer, pages)
                answer = self._following(answer, pages)
        finally:
            for asked in self._ahead.values():
                asked.cancel()
        return Listing(rows=self._rows, pages=pages, date=first.date, doubtful=self._doubtful)

    def _ask_ahead(self, first: Answer) -> None:
        """Ask for all pages after the first at once, as the next links are going to name them.

        Each is taken only where the page before it does name it: what is told of the end is looked at as ever.
        """
        if self._pool is None or first.page != 1:
            return
        last = first.last_page
        if last is None:
            # Canvas counts no account's courses. Full pages alone: what the last one holds may well be gone.
            last = self._expected // (first.per_page or ROWS_A_PAGE)
        for number in range(2, min(last, _MOST_AHEAD) + 1):
            address, found = _SECOND.subn(rf"\g<1>{number}", first.next_url)
            if found != 1:
                return
            try:
                self._ahead[address] = self._pool.submit(self._get, address, ())
            except RuntimeError:  # the pool is closed: the call itself says that
                return

    def _take(self, answer: Answer) -> None:
        rows, before = self._rows, len(self._rows)
        for row in answer.data:
            number = row.get("id") if type(row) is dict else None
            rows[str(number) if type(number) is int else self._id(row)] = row
        self._doubtful |= len(rows) - before < len(answer.data)

    def _get(self, path: str, params: Params) -> Answer:
        return self._client.get(path, params, self._call, shape=list, attempts=self._limits.attempts)

    def _check_limits(self, answer: Answer, pages: int) -> None:
        """Raise where the list as a whole goes beyond its bounds. A list that ends has ended."""
        limits = self._limits
        self._size += answer.size
        self._seconds += answer.seconds
        operation, context = self._call.operation, self._call.context
        if self._size > limits.size:
            raise TooLargeError(
                f"its list has more than {limits.size >> 20} MB.", operation=operation, context=context
            )
        if len(self._rows) > limits.rows:
            raise TooLargeError(
                f"its list has more than {limits.rows:,} rows.", operation=operation, context=context
            )
        if pages >= limits.pages and answer.next_url:
            raise TooLargeError(
                f"its list has more than {limits.pages:,} pages.", operation=operation, context=context
            )
        if self._seconds > limits.seconds and answer.next_url:
            raise TooSlowError(
                f"its list took more than {limits.seconds:g} seconds.", operation=operation, context=context
            )

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
            asked = self._ahead.pop(url, None)
            return asked.result() if asked is not None else self._get(url, ())
        except RejectedError as error:
            # Canvas asks to start anew where a bookmark has gone stale.
            raise _incomplete(self._call, error.message) from error

    def _beyond(self, answer: Answer, page: int) -> Answer | None:
        """A full last page: either the end, or a link was lost on the way. The page after it tells."""
        if not answer.numbered:
            self._doubtful = True
            return None
        beyond = self._get(self._path, [*self._asked, ("page", str(page))])
        if all(self._id(row) in self._rows for row in beyond.data):
            return None
        self._doubtful = True
        return beyond

    def _id(self, row: Any) -> str:
        """What `_take` finds no plain number in, as most rows have."""
        number = row.get("id") if isinstance(row, dict) else None
        if type(number) is int:
            return str(number)
        if isinstance(number, str) and number:
            return number
        raise _incomplete(self._call, "a row has no id.")


def _incomplete(call: Call, reason: str) -> IncompleteReadError:
    return IncompleteReadError(
        f"the list is not complete: {reason}", operation=call.operation, context=call.context
    )
