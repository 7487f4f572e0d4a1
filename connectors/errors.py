"""What can go wrong at a target: transient or permanent, known or unclear.

Vendor errors stop at the connectors and leave as these, cause chained. Retry is decided by type
(`TransientError` only), never by reading a message. Bodies are capped at `BODY_LIMIT` characters
before they enter an error, so that a page of HTML or a person's words cannot fill a log.
"""

from __future__ import annotations

from mapping.errors import SyncdError

BODY_LIMIT = 200
LONGEST_LINK = 2_000
_WITH_CONTENT = frozenset({"create", "insert", "update", "patch"})
"""First words of operations that send an entry: all others can be refused for no entry's sake."""


def cut(text: str, limit: int = BODY_LIMIT) -> str:
    """The beginning of a text; a link that the cut would go through stays whole."""
    if len(text) <= limit:
        return text
    start = text.rfind(" ", 0, limit) + 1
    if text[start:].lstrip("('\"<").startswith(("http://", "https://")):
        end = text.find(" ", limit)
        return text[: min(end if end >= 0 else len(text), start + LONGEST_LINK)]
    return text[:limit]


class ConnectorError(SyncdError):
    """Root of what a connector raises. ``context`` is '' where a call is not about one context."""

    advice = "Look at the service's answer and try again."

    def __init__(self, message: str, *, operation: str, context: str = "", status: int = 0) -> None:
        self.message = message
        self.operation = operation
        self.context = context
        self.status = status
        super().__init__(message)

    def __str__(self) -> str:
        where = f" for {self.context}" if self.context else ""
        status = f" (HTTP {self.status})" if self.status else ""
        return f"{self.operation}{where} failed{status}: {cut(self.message)} {self.advice}"


class TransientError(ConnectorError):
    """Known not to have happened, and likely to work later: any method may be repeated."""

    advice = "It is tried again by itself."
    at_once = True
    """Whether repeating the call right away may help; else only a later cycle's may."""


class RateLimitedError(TransientError):
    """The service refused for pace. ``retry_after_s``: seconds it asked for, 0 if it named none."""

    def __init__(
        self, message: str, *, operation: str, context: str = "", status: int = 0, retry_after_s: float = 0.0
    ) -> None:
        super().__init__(message, operation=operation, context=context, status=status)
        self.retry_after_s = retry_after_s


class UnavailableError(TransientError):
    """No answer, or a 5xx, or a page that is not the API's, to a call that is safe to repeat."""


class TooSlowError(UnavailableError):
    """The answer was not there in time as a whole. Asking again at once would hold up everything else."""

    at_once = False


class IncompleteReadError(TransientError):
    """A read ended early or shifted while it was made: nothing may be decided from it."""


class UnclearOutcomeError(ConnectorError):
    """A write that may have happened: its answer was lost. Observe the context before repeating it.

    ``late``: we gave up waiting, so the service may still be at it and a read made at once proves nothing.
    """

    advice = "The context is read again before anything is repeated."

    def __init__(
        self, message: str, *, operation: str, context: str = "", status: int = 0, late: bool = False
    ) -> None:
        super().__init__(message, operation=operation, context=context, status=status)
        self.late = late


class PermanentError(ConnectorError):
    """Trying again changes nothing until a person or the data changes something."""


class AuthenticationError(PermanentError):
    """The credential itself is refused: everything that uses it stops."""

    advice = "Renew the credential (docs/operate.md, Rotate a credential)."


class ClockError(AuthenticationError):
    """The credential is refused because this machine's clock is not the service's."""

    advice = "Set this machine's clock (NTP); a new key changes nothing."


class CertificateError(PermanentError):
    """The server's certificate is not accepted: nothing was sent."""

    advice = "Check the address in {setting}; a private authority is trusted through SYNCD_CA_FILE."

    def __init__(self, message: str, *, operation: str, context: str = "", setting: str) -> None:
        super().__init__(message, operation=operation, context=context)
        self.advice = self.advice.format(setting=setting)


class UnknownHostError(UnavailableError):
    """The host's name leads nowhere from here."""

    at_once = False

    def __init__(self, message: str, *, operation: str, context: str = "", setting: str) -> None:
        super().__init__(message, operation=operation, context=context)
        self.advice = f"Check the address in {setting}, and this machine's name service; it is tried again in the next cycle."


class AccessDeniedError(PermanentError):
    """The credential is fine but not allowed here."""

    advice = "Give the credential access to this calendar, or take the context out of the targets file."


class LockedError(AccessDeniedError):
    """One event that nobody may change until it is unlocked; its calendar is open to us all the same."""

    advice = (
        "Unlock that event at the service (one of a blueprint course, there), or leave it; the others in this "
        "calendar are written."
    )


class ScopesError(AccessDeniedError):
    """The token may not make such calls at all: its developer key names scopes, and not this one."""

    advice = (
        "Add the scopes of the calls that syncd makes to the developer key the token belongs to (README, step 3), or "
        "make the token without scopes."
    )


class ApiDisabledError(AccessDeniedError):
    """The API itself is not switched on for the project of the credential."""

    advice = "Open the address above, enable the Google Calendar API for that project, and wait some minutes."


class NotFoundError(PermanentError):
    """The context or event is not there, or not visible to us; never read as "all events gone"."""

    advice = "Check the id in the targets file and that the calendar is still shared with syncd."


class MissingTermError(NotFoundError):
    """The term whose courses are wanted is not there; it may still come. ``term``: as the targets file names it."""

    term: str = ""


class ConflictError(PermanentError):
    """The event changed, moved or is another's since it was read: read again and plan anew."""

    advice = "It is read again in the next cycle."


class RejectedError(PermanentError):
    """The service refuses this content (400, 422), or the call as such with a status that nothing better is known of."""

    advice = "Correct the entry named here in the calendar data."

    def __init__(self, message: str, *, operation: str, context: str = "", status: int = 0) -> None:
        super().__init__(message, operation=operation, context=context, status=status)
        if operation.partition(" ")[0] not in _WITH_CONTENT:
            self.advice = "Look at the service's answer, and at any proxy in between; it is tried again in a later cycle."


class MalformedResponseError(PermanentError):
    """An answer with a success status that is not what the API promises."""

    advice = "Check the base URL, and any proxy in between."


class TooLargeError(MalformedResponseError):
    """An answer or a list that goes beyond every bound: too many bytes, values, rows or pages."""

    advice = "Look at this calendar at the service: it holds more than a calendar can, or something answers for it."


class UnexpectedAnswerError(MalformedResponseError):
    """An answer that nobody foresaw, told with the place in the code that stumbled over it."""

    advice = "The others go on. Report this sentence to whoever maintains syncd."


class ZoneRulesError(PermanentError):
    """The service applied another offset from UTC to a day than our zone rules give. Offsets in seconds."""

    advice = (
        "Nothing is repaired there, since every day would be moved and come back the same: bring the zone rules of "
        "whichever is older up to date, then `syncd retry`; one event a day is tried by itself."
    )

    def __init__(self, *, day: str, ours: int, theirs: int, rules: str, context: str) -> None:
        self.day, self.ours, self.theirs, self.rules = day, ours, theirs, rules
        super().__init__(
            f"on {day} the service applies {offset_words(theirs)}, where our zone rules ({rules}) say {offset_words(ours)}.",
            operation="compare zone rules",
            context=context,
        )


def offset_words(seconds: int) -> str:
    """An offset from UTC as people write it."""
    minutes = abs(seconds) // 60
    return f"UTC{'-' if seconds < 0 else '+'}{minutes // 60:02d}:{minutes % 60:02d}"


class QuotaExhaustedError(ConnectorError):
    """The account may not write for hours. ``until_s``: seconds to wait before the next try."""

    def __init__(
        self, message: str, *, operation: str, context: str = "", status: int = 0, until_s: float
    ) -> None:
        super().__init__(message, operation=operation, context=context, status=status)
        self.until_s = until_s
        self.advice = f"Writes of this account rest for {_span(until_s)}; quick retries would prolong it."


def _span(seconds: float) -> str:
    return f"{max(1, round(seconds / 60))} min" if seconds < 3600 else f"{seconds / 3600:.0f} h"


class StoppedError(ConnectorError):
    """Told to stop: the call was given up before it was sent. Says nothing about the service or any calendar."""

    advice = "The next run does it."
