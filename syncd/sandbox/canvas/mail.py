"""The two notifications of a calendar event, counted instead of sent.

Decides from the course alone who would be written to; users' own frequency settings are not modelled, so the
count is the "up to" of a real Canvas.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from syncd.sandbox.canvas.model import Course, Event, User

Notice = Literal["New Event Created", "Event Date Changed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One notification to all of a course; `messages` is how many people it goes to."""

    course_id: int
    event_id: int
    title: str
    notice: Notice
    messages: int

    def as_json(self) -> dict[str, object]:
        """The notification as the control interface shows it."""
        return {
            "course_id": self.course_id,
            "event_id": self.event_id,
            "title": self.title,
            "notice": self.notice,
            "messages": self.messages,
        }


class Outbox:
    """Everything that would have been sent, oldest first."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []

    def send(self, notice: Notice, course: Course, event: Event, staff: set[int], actor: User | None) -> None:
        """Notify a course about an event; nothing unless the course is available and the event is shown."""
        if course.state != "available" or event.hidden or event.parent_id is not None:
            return
        readers = course.students + course.observers + len(staff - ({actor.id} if actor else set()))
        self.mails.append(
            Mail(course_id=course.id, event_id=event.id, title=event.title, notice=notice, messages=readers)
        )

    def count(self, course_id: int | None = None, notice: Notice | None = None) -> int:
        """How many notifications (not messages) a course, or all, got."""
        return len(self._of(course_id, notice))

    def messages(self, course_id: int | None = None, notice: Notice | None = None) -> int:
        """How many messages to people these notifications are."""
        return sum(mail.messages for mail in self._of(course_id, notice))

    def _of(self, course_id: int | None, notice: Notice | None) -> list[Mail]:
        return [
            mail
            for mail in self.mails
            if (course_id is None or mail.course_id == course_id)
            and (notice is None or mail.notice == notice)
        ]

    def forget(self) -> None:
        """Empty the outbox."""
        self.mails.clear()
