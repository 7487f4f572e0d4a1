"""Rules to milestones: the latest day each step can fall on, for each group.

Rules and anchors come in checked (`mapping.document.references`): every reference resolves and none goes
in a circle. How a derivation is worded is not decided here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import assert_never

from mapping.model import DayOffHit, Days, Localised, Milestone, OtherDay, Rule, RuleStep, Unit
from mapping.working_days import WorkingDays

ANCHOR = "anchor"
"""What a step's ``after`` says for the anchor entry: its last day, or with ``from: first`` its first."""


def milestones(
    rule: Rule, rules: Mapping[str, Rule], anchor_days: Mapping[str, Days], working: WorkingDays
) -> tuple[Milestone, ...]:
    """Every step for every anchor, the undivided group (the first anchor) first, steps in their order.

    ``rules`` are the year's rules by entry id, for steps that count from a step of another rule.
    """
    return tuple(
        _milestone(step, rule, anchor, rules, anchor_days[anchor], working)
        for anchor in rule.anchors
        for step in rule.steps
    )


def _milestone(
    step: RuleStep, rule: Rule, anchor: str, rules: Mapping[str, Rule], days: Days, working: WorkingDays
) -> Milestone:
    start = _counted_from(step, rule, rules, days, working)
    day, skipped = _counted(step, start, days, working)
    since, since_step = _since(step, rule, rules)
    return Milestone(
        since=since,
        since_step=since_step,
        others=tuple(_others(step, rule, rules, days, working)),
        step=step.step,
        name=step.name,
        day=day,
        anchor=anchor,
        counted_from=start,
        working_days=step.working_days,
        skipped=skipped,
        offset=step.offset,
        is_plain=step.offset is not None or step.working_days < 0,
    )


def _counted(
    step: RuleStep, start: date, anchor: Days, working: WorkingDays
) -> tuple[date, tuple[DayOffHit, ...]]:
    """The step's day, and the days off that it stepped over where it counts working days."""
    if step.offset is None:
        return working.after(start, step.working_days)
    count, weekday = step.offset.count, step.offset.weekday
    match step.offset.unit:
        case Unit.DAYS:
            return start + timedelta(days=count), ()
        case Unit.WEEKS:
            return start + timedelta(weeks=count), ()
        case Unit.WEEKDAY:
            return _nth_weekday(start, weekday, count), ()
        case Unit.TEACHING_WEEK:
            return _in_teaching_week(anchor, count, weekday, working), ()
        case _:
            assert_never(step.offset.unit)


def _nth_weekday(start: date, weekday: int, count: int) -> date:
    """The n-th such weekday strictly after the day, or strictly before it."""
    ahead = (weekday - start.isoweekday()) % 7
    if count > 0:
        return start + timedelta(days=ahead or 7, weeks=count - 1)
    return start - timedelta(days=(7 - ahead) % 7 or 7, weeks=-count - 1)


def _in_teaching_week(anchor: Days, count: int, weekday: int, working: WorkingDays) -> date:
    """That weekday of the anchor's n-th week, else its last working day; the last week where there are fewer."""
    weeks = list(working.weeks(anchor)) or [(anchor.last,)]
    days = weeks[min(count, len(weeks)) - 1] if count > 0 else weeks[max(count, -len(weeks))]
    if not weekday:
        return days[-1]
    first = working.first_of_week(days[0])
    return first + timedelta(days=(weekday - first.isoweekday()) % 7)


def _counted_from(
    step: RuleStep, rule: Rule, rules: Mapping[str, Rule], anchor: Days, working: WorkingDays
) -> date:
    if step.after == ANCHOR:
        return anchor.start if step.from_first else anchor.last
    return _reached(step.after, rule, rules, anchor, working)


def _reached(after: str, rule: Rule, rules: Mapping[str, Rule], anchor: Days, working: WorkingDays) -> date:
    """The latest day of the step that ``after`` names."""
    owner, earlier = _named(after, rule, rules)
    start = _counted_from(earlier, owner, rules, anchor, working)
    return _counted(earlier, start, anchor, working)[0]


def _since(step: RuleStep, rule: Rule, rules: Mapping[str, Rule]) -> tuple[Localised, Localised]:
    """How a sentence says what the step counts from, and the name of the step that it counts from."""
    if step.after == ANCHOR:
        return rule.after_anchor, {}
    _, earlier = _named(step.after, rule, rules)
    return earlier.after_this, earlier.name


def _others(
    step: RuleStep, rule: Rule, rules: Mapping[str, Rule], anchor: Days, working: WorkingDays
) -> Iterator[OtherDay]:
    """The step's days for those for whom it, or a step that it counts from, counts from another one."""
    starts = [
        (other.name, _reached(other.after, rule, rules, anchor, working))
        for other in step.also
        if other.after != ANCHOR
    ]
    if step.after != ANCHOR:
        owner, earlier = _named(step.after, rule, rules)
        starts += [(one.name, one.day) for one in _others(earlier, owner, rules, anchor, working)]
    for name, start in starts:
        yield OtherDay(name=name, day=_counted(step, start, anchor, working)[0], counted_from=start)


def _named(after: str, rule: Rule, rules: Mapping[str, Rule]) -> tuple[Rule, RuleStep]:
    owner, name = resolve(after, rule, rules)
    return owner, next(one for one in owner.steps if one.step == name)


def resolve(after: str, rule: Rule, rules: Mapping[str, Rule]) -> tuple[Rule, str]:
    """The rule and step that ``after`` names: a step of the same rule, or ``<rule entry>/<step>``."""
    other, slash, step = after.partition("/")
    return (rules[other], step) if slash else (rule, after)


def unsaid_words(rules: Mapping[str, Rule]) -> Iterator[tuple[str, str]]:
    """Entry and step whose ``after_this`` no sentence says, since nothing counts from the step.

    ``rules``: the year's, by entry id.
    """
    counted_from = {
        (id(of), name)
        for rule in rules.values()
        for step in rule.steps
        for of, name in (
            resolve(one, rule, rules) for one in (step.after, *(also.after for also in step.also))
        )
    }
    for entry, rule in rules.items():
        for step in rule.steps:
            if step.after_this and (id(rule), step.step) not in counted_from:
                yield entry, step.step
