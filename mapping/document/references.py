"""References between entries: ids used once, every reference pointing somewhere, none going in a circle.

Looks at one academic year at a time; dates are `mapping.document.dates`' affair.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mapping.document.files import EntryAt, YearPart
from mapping.document.plain import Path, Problems, quoted, unknown
from mapping.document.schemas import COUNTS, RuleShape, StepShape
from mapping.model import Kind
from mapping.rules import ANCHOR


def check_references(year: YearPart, days_off: frozenset[str], problems: Problems) -> None:
    """Add every reference of the year that cannot be followed. ``days_off``: categories of days off."""
    _check_ids(year, problems)
    _check_working_week(year, problems)
    checker = _Checker(
        year, {entry.shape.id: entry for entry in year.entries if entry.whole}, year.ids, problems
    )
    checker.terms()
    for entry in year.entries:
        checker.entry(entry, days_off)
    for field in ("replaces", "under"):
        checker.circles(field)
    checker.rule_circles()


def _check_ids(year: YearPart, problems: Problems) -> None:
    seen: dict[str, str] = {}
    for part in year.calendars:
        for index, id_ in part.ids:
            place = part.document.place(("entries", index, "id"))
            if id_ in seen:
                message = f"the id {quoted(id_)} already stands at {seen[id_]}; ids are unique in a year"
                problems.add(part.document, ("entries", index, "id"), message)
            seen.setdefault(id_, f"{place.file}:{place.line}")


def _check_working_week(year: YearPart, problems: Problems) -> None:
    given = [part for part in year.calendars if part.header.working_week is not None]
    if year.complete and not given:
        message = "no calendar file of the year says its working_week; give it where the days off are"
        problems.add(year.document, (), message)
    for part in given[1:]:
        message = f"working_week already stands in {given[0].document.name}; keep one"
        problems.add(part.document, ("working_week",), message)


@dataclass(frozen=True, slots=True)
class _Checker:
    year: YearPart
    by_id: Mapping[str, EntryAt]
    ids: frozenset[str]
    problems: Problems

    def terms(self) -> None:
        shape = self.year.shape
        for programme, terms in shape.terms.items() if shape is not None else ():
            for term, named in terms.items():
                for field, id_ in (("first", named.first), ("last", named.last)):
                    if self.year.complete and id_ not in self.ids:
                        path = ("terms", programme, term, field)
                        self.problems.add(self.year.document, path, unknown("entry", id_, self.ids))

    def entry(self, entry: EntryAt, days_off: frozenset[str]) -> None:
        shape = entry.shape
        for field in ("replaces", "under", "transfer_of"):
            id_ = getattr(shape, field)
            if id_ == shape.id:
                self.problems.add(entry.document, (*entry.path, field), f"{field} names the entry itself")
            elif id_ is not None:
                self._known(entry, (field,), id_)
        holiday = self.by_id.get(shape.transfer_of or "")
        if holiday is not None and holiday.shape.category not in days_off:
            message = f"{holiday.shape.id} is not a day off, so no day off can be its transfer"
            self.problems.add(entry.document, (*entry.path, "transfer_of"), message)
        if shape.replaces is not None and not shape.schools and not shape.years:
            message = "only an entry of certain schools or years can take another's place; say which"
            self.problems.add(entry.document, (*entry.path, "replaces"), message)
        if shape.rule is not None:
            self._rule(entry, shape.rule)

    def circles(self, field: str) -> None:
        for entry in self.by_id.values():
            seen, id_ = [entry.shape.id], getattr(entry.shape, field)
            while id_ in self.by_id and id_ not in seen:
                seen.append(id_)
                id_ = getattr(self.by_id[id_].shape, field)
            if id_ == entry.shape.id and len(seen) > 1:
                message = f"{field} goes in a circle: {' > '.join([*seen, id_])}"
                self.problems.add(entry.document, (*entry.path, field), message)

    def rule_circles(self) -> None:
        for entry in self.by_id.values():
            for index, step in enumerate(entry.shape.rule.steps if entry.shape.rule is not None else ()):
                start = f"{entry.shape.id}/{step.step}"
                seen = list(self._chain(start))
                if seen[-1] == start and len(seen) > 1:
                    path = (*entry.path, "rule", "steps", index, "after")
                    self.problems.add(entry.document, path, f"the steps go in a circle: {' > '.join(seen)}")

    def _known(self, entry: EntryAt, path: Path, id_: str) -> bool:
        if id_ in self.ids or not self.year.complete:
            return True
        self.problems.add(entry.document, (*entry.path, *path), unknown("entry", id_, self.ids))
        return False

    def _rule(self, entry: EntryAt, rule: RuleShape) -> None:
        for index, anchor in enumerate(rule.anchors):
            path: Path = ("rule", "anchors", index)
            if self._known(entry, path, anchor):
                named = self.by_id.get(anchor)
                if named is not None and named.shape.kind is Kind.RULE:
                    message = f"{anchor} is a rule and has no day to count from; name a dated entry"
                    self.problems.add(entry.document, (*entry.path, *path), message)
        names = [step.step for step in rule.steps]
        for index, step in enumerate(rule.steps):
            path = ("rule", "steps", index)
            if step.step in names[:index] or step.step == ANCHOR:
                message = f"the step name {quoted(step.step)} is taken; name each step of a rule differently"
                self.problems.add(entry.document, (*entry.path, *path, "step"), message)
            self._count(entry, step, path)
            self._after(entry, rule, step.after, (*path, "after"))
            for place, other in enumerate(step.also):
                self._after(entry, rule, other.after, (*path, "also", place, "after"))

    def _count(self, entry: EntryAt, step: StepShape, path: Path) -> None:
        """Exactly one count, and what belongs to it."""
        given = [name for name in COUNTS if getattr(step, name) is not None]
        by_week = [name for name in given if name != "weekday"] == ["teaching_week"]
        if not given:
            message = f"says no count; give one of {', '.join(COUNTS)}"
        elif len(given) > 1 and not by_week:
            message = f"{given[0]} and {given[1]} in one step; keep one"
        elif step.nth is not None and "weekday" not in given:
            message = "nth counts weekdays; say which weekday"
        elif step.nth == 0 or step.teaching_week == 0:
            message = "counts from 1, or from -1 backward; 0 is none"
        elif step.from_ == "first" and step.after != ANCHOR:
            message = "from: first is for a step after anchor; another step is one day"
        else:
            return
        self.problems.add(entry.document, (*entry.path, *path), message)

    def _after(self, entry: EntryAt, rule: RuleShape, after: str, path: Path) -> None:
        other, slash, step = after.partition("/")
        if not slash:
            known = {ANCHOR, *(one.step for one in rule.steps)}
            if after not in known:
                self.problems.add(entry.document, (*entry.path, *path), unknown("step", after, known))
            return
        if not self._known(entry, path, other) or other not in self.by_id:
            return
        target = self.by_id[other].shape.rule
        if target is None:
            self.problems.add(
                entry.document, (*entry.path, *path), f"{other} is not a rule, so it has no steps"
            )
        elif step not in {one.step for one in target.steps}:
            known = {one.step for one in target.steps}
            self.problems.add(entry.document, (*entry.path, *path), unknown(f"step of {other}", step, known))
        elif not set(rule.anchors) <= set(target.anchors):
            lacking = ", ".join(sorted(set(rule.anchors) - set(target.anchors)))
            message = f"{other} does not count for {lacking}; give both rules the same anchors"
            self.problems.add(entry.document, (*entry.path, *path), message)

    def _chain(self, start: str) -> Iterator[str]:
        """Steps from one back to its anchor, ``rule/step`` each; ends with the first one met twice."""
        seen: set[str] = set()
        step = start
        while True:
            yield step
            if step in seen:
                return
            seen.add(step)
            owner, _, name = step.partition("/")
            rule = self.by_id[owner].shape.rule if owner in self.by_id else None
            after = next((one.after for one in rule.steps if one.step == name), ANCHOR) if rule else ANCHOR
            if after == ANCHOR:
                return
            step = after if "/" in after else f"{owner}/{after}"
