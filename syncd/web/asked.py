"""What a reader may choose, checked: anything unknown is the default and is never echoed."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Self
from urllib.parse import quote, urlencode

from starlette.requests import Request

from mapping.model import CanonicalCalendar, University
from syncd.web.guards import LOOPBACK, host_of
from syncd.web.words import choose_language

MONTH, YEAR, TERMS = "month", "year", "terms"
VIEWS = (MONTH, YEAR, TERMS)
_LONGEST_QUESTION = 200
_HOST = re.compile(r"[a-z0-9.-]{1,253}(:[0-9]{1,5})?|\[::1\](:[0-9]{1,5})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """``root``: the way from the page's path to the site's root; ``draft``: the draft year that is shown, '' for none.

    ``month``: its first day; ``year``: an academic year, '' for the one that today lies in; ``question`` and
    ``category``: what is searched for, '' for nothing.
    """

    language: str
    school: str
    view: str = MONTH
    month: date | None = None
    year: str = ""
    question: str = ""
    category: str = ""
    draft: str = ""
    root: str = ""
    base: str = ""
    """Public address of the site, without a slash at its end; '' where it is not known."""

    @classmethod
    def of(cls, request: Request, calendar: CanonicalCalendar, *, draft: str = "") -> Self:
        """What the address asks for."""
        university, chosen = calendar.university, request.query_params
        school, view = chosen.get("school", ""), chosen.get("view", "")
        year, category = chosen.get("year", ""), chosen.get("category", "")
        return cls(
            language=choose_language(
                university.languages, chosen.get("lang", ""), request.headers.get("Accept-Language", "")
            ),
            school=school if school in university.schools else next(iter(university.schools), ""),
            view=view if view in VIEWS else MONTH,
            month=_month(chosen.get("month", "")),
            year=draft or (year if year in calendar.years else ""),
            question=" ".join(chosen.get("q", "").split())[:_LONGEST_QUESTION],
            category=category if category in university.categories else "",
            draft=draft,
            root="../" * (request.url.path.count("/") - 1),
        )

    @property
    def home(self) -> str:
        """Address of the calendar itself: the site's, or the draft's."""
        return f"{self.root}status/draft/{quote(self.draft)}" if self.draft else self.root or "./"

    def link(self, **changes: Any) -> str:
        """The calendar with something else chosen; a search ends with the next choice of anything else."""
        kept = replace(self, question="", category="")
        return f"{self.home}?{urlencode(_query(replace(kept, **changes)))}"

    def event(self, year: str, entry: str) -> str:
        """An entry's own page."""
        home = f"{self.home}/" if self.draft else self.root
        return f"{home}event/{quote(year)}/{quote(entry)}?{urlencode(_who(self))}"

    def status(self, **changes: Any) -> str:
        """The page for operators."""
        return f"{self.root}status?{urlencode({'lang': replace(self, **changes).language})}"

    def draft_link(self, year: str) -> str:
        """A draft year's calendar."""
        return f"{self.root}status/draft/{quote(year)}?{urlencode(_who(self))}"


def public_address(university: University, hosts: Collection[str], request: Request) -> str:
    """The site's own address without a slash at its end: as the data says, else of a host that is ours, else ''.

    A host that was sent counts only where it is one of the page's, or this very machine; nothing else of the request
    ends up in an address.
    """
    if university.page:
        return university.page.rstrip("/")
    sent = request.headers.get("host", "").casefold()
    if not _HOST.fullmatch(sent):
        return ""
    host = host_of(sent.encode())
    if host in set(map(str.casefold, hosts)):
        return f"https://{host}"
    return f"http://{sent}" if host in LOOPBACK else ""


def _who(asked: Asked) -> dict[str, str]:
    return {"lang": asked.language, **({"school": asked.school} if asked.school else {})}


def _query(asked: Asked) -> dict[str, str]:
    given = {
        "view": asked.view if asked.view != MONTH else "",
        "year": asked.year if asked.view != MONTH and not asked.draft else "",
        "month": f"{asked.month:%Y-%m}" if asked.month is not None and asked.view == MONTH else "",
        "q": asked.question,
        "category": asked.category,
    }
    return {**_who(asked), **{name: value for name, value in given.items() if value}}


def _month(text: str) -> date | None:
    """The first of a month such as ``2025-12``; None for anything else, the ends of the calendar included."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return first if date.min.year < first.year < date.max.year else None
