"""Everything that `syncd check` looks at, first without network and then over it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from syncd.checks.lines import Line
from syncd.checks.offline import Offline
from syncd.checks.online import Online


class Check:
    """One look. ``day``: to pretend, in place of what the settings say."""

    def __init__(self, day: date | None = None) -> None:
        self._sound = Offline(day=day)

    def offline(self) -> Iterator[Line]:
        """Everything that needs no network."""
        return self._sound.lines()

    def online(self) -> Iterator[Line]:
        """What the services say; nothing where what comes before is not sound. After `offline`."""
        found = self._sound
        if found.settings is None or found.calendar is None or found.targets is None:
            return
        yield from Online(
            settings=found.settings,
            calendar=found.calendar,
            targets=found.targets,
            connectors=found.connectors,
        ).lines()

    @property
    def questions(self) -> int:
        """Questions to the registrar in the years that were read, drafts included."""
        return self._sound.questions

    def close(self) -> None:
        """Cut what was asked through, and wake what still waits there on behalf of nobody."""
        self._sound.stop.set()
        for connector in self._sound.connectors.values():
            connector.close()
