"""canvasapi over a session of ours. Loaded by whoever asks it something: it takes a tenth of a start."""

from __future__ import annotations

import requests
from canvasapi import Canvas
from canvasapi.requester import Requester


class _OurCanvas(Canvas):  # type: ignore[misc]  # canvasapi ships no annotations
    """A Canvas object over a requester whose session is ours; its own constructor would only warn."""

    def __init__(self, requester: Requester) -> None:
        self._Canvas__requester = requester


def canvas_over(session: requests.Session, base: str, token: str) -> Canvas:
    """A Canvas object for this root address."""
    requester = Requester(base, token)
    requester._session = session  # noqa: SLF001 - canvasapi has no way to pass one in
    return _OurCanvas(requester)
