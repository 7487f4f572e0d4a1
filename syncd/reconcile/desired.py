"""Desired sets, computed once per view and shared by every context and target that has it."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Hashable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from datetime import date

from mapping.desired import RenderedView, drawing_for, rendered_view, view_key
from mapping.model import CanonicalCalendar, DesiredEvent, Target
from mapping.shapes import Drawing

MOST_VIEWS = 64
"""Views whose events are kept from one pass to the next: a few hundred kilobytes each."""
MOST_CALENDARS = 2
"""Calendars of which views are kept: what is in force, and what an edit makes of it."""


class RenderedViews:
    """Desired events that were rendered before, the latest kept. Thread-safe.

    A calendar's digest stands for all that can be published of it, so that the same text is not rendered anew in every
    cycle, and after an edit not for the fast lane and for the cycle that follows. Of another calendar those entries are
    rendered that the edit touches.
    """

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._kept: dict[tuple[str, Hashable], RenderedView] = {}

    def events(
        self, calendar: CanonicalCalendar, target: Target, drawing: Drawing, today: date
    ) -> Mapping[str, DesiredEvent]:
        """As `mapping.desired.desired_events`."""
        view = (view_key(target), drawing, today)
        key = (calendar.digest, view)
        with self._mutex:
            found = self._kept.pop(key, None)
            if found is None:
                before = next((one for one in reversed(self._kept.values()) if one.view == view), None)
                found = rendered_view(calendar, target, drawing, today, before)
            self._kept[key] = found
            self._let_go()
        return found.events

    def render_ahead(
        self, calendar: CanonicalCalendar, targets: Iterable[Target], today: date
    ) -> threading.Thread | None:
        """Render what is about to be asked for in a thread of its own, while the caller waits for a service.

        None where there are more views than are kept of each calendar: what is not kept would be rendered twice.
        """
        wanted = {(view_key(one), drawing := drawing_for(one)): (one, drawing) for one in targets}
        if len(wanted) > MOST_VIEWS // MOST_CALENDARS:
            return None

        def render() -> None:
            # What cannot be rendered is raised where it is asked for.
            with suppress(Exception):
                for target, drawing in wanted.values():
                    self.events(calendar, target, drawing, today)

        thread = threading.Thread(target=render, name="render", daemon=True)
        thread.start()
        return thread

    def _let_go(self) -> None:
        latest = list(dict.fromkeys(digest for digest, _ in reversed(self._kept)))[:MOST_CALENDARS]
        for key in [one for one in self._kept if one[0] not in latest]:
            del self._kept[key]
        while len(self._kept) > MOST_VIEWS:
            del self._kept[next(iter(self._kept))]


class DesiredSets:
    """The desired sets of one calendar on one day."""

    def __init__(
        self,
        calendar: CanonicalCalendar,
        today: date,
        retired: AbstractSet[str] = frozenset(),
        views: RenderedViews | None = None,
    ) -> None:
        """``retired``: targets that should hold nothing. ``views``: what earlier passes rendered."""
        self.calendar = calendar
        self._views = views if views is not None else RenderedViews()
        self._retired = retired
        self._today = today
        self._sets: dict[object, tuple[Mapping[str, DesiredEvent], str]] = {}
        self._of_target: dict[str, tuple[Target, tuple[Mapping[str, DesiredEvent], str]]] = {}

    def desired(self, target: Target) -> Mapping[str, DesiredEvent]:
        """What each context of the target should hold, by event key."""
        if target.name in self._retired:
            return {}
        return self._view(target)[0]

    def digest(self, target: Target) -> str:
        """Changes whenever anything of the target's desired set or policy does."""
        return self._view(target)[1]

    def _view(self, target: Target) -> tuple[Mapping[str, DesiredEvent], str]:
        # Asked for every context, of few targets: what makes a view is compared once for each of them.
        known = self._of_target.get(target.name)
        if known is None or known[0] is not target:
            known = self._of_target[target.name] = (target, self._by_view(target))
        return known[1]

    def _by_view(self, target: Target) -> tuple[Mapping[str, DesiredEvent], str]:
        drawing = drawing_for(target)
        key = (view_key(target), drawing, target.drift, target.respect_deletions, target.copies, target.past)
        found = self._sets.get(key)
        if found is None:
            desired = self._views.events(self.calendar, target, drawing, self._today)
            found = self._sets[key] = (desired, _digest(desired, repr(key[2:])))
        return found


def _digest(desired: Mapping[str, DesiredEvent], policy: str) -> str:
    digest = hashlib.sha256(policy.encode())
    for key in sorted(desired):
        digest.update(f"{key}={desired[key].fingerprint}\n".encode())
    return digest.hexdigest()[:16]
