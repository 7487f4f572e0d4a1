"""What `syncd retry` does in the state, whoever carries it out."""

from __future__ import annotations

from syncd.errors import UsageError
from syncd.reconcile.planning import RETRY_EVERY_S
from syncd.state.events import Events


def retry(events: Events, context: str, *, now: float) -> str:
    """Let everything that is left at rest be sent again in the next cycle, and say how much that is.

    ``context``: only there; '' for everywhere. Raises `UsageError` for one that is not known.
    """
    notes = events.notes()
    if context and context not in notes:
        raise UsageError(
            f"{context} is no calendar that this state knows; `syncd status` names those that rest."
        )
    contexts = [context] if context else [name for name, note in notes.items() if note.is_failing]
    contexts = sorted({*contexts, *([] if context else events.unstored_everywhere())})
    count = events.retry(contexts, since=now - RETRY_EVERY_S)
    if not contexts or (context and not count and not notes[context].is_failing):
        place = f"in {context}" if context else "in any calendar"
        return f"Nothing rests or fails {place}, so there is nothing to send again."
    what = f"{count:,} event{'' if count == 1 else 's'} that the service stored otherwise"
    where = f"{len(contexts):,} calendar{'' if len(contexts) == 1 else 's'}"
    return f"The next cycle sends {what} once more, in {where} that rested or failed."
