"""Errors of the shell: settings, lock, state, approvals. Fields below, one sentence at the top."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from mapping.errors import SyncdError


class SettingsError(SyncdError):
    """Raised when the environment cannot be used; holds one sentence per problem."""

    def __init__(self, problems: Sequence[str] | str) -> None:
        self.problems = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(self.problems)


class UnknownTargetError(SettingsError):
    """Raised when a target is named that the targets file does not have."""


class UsageError(SyncdError):
    """Raised when a command was typed in a way that cannot be carried out."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)

    def __str__(self) -> str:
        return self.sentence


class BusyError(SyncdError):
    """Raised when a service that is well cannot answer now and will soon; ``why``: what it is busy with."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)

    def __str__(self) -> str:
        return f"{self.why}; try again in a moment."


class StateError(SyncdError):
    """Raised when the state cannot be read or written; nothing is written remotely without it."""

    def __init__(self, path: Path | str, reason: str, advice: str = "") -> None:
        self.path, self.reason = path, reason
        self.advice = advice or (
            "Nothing was written remotely after that; free the disk or mend the permissions and start again."
        )
        super().__init__(path, reason)

    def __str__(self) -> str:
        return f"The state at {self.path} cannot be used: {self.reason}. {self.advice}"


class DamagedStateError(StateError):
    """Raised where the state holds what was never written. ``aside``: name it is kept under, '' where it was left."""

    def __init__(self, path: Path | str, reason: str, aside: str = "") -> None:
        self.aside = aside
        super().__init__(
            path,
            f"it is damaged ({reason})",
            f"It is kept as {aside} and a new one was begun; run the same again: ids are rebuilt from the marks on the "
            "events, and history, approvals and respected deletions are lost."
            if aside
            else "Stop the service and move state.db, with its -wal and -shm, out of the way; the next start begins a "
            "new state and rebuilds ids from the marks on the events.",
        )


class StaleEpochError(SyncdError):
    """Raised when another worker took a context over; what this one learned is dropped."""

    def __init__(self, context: str) -> None:
        self.context = context
        super().__init__(context)

    def __str__(self) -> str:
        return f"{self.context} was taken over by another worker; this one's result was dropped."


class LeaseLostError(StaleEpochError):
    """Raised when another machine has taken an instance over, or the lease ran out: the turn ends at once."""

    def __init__(self, instance: str) -> None:
        self.instance = instance
        super().__init__(instance)

    def __str__(self) -> str:
        return (
            f"The lease of {self.instance} is no longer held here: another machine may have taken over. "
            "Nothing more is written from here; this one waits as a standby."
        )


class LockedError(SyncdError):
    """Raised when another syncd writes this state already.

    ``holder``: the machine that holds the lease in a database, since ``since`` (seconds since 1970), for
    ``free_in_s`` more unless it is renewed.
    """

    def __init__(
        self, path: Path | str, *, holder: str = "", since: float = 0.0, free_in_s: float = 0.0
    ) -> None:
        self.path, self.holder, self.since, self.free_in_s = path, holder, since, free_in_s
        super().__init__(path)

    def __str__(self) -> str:
        where = self.path.parent if isinstance(self.path, Path) else self.path
        by = ""
        if self.holder:
            by = (
                f", on {self.holder} since {datetime.fromtimestamp(self.since, tz=UTC):%Y-%m-%d %H:%M:%S} UTC"
            )
        return (
            f"Another syncd is running on the state in {where}{by}. Use its control verbs "
            "(syncd status, publish, approve), or stop it first. --dry-run works beside it."
        )


class RefusedError(SyncdError):
    """Raised when a person must decide before anything is written: wrong state, owner or endpoint."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)

    def __str__(self) -> str:
        return self.sentence


class StaleApprovalError(SyncdError):
    """Raised when a saved plan or an approval names a world that has moved on."""

    def __init__(self, digest: str, now: str) -> None:
        self.digest, self.now = digest, now
        super().__init__(digest, now)

    def __str__(self) -> str:
        return (
            f"The plan {self.digest} is no longer what would be done now ({self.now}); nothing was written. "
            "Look at a new dry run and approve that."
        )
