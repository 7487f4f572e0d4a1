"""The kinds of target there are, and what is known of each without importing its vendor's library.

A vendor's library costs most of a second to import; a site that uses one service never pays for the
other. Two things of a kind stand elsewhere: how it draws entries is the core's (`mapping.shapes.DRAWINGS`),
its settings and secrets are the shell's (`syncd.wiring`). A test holds that all three name the same kinds.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

COURSE = "course_"
"""What the names of contexts that are courses begin with; the course's number follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KindSpec:
    """One kind of target."""

    target_fields: frozenset[str]
    """Fields of a target that may say where it is."""
    web_link: Callable[[str, str, str], str]
    """Root address of the service ('' if unknown), context and remote id to where a person sees the event; '' if nowhere."""
    noisy_loggers: tuple[str, ...]
    """Loggers of its vendor's library that say nothing an operator needs."""


def is_course(context: str) -> bool:
    """Whether a context's name is that of a course."""
    return context.startswith(COURSE)


def course_context(number: int | str) -> str:
    """The context of a course by its number."""
    return f"{COURSE}{number}"


def _canvas_link(root: str, context: str, remote_id: str) -> str:
    if not root:
        return ""
    return f"{root.rstrip('/')}/calendar?include_contexts={quote(context)}&event_id={quote(remote_id)}"


def _google_link(_root: str, context: str, remote_id: str) -> str:
    eid = base64.urlsafe_b64encode(f"{remote_id} {context}".encode()).decode().rstrip("=")
    return f"https://calendar.google.com/calendar/event?eid={eid}"


KINDS: Mapping[str, KindSpec] = {
    "canvas": KindSpec(
        target_fields=frozenset({"account", "courses", "account_calendars"}),
        web_link=_canvas_link,
        noisy_loggers=("canvasapi", "urllib3"),
    ),
    "google": KindSpec(
        target_fields=frozenset({"calendar_id"}),
        web_link=_google_link,
        noisy_loggers=("googleapiclient", "google", "httplib2"),
    ),
}

TARGET_FIELDS: Mapping[str, frozenset[str]] = {kind: spec.target_fields for kind, spec in KINDS.items()}
"""As `mapping.document.targets` takes it."""
