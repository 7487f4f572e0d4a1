"""Rules to milestones: the latest day each step can fall on, for each group.

Rules and anchors come in checked (`mapping.document.references`): every reference resolves and none goes
in a circle. How a derivation is worded is not decided here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from mapping.model import Days, Localised, Milestone, OtherDay, Rule, RuleStep
from mapping.working_days import WorkingDays

ANCHOR = "anchor"
"""What a step's ``after`` says for the last day of the anchor entry."""


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
    start = _counted_from(step, rule, rules, days.last, working)
    day, skipped = working.after(start, step.working_days)
    since, since_step = _since(step, rule, rules)
    return Milestone(
        since=since,
        since_step=since_step,
        others=tuple(_others(step, rule, rules, days.last, working)),
        step=step.step,
        name=step.name,
        day=day,
        anchor=anchor,
        counted_from=start,
        working_days=step.working_days,
        skipped=skipped,
    )


def _counted_from(
    step: RuleStep, rule: Rule, rules: Mapping[str, Rule], anchor_last: date, working: WorkingDays
) -> date:
    if step.after == ANCHOR:
        return anchor_last
    return _reached(step.after, rule, rules, anchor_last, working)


def _reached(
    after: str, rule: Rule, rules: Mapping[str, Rule], anchor_last: date, working: WorkingDays
) -> date:
    """The latest day of the step that ``after`` names."""
    owner, earlier = _named(after, rule, rules)
    start = _counted_from(earlier, owner, rules, anchor_last, working)
    return working.after(start, earlier.working_days)[0]


def _since(step: RuleStep, rule: Rule, rules: Mapping[str, Rule]) -> tuple[Localised, Localised]:
    """How a sentence says what the step counts from, and the name of the step that it counts from."""
    if step.after == ANCHOR:
        return rule.after_anchor, {}
    _, earlier = _named(step.after, rule, rules)
    return earlier.after_this, earlier.name


def _others(
    step: RuleStep, rule: Rule, rules: Mapping[str, Rule], anchor_last: date, working: WorkingDays
) -> Iterator[OtherDay]:
    """The step's days for those for whom it, or a step that it counts from, counts from another one."""
    starts = [
        (other.name, _reached(other.after, rule, rules, anchor_last, working))
        for other in step.also
        if other.after != ANCHOR
    ]
    if step.after != ANCHOR:
        owner, earlier = _named(step.after, rule, rules)
        starts += [(one.name, one.day) for one in _others(earlier, owner, rules, anchor_last, working)]
    for name, start in starts:
        yield OtherDay(name=name, day=working.after(start, step.working_days)[0], counted_from=start)


def _named(after: str, rule: Rule, rules: Mapping[str, Rule]) -> tuple[Rule, RuleStep]:
    owner, name = resolve(after, rule, rules)
    return owner, next(one for one in owner.steps if one.step == name)


def resolve(after: str, rule: Rule, rules: Mapping[str, Rule]) -> tuple[Rule, str]:
    """The rule and step that ``after`` names: a step of the same rule, or ``<rule entry>/<step>``."""
    other, slash, step = after.partition("/")
    return (rules[other], step) if slash else (rule, after)
