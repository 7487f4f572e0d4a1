"""Faults on the wire in Google's own words: throttling, and answers of a broken back end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from syncd.sandbox.faults import Faults, Kind, Refusal, Rule
from syncd.sandbox.google.call import JSON_TYPE
from syncd.sandbox.google.errors import ApiError, backend_error, rate_limited

if TYPE_CHECKING:
    from collections.abc import Mapping


def _text(refusal: ApiError) -> str:
    return orjson.dumps(refusal.body()).decode()


GOOGLE_THROTTLE: Mapping[Kind, Refusal] = {
    Kind.THROTTLE_429: Refusal(status=429, content_type=JSON_TYPE, body=_text(rate_limited(429))),
    Kind.THROTTLE_403: Refusal(status=403, content_type=JSON_TYPE, body=_text(rate_limited(403))),
}
"""What the faults `throttle_429` and `throttle_403` answer here."""


def google_faults(*, seed: int = 0) -> Faults:
    """Faults that throttle in Google's words."""
    return Faults(seed=seed, throttle=GOOGLE_THROTTLE)


def broken(status: int = 503, **fields: Any) -> Rule:
    """A rule for 500 internalError or 503 backendError; say `when="after"` for a write that took effect."""
    return Rule(kind=Kind.JSON, status=status, body=_text(backend_error(status)), **fields)
