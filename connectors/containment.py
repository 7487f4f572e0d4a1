"""A net under what is read from outside: nothing but the connectors' own errors leaves a connector.

An answer may hold anything: what a reader did not expect must fail the one call or context that it was
about, never the process. Where in the code it happened is told, for whoever mends it.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath

from connectors.errors import UnclearOutcomeError, UnexpectedAnswerError
from mapping.errors import SyncdError


@contextmanager
def contained(operation: str, context: str = "", *, write: bool = False) -> Iterator[None]:
    """Turn any exception that is not ours into a `ConnectorError` of the context.

    ``write``: a change may have been made by then, so its outcome is unclear.
    """
    try:
        yield
    except SyncdError:
        raise
    except Exception as error:
        if write:
            raise UnclearOutcomeError(
                f"its answer could not be handled ({words(error)}).", operation=operation, context=context
            ) from error
        raise unexpected(error, operation, context) from error


def unexpected(error: Exception, operation: str, context: str = "") -> UnexpectedAnswerError:
    """The error of an answer that nobody foresaw."""
    return UnexpectedAnswerError(
        f"what was read could not be handled ({words(error)}).", operation=operation, context=context
    )


def words(error: BaseException) -> str:
    """Kind of exception and the last line of our code it passed; never its text, which may quote the answer."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return type(error).__name__
    own = [one for one in frames if "site-packages" not in one.filename]
    last = (own or frames)[-1]
    return f"{type(error).__name__} at {PurePath(last.filename).name}:{last.lineno}"
