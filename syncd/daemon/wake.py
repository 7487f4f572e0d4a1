"""Why the daemon should not go on waiting: set from any thread, taken by the driver."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What had come up. ``by``: who asked, where a person did."""

    edited: bool = False
    reload: bool = False
    asked: bool = False
    by: str = ""


class Wake:
    """Thread-safe; nothing told is lost between two takes."""

    def __init__(self) -> None:
        self.event = threading.Event()
        self._mutex = threading.Lock()
        self._taken = Taken()

    def take(self) -> Taken:
        """Everything told since the last take."""
        with self._mutex:
            self.event.clear()
            taken, self._taken = self._taken, Taken()
            return taken

    def edit(self) -> None:
        """The data files changed."""
        with self._mutex:
            self._taken = replace(self._taken, edited=True)
            self.event.set()

    def ask(self, by: str = "") -> None:
        """A person asked: an approval, a resume, a publication."""
        with self._mutex:
            self._taken = replace(self._taken, asked=True, by=by or self._taken.by)
            self.event.set()

    def ask_reload(self) -> None:
        """Read the data files again, whether they changed or not."""
        with self._mutex:
            self._taken = replace(self._taken, reload=True)
            self.event.set()
