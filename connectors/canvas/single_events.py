"""Single events over the wire: one by its id, and what a refusal to one of them really means.

Shared by reading and writing. Canvas's 403 and its older 401 have several meanings; which one it is takes
another question, asked here.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from urllib.parse import quote

from connectors.canvas.client import Answer, CanvasClient
from connectors.canvas.failures import PROFILE, Call
from connectors.canvas.translate import Place, Row, is_deleted, observed
from connectors.errors import (
    AccessDeniedError,
    AuthenticationError,
    ConnectorError,
    NotFoundError,
    StoppedError,
)
from mapping.model import ObservedEvent

_UNAUTHORIZED = 401
_UNSETTLED = timedelta(seconds=2)
"""`updated_at` has whole seconds: read so soon after, a further edit would not change it."""
_LONGEST_TIME = 64
"""Characters of a time; what is longer is none."""


def event_path(remote_id: str) -> str:
    """Path of an event below the API's."""
    return f"calendar_events/{quote(remote_id, safe='')}"


def find_row(client: CanvasClient, context: str, remote_id: str) -> tuple[Row, Answer] | None:
    """The event as Canvas knows it, wherever it is; None if it is deleted or never was.

    Raises what reading raises; `AccessDeniedError` says nothing about whether it is there.
    """
    call = Call(operation="read event", context=context)
    try:
        answer = client.get(event_path(remote_id), (), call)
    except NotFoundError:
        return None
    except AccessDeniedError as error:
        raise judged(client, error) from error
    return None if is_deleted(answer.data) else (answer.data, answer)


def judged(client: CanvasClient, error: ConnectorError) -> ConnectorError:
    """The error itself, or that the token is dead: a 401 that the token's own profile gets as well."""
    if not isinstance(error, AccessDeniedError) or error.status != _UNAUTHORIZED:
        return error
    try:
        client.get("users/self/profile", (), Call(operation=PROFILE))
    except (AccessDeniedError, AuthenticationError) as refused:
        if refused.status == _UNAUTHORIZED:
            return AuthenticationError(
                "Canvas answers 401 even to the token's own profile.",
                operation=error.operation,
                context=error.context,
                status=error.status,
            )
    except StoppedError as stopped:
        return stopped
    except ConnectorError:
        pass
    return error


def in_context(error: ConnectorError, context: str) -> ConnectorError:
    """The same error said of one context of a call that was about several."""
    if error.context == context:
        return error
    copy = error.__class__.__new__(error.__class__)
    copy.__dict__.update(error.__dict__)
    copy.args = error.args
    copy.context = context
    copy.__cause__ = error
    return copy


def as_answered(row: Row, answer: Answer, context: str, place: Place) -> ObservedEvent:
    """The event of a single answer."""
    return observed(row, context, place, version=settled_version(row, answer.date))


def settled_version(row: Row, date: datetime | None) -> str:
    """``updated_at``, or '' where a further edit in the same second would leave it as it is.

    ``date`` is the server's own clock as it answered; without it nothing is settled.
    """
    updated_at = row.get("updated_at")
    if not isinstance(updated_at, str) or date is None or len(updated_at) > _LONGEST_TIME:
        return ""
    return updated_at if _is_settled(updated_at, date) else ""


@lru_cache(maxsize=1024)
def _is_settled(updated_at: str, date: datetime) -> bool:
    try:
        return date - datetime.fromisoformat(updated_at) > _UNSETTLED
    except (ValueError, TypeError, OverflowError):
        return False
