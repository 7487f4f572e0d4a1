"""Errors of the shell: settings, lock, state, approvals. Fields below, one sentence at the top."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mapping.errors import SyncdError


class SettingsError(SyncdError):
    """Raised when the environment cannot be used; holds one sentence per problem."""

    def __init__(self, problems: Sequence[str] | str) -> None:
        self.problems = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(self.problems)


class UsageError(SyncdError):
    """Raised when a command was typed in a way that cannot be carried out."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)

    def __str__(self) -> str:
        return self.sentence


class StateError(SyncdError):
    """Raised when the state cannot be read or written; nothing is written remotely without it."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(path, reason)

    def __str__(self) -> str:
        return (
            f"The state at {self.path} cannot be used: {self.reason}. Nothing was written remotely after that; "
            "free the disk or mend the permissions and start again."
        )


class StaleEpochError(SyncdError):
    """Raised when another worker took a context over; what this one learned is dropped."""

    def __init__(self, context: str) -> None:
        self.context = context
        super().__init__(context)

    def __str__(self) -> str:
        return f"{self.context} was taken over by another worker; this one's result was dropped."


class LockedError(SyncdError):
    """Raised when another syncd writes this state already."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(path)

    def __str__(self) -> str:
        return (
            f"Another syncd is running on the state in {self.path.parent}. Use its control verbs "
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
