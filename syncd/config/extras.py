"""What to say where a verb or a setting needs packages that only an extra of the project brings."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from syncd.errors import UsageError

_OURS = frozenset({"syncd", "connectors", "mapping", "data"})


class MissingExtraError(UsageError):
    """Raised when an extra is not installed; says how to get it in the versions that belong to this release."""

    def __init__(self, what: str, extra: str, package: str) -> None:
        self.what, self.extra, self.package = what, extra, package
        super().__init__(missing_extra(what, extra, package))


def missing_extra(what: str, extra: str, package: str) -> str:
    """The sentence about an extra that is not installed, with the command that installs it."""
    return (
        f"{what} needs the extra {extra}, which is not installed here ({package} is missing): type "
        f"`{sys.executable} -m pip install --no-deps --require-hashes -r requirements-{extra}.txt` "
        "in a checkout of this version."
    )


@contextmanager
def needs_extra(extra: str, what: str) -> Iterator[None]:
    """Wrap the imports that need an extra; ``what`` needs it, as a person calls it ("syncd demo").

    Raises `MissingExtraError` where a package of others is missing; a module of ours that is missing is a fault.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if not package or package in _OURS:
            raise
        raise MissingExtraError(what, extra, package) from None
