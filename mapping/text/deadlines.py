"""A rule's steps in sentences: within what time, counted from what, and what that comes to at the latest.

A step that counts from another step is never said as a bare date: it depends on when that other one happens
to each reader, and the date is only its last possible one.
"""

from __future__ import annotations

from mapping.model import Milestone, Unit
from mapping.text.dates import count_form, day_in_words, day_list, short_day, working_days
from mapping.text.phrases import Voice


def step_sentence(voice: Voice, milestone: Milestone) -> str:
    """``Appeal: by the next working day after your grade is published (12 January if that is …)``."""
    step = voice.say(milestone.name)
    if not milestone.since_step and (milestone.is_plain or milestone.working_days == 0):
        return voice.phrase("step_day", step=step, day=day_in_words(voice, milestone.day))
    return voice.phrase(
        "step_latest", step=step, within=within(voice, milestone), latest=latest(voice, milestone)
    )


def within(voice: Voice, milestone: Milestone) -> str:
    """``within 3 working days after your grade is published``."""
    since, count = _since(voice, milestone), milestone.working_days
    if milestone.is_plain:
        return _within_plain(voice, milestone, since)
    if count == 0:
        return voice.phrase("within_0", since=since)
    if count == 1:
        return voice.phrase("within_next", since=since)
    return voice.phrase(f"within_{count_form(voice.language, count)}", count=str(count), since=since)


def _within_plain(voice: Voice, milestone: Milestone, since: str) -> str:
    """Of days or weeks on like working days; of what counts otherwise, at least from what."""
    offset = milestone.offset
    if offset is not None and offset.count > 0 and offset.unit in {Unit.DAYS, Unit.WEEKS}:
        form = count_form(voice.language, offset.count)
        return voice.phrase(f"within_{offset.unit.value}_{form}", count=str(offset.count), since=since)
    return voice.phrase("counted_from", step=voice.say(milestone.since_step))


def latest(voice: Voice, milestone: Milestone) -> str:
    """The last possible day, from which day it counts, and what holds for others."""
    key = "latest_if" if milestone.since_step else "latest"
    start, day = short_day(voice, milestone.counted_from), short_day(voice, milestone.day)
    others = (
        voice.phrase("latest_other", name=voice.say(other.name), day=short_day(voice, other.day))
        for other in milestone.others
    )
    return voice.joined((voice.phrase(key, day=day, start=start), *others))


def calculation(voice: Voice, milestone: Milestone) -> str:
    """``30 December + 5 working days; 1, 2 and 7 January are non-working days``; '' for the day itself."""
    if milestone.working_days == 0 or milestone.is_plain:
        return ""
    count = working_days(voice, milestone.working_days)
    counted = voice.phrase("counted", day=short_day(voice, milestone.counted_from), count=count)
    return voice.phrase("calculation", derivation=voice.joined((counted, _skipped(voice, milestone))))


def _since(voice: Voice, milestone: Milestone) -> str:
    if words := voice.say(milestone.since):
        return words
    if milestone.since_step:
        return voice.phrase("since_step", step=voice.say(milestone.since_step))
    return voice.phrase("since_day", day=short_day(voice, milestone.counted_from))


def _skipped(voice: Voice, milestone: Milestone) -> str:
    days = sorted({hit.day for hit in milestone.skipped})
    if not days:
        return ""
    return voice.phrase("skipped_one" if len(days) == 1 else "skipped_many", days=day_list(voice, days))
